"""What is kept on disk beside the log: tables to read from, the fix archive, snapshots, and the directory's lock."""
