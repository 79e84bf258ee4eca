"""Marks painted by us, each with a second code beside its colour: shape, number, fill, hatch, word."""
