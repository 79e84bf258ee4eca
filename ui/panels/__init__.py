"""The panels of the dispatcher workspace."""
