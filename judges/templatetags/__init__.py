"""Template tags of the register of judges."""
