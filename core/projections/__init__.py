"""Folds of the event log: the same code in the service and on the desk."""
