"""One file per loop: dispatch, ETA, routes, pressure, signals."""
