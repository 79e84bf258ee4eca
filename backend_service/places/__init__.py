"""Places: the search over a city's streets and names, and what an address means on the ground."""
