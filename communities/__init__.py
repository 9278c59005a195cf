"""Districts and their divisions (sub-districts, communities), who is appointed for which of them, and decisions by two people."""
