"""Filters of lists, in the address: one module a subject."""
