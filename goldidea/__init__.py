"""The project: how the apps are wired together (settings, addresses, Celery), and `lib`, which knows no app."""
