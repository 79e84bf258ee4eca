"""Charts on pyqtgraph: heat maps of zones and time."""
