"""The doorbell: rung after commit, never waited for."""

import time

import pytest
from django.db import transaction

from goldidea.lib.jobs import enqueue


@pytest.mark.django_db
def test_redis_being_away_fails_nothing_and_holds_nobody_up(settings, django_capture_on_commit_callbacks):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    began = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True) as rung, transaction.atomic():
        enqueue("evaluations.tasks.tick")
    assert len(rung) == 1
    assert time.monotonic() - began < 2  # Celery's own client tries for six seconds
