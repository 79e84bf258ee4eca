"""The durable, ordered log of everything that happened, and what implements it."""
