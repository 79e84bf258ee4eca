"""The replay of a past moment: its store, its screen, and the way in and out."""
