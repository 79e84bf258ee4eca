"""The people who work at desks: accounts, passwords, sessions."""
