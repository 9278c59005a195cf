"""Resident judges: nomination, election, appointment for a term with consent; experts; standing interests."""
