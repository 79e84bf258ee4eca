"""The mathematics of a tamper-evident log."""
