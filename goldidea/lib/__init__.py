"""What every app uses and what knows no app: verdicts, errors, guarded moves, jobs, codes, personal values, the audit trail."""
