"""The servers and the supervisor, tried with real processes, real signals and real folders."""
