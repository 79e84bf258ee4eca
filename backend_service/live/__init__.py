"""The live feed: one hub, one session per desk, two doors (WebSocket and ZeroMQ)."""
