"""Parse what the office typed, one module a register."""
