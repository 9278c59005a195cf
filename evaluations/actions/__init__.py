"""Every write of this app: check, build, save, record, enqueue."""
