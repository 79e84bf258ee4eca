"""The operational model as pure functions: values, events, projections, decisions and wire messages."""
