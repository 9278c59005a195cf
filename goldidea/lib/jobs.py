"""Ring Celery's doorbell after the transaction has been committed."""

from functools import lru_cache
from typing import Any

import redis
from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.backoff import NoBackoff
from redis.retry import Retry

from goldidea.lib.logs import request_id

SECONDS = 0.5


def redis_answers() -> bool:
    """Whether Redis answers at once. Asked without a retry: nobody waits for a doorbell."""
    try:
        return bool(_client(settings.CELERY_BROKER_URL).ping())
    except redis.RedisError:
        return False


@lru_cache(maxsize=1)
def _client(url: str) -> redis.Redis:
    """One client for the process. It keeps its connection, and makes it anew where it was cut or the process was forked."""
    return redis.Redis.from_url(
        url.replace("redis+socket://", "unix://", 1),
        retry=Retry(NoBackoff(), 0),
        socket_timeout=SECONDS,
        socket_connect_timeout=SECONDS,
    )


def enqueue(task_path: str, **ids: Any) -> None:
    """Send a task by its path after commit. A lost message costs seconds: the periodic tick finds what it left."""

    headers = {"request_id": request_id.get()}

    def ring() -> None:
        if not redis_answers():
            return  # The tick will find the row. Celery's own client would try for six seconds.
        try:
            current_app.send_task(task_path, kwargs=ids, headers=headers, retry=False)
        except (OperationalError, OSError):
            return

    transaction.on_commit(ring)
