"""The demonstration: load it, or run its season."""
