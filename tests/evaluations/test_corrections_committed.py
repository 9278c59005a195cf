"""Objections, corrections and publication at once, on real connections."""

import threading
from typing import Any

from django.db import connection
from django.utils import timezone

from evaluations.actions.objections import record_objection
from evaluations.actions.publication import publish_final
from evaluations.models import Objection, Round
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.models import AuditEvent
from tests import make
from tests.evaluations.test_objections import noticed_round
from tests.personas import Cast


def test_an_objection_and_the_final_results_at_once(own_database: str) -> None:
    """Whoever comes first: no round is final with an undecided objection that came before."""
    cast = Cast.shangcheng()
    round_ = noticed_round(cast)
    people = {"by": make.user(), "second": make.user()}
    values = {
        "kind": "unit",
        "name": "社区",
        "contact": "x",
        "text": "y",
        "received_on": timezone.localdate(),
        "entry": None,
    }
    barrier, outcome = threading.Barrier(2), {}

    def run(name: str, work: Any) -> None:
        try:
            barrier.wait(10)
            work()
            outcome[name] = "done"
        except (Refusal, StaleState) as refusal:
            outcome[name] = refusal.code
        finally:
            connection.close()

    def record() -> None:
        record_objection(
            Round.objects.get(pk=round_.pk),
            values,
            None,
            by=cast.people["district_staff"],
            now=timezone.now(),
        )

    def publish() -> None:
        publish_final(Round.objects.get(pk=round_.pk), **people, now=timezone.now())

    threads = [threading.Thread(target=run, args=pair) for pair in (("record", record), ("publish", publish))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcome["record"] == "done"
    final = round_.publications.filter(kind="final").exists()
    # Either the final results were first, or they wait; never both unseen.
    assert (outcome["publish"], final) in {("done", True), ("objection-undecided", False)}
    if final:
        at = round_.publications.get(kind="final").published_at
        assert Objection.objects.get().pk and AuditEvent.objects.get(action="record objection").at >= at
