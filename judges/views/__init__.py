"""Views of the office, one module a subject: find, permit, parse, act, answer."""
