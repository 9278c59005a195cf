"""Counting a refused round plain, on real connections: two approvers at once, and the worker that counts it."""

import threading
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from communities.actions.decisions import approve_decision
from evaluations.actions.plain import count_plain
from evaluations.models import Round, RoundEvent, Tally, TallyRefusal
from goldidea.lib.errors import StaleState
from tests.evaluations.test_plain import asked, refused
from tests.evaluations.test_worker import until


def test_two_approvers_at_once_decide_it_once(own_database):
    scene = refused()
    decision = asked(scene)
    barrier, said = threading.Barrier(2), []

    def approve(person: Any) -> None:
        try:
            barrier.wait(20)
            said.append(approve_decision(decision, by=person, now=timezone.now()).state)
        except (StaleState, PermissionDenied):
            said.append("refused")
        finally:
            connection.close()

    people = (scene.second, scene.cast.people["subdistrict_staff"])
    threads = [threading.Thread(target=approve, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) == ["approved", "refused"]
    assert RoundEvent.objects.filter(kind="plain").count() == 1


def test_a_worker_counts_it_after_the_decision(worker):
    scene = refused()
    count_plain(scene.round, by=scene.staff, second=scene.second, reason="缺席", now=timezone.now())
    until(lambda: Tally.objects.exists())
    assert TallyRefusal.objects.exists()
    assert Round.objects.get(pk=scene.round.pk).state == "tallied"
