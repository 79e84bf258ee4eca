"""Figures: what `tower bench` measures. Nothing here asserts a time."""
