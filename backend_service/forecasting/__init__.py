"""Forecasting arrivals in operation: the learned model on disk, the forecaster around it, and what it learns from."""
