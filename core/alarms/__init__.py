"""What is not as it should be, for people to act on."""
