"""What two people decide in a season: one class a kind (settings.DECISIONS), one module a subject."""
