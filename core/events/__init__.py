"""What happened: the envelope every event travels in, and the event classes by subject."""
