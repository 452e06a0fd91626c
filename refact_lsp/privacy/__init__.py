"""What may be read and sent: the built-in secret zone, and later the user's policy."""
