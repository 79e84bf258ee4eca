"""The client without screens: session, transports, store, operations, and the `tower` command."""
