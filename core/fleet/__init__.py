"""Drivers, vehicles, routes and zones."""
