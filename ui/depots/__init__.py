"""Depots, rhythms and units on the desk: what administrators arrange for waves."""
