"""What a fix means: columns, plausibility, and the readable list of steps each batch goes through."""
