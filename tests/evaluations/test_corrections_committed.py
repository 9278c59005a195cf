"""Objections, corrections and publication at once, on real connections."""

import threading
from typing import Any

from django.db import connection
from django.utils import timezone

from communities.actions.decisions import approve_decision, request_decision
from evaluations.actions.objections import record_objection
from evaluations.actions.publication import publish_final
from evaluations.models import Objection, Round
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.models import AuditEvent
from tests import make
from tests.evaluations.test_correcting import MARKS, logged, low_sheet
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


def test_two_approvers_and_a_final_publication_at_once(own_database: str) -> None:
    """One approval corrects, the other comes too late; the final results are of the version that holds, or wait."""
    cast = Cast.shangcheng()
    round_ = noticed_round(cast, MARKS)
    make.appoint(third := make.user("第三人"), "district_staff", cast.district)
    change = {"kind": "void", "sheets": [logged(low_sheet(round_))]}
    first = cast.people["district_staff"]
    asked = request_decision("correct_round", round_, change, by=first, reason="属实", now=timezone.now())
    final = request_decision("publish_final", round_, {}, by=first, now=timezone.now())
    barrier, outcome = threading.Barrier(3), {}

    def approve(name: str, decision: Any, person: Any) -> None:
        try:
            barrier.wait(10)
            outcome[name] = approve_decision(decision, by=person, now=timezone.now()).state
        except (Refusal, StaleState) as refusal:
            outcome[name] = refusal.code
        finally:
            connection.close()

    tries = (("one", asked, cast.people["district_staff_2"]), ("two", asked, third), ("final", final, third))
    threads = [threading.Thread(target=approve, args=tried) for tried in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(outcome) == 3
    corrected = [name for name in ("one", "two") if outcome[name] == "approved"]
    assert len(corrected) <= 1 and round_.tallies.count() == 1 + len(corrected)
    round_.refresh_from_db()
    holding = round_.tallies.exclude(state="superseded").get()
    assert round_.publications.first().tally == holding
    assert (round_.state, holding.state) in {("final", "final"), ("on_notice", "provisional")}
