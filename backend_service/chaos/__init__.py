"""What is done to a service on purpose to see what it loses: ``tower chaos NAME``."""
