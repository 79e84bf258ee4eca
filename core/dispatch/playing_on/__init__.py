"""The recorded state forked at an override and played on, with either choice, against the demand that really came."""
