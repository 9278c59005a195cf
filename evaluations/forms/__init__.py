"""Parse what came in from pages: one module a subject. Forms never save."""
