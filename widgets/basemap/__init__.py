"""The offline base map: a city's own streets read from an OpenStreetMap file and painted as raster tiles."""
