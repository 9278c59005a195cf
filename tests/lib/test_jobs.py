"""The doorbell: rung after commit, never waited for."""

import pytest
import redis
from django.conf import settings as configured
from django.db import transaction

from goldidea.lib import jobs
from goldidea.lib.jobs import enqueue, redis_answers


@pytest.mark.django_db
def test_redis_being_away_fails_nothing(settings, django_capture_on_commit_callbacks):
    assert redis_answers()
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert not redis_answers()
    with django_capture_on_commit_callbacks(execute=True) as rung, transaction.atomic():
        enqueue("evaluations.tasks.tick")
    assert len(rung) == 1


def test_a_connection_that_was_cut_is_made_anew():
    assert redis_answers()
    kept = jobs._client(configured.CELERY_BROKER_URL).client_id()
    other = redis.Redis.from_url(configured.CELERY_BROKER_URL.replace("redis+socket://", "unix://", 1))
    assert other.client_kill_filter(_id=kept) == 1
    other.close()
    assert redis_answers()
    assert jobs._client(configured.CELERY_BROKER_URL).client_id() != kept
