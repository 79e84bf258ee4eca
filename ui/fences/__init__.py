"""The geofence editor: fences listed, drawn on the map, tried on the past, saved and retired."""
