"""Parse what is typed at the doors; never save."""
