"""Parse filters from addresses, one module a list."""
