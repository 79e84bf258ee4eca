"""The outside world of a demo: drivers, kitchens and customers who act only through the service's doors."""
