"""What goes wrong on the way, noticed in time, and what can be done about each: options with their impact."""
