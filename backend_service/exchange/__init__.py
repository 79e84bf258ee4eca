"""Bringing orders, vehicles and drivers in from files, and taking them out again, as CSV or JSON."""
