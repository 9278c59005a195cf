"""Template tags of the registers of organizations."""
