"""The companion service: doors, handlers, workers, event log, storage, street engine, simulator."""
