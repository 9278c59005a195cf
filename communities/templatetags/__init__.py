"""Template tags of the office's frame."""
