"""Template tags for the pieces that most pages are made of: `{% load look %}`. See docs/look.md."""
