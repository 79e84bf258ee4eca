"""The people who work at desks: what is recorded of them, and where they may decide."""
