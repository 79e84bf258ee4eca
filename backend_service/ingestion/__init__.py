"""The telemetry doors, one file per device protocol, and the intake behind them."""
