"""When a driver will be where: street time plus service times, with a spread."""
