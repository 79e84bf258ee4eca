"""The dispatch engine: candidates, constraints, scoring, insertion, matching, and the reasons for all of it."""
