"""The doorbell: rung after commit, never waited for."""

import pytest
from django.db import transaction

from goldidea.lib.jobs import enqueue, redis_answers


@pytest.mark.django_db
def test_redis_being_away_fails_nothing(settings, django_capture_on_commit_callbacks):
    assert redis_answers()
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert not redis_answers()
    with django_capture_on_commit_callbacks(execute=True) as rung, transaction.atomic():
        enqueue("evaluations.tasks.tick")
    assert len(rung) == 1
