"""Waves: scheduled and same-day orders of depots, planned together at set times of the day."""
