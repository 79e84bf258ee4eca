"""Fences, their spatial index, and crossings that do not flap."""
