"""An order, its promise and its state."""
