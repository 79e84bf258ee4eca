"""What answers a wish: the command bus, the map of handlers, and the questions a desk may ask."""
