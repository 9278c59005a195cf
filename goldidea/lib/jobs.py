"""Ring Celery's doorbell after the transaction has been committed."""

from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError


def enqueue(task_path: str, **ids: Any) -> None:
    """Send a task by its path after commit. A lost message costs seconds: the periodic tick finds what it left."""

    def ring() -> None:
        try:
            current_app.send_task(task_path, kwargs=ids, retry=False)
        except (OperationalError, OSError):
            return  # Redis is away: the tick will find the row.

    transaction.on_commit(ring)
