"""Settings: `env` reads the environment strictly, `base` is what runs, `test` is what the tests change."""
