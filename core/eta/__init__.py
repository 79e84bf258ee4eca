"""When a stop will be reached, how sure that is, and when it is worth telling."""
