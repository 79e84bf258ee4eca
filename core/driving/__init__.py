"""How vehicles are driven: harsh braking, acceleration and cornering, speeding and idling, told from fixes."""
