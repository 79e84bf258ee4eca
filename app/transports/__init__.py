"""How messages reach the service: one protocol, one file per transport, chosen by the address."""
