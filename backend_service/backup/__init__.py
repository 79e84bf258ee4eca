"""Copies of a data directory, taken while its service runs, and how one becomes a data directory again."""
