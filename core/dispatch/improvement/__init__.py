"""Plans improved by ruin and recreate: the problem in columns, its compiled search, and the one way in, `improve`."""
