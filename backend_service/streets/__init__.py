"""Streets: the city that is prepared for routing, and the engines that answer how long driving takes there."""
