"""Counted votes: entered twice by different people after the close; the tally waits for them, and counts what both agree on."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from evaluations.actions.analysing import analyse_tally
from evaluations.actions.bundling import build_bundle
from evaluations.actions.closing import close_round_early
from evaluations.actions.opening import open_round
from evaluations.actions.publication import publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.actions.voting import enter_votes
from evaluations.bundle import verify
from evaluations.models import Round, VoteCount, VotePanel
from evaluations.rules import votes as rules
from evaluations.rules.opening import readiness
from evaluations.states import RoundState
from evaluations.views.today import Reader, votes_missing
from goldidea.lib.errors import StaleState
from tests import make
from tests.evaluations.bundles import files_of, score
from tests.evaluations.rooms import Room, now, room
from tests.personas import Cast

pytestmark = pytest.mark.django_db
PANELS = [
    {"id": "residents", "kind": "marks", "weight": "0.7"},
    {"id": "online", "kind": "votes", "weight": "0.3", "conversion": {"method": "top", "full": "100"}},
]


def voting(close: bool = True, weight: str = "0.3") -> Room:
    """A round with a panel of votes, scored and closed; its votes are not there yet."""
    scene = room(8, panels=[PANELS[0], {**PANELS[1], "weight": weight}], ties=["exact"])
    scene.seat_all()
    scene.assign_all()
    assert readiness(scene.round, now()).blockers == []
    assert "votes-later" in [item.code for item in readiness(scene.round, now()).warnings]
    scene.round = open_round(scene.round, by=scene.staff, second=scene.second, now=now())
    score(scene)
    if close:
        close_round_early(scene.round, by=scene.staff, second=scene.second, now=now())
        scene.round.refresh_from_db()
    return scene


def panel_of(scene: Room) -> VotePanel:
    return VotePanel.objects.get(round=scene.round)


def counted(scene: Room, first: int = 300) -> dict[str, int]:
    keys = scene.round.entries.order_by("position").values_list("key", flat=True)
    return {key: first - 10 * place for place, key in enumerate(keys)}


@pytest.mark.parametrize("weight", ["0.3", "0"])
def test_the_tally_waits_until_two_people_agree_and_the_bundle_holds(weight: str) -> None:
    scene = voting(weight=weight)
    panel, votes = panel_of(scene), counted(scene)
    assert tally_round(scene.round.pk, timezone.now()) is None
    alone = enter_votes(panel, {**votes, next(iter(votes)): 299}, by=scene.staff, now=now())
    assert (alone.settled, alone.alone) == (False, True)
    other = enter_votes(panel, votes, by=scene.second, now=now())
    assert (other.settled, other.differing) == (False, (next(iter(votes)),))
    assert tally_round(scene.round.pk, timezone.now()) is None and VoteCount.objects.count() == 0
    assert enter_votes(panel, votes, by=scene.staff, now=now()).settled
    with pytest.raises(StaleState):
        enter_votes(panel, votes, by=scene.staff, now=now())
    row = tally_round(scene.round.pk, timezone.now())
    assert row is not None
    first = row.standings.get(entry__position=1).numbers["panels"]
    assert next(p["score"] for p in first if p["key"] == "online") == "100.00"
    scene.round.refresh_from_db()
    publish_provisional(scene.round, by=scene.staff, second=scene.second, now=now())
    analyse_tally(row.pk)
    files = files_of(build_bundle(row.pk))
    assert files["votes.csv"].decode().splitlines()[1] == f"online,{min(votes)},{votes[min(votes)]}"
    assert verify.check(files).wrong == []


def test_one_person_is_not_two() -> None:
    scene = voting()
    panel, votes = panel_of(scene), counted(scene)
    enter_votes(panel, votes, by=scene.staff, now=now())
    assert not enter_votes(panel, votes, by=scene.staff, now=now()).settled
    third = make.user("第三人")
    make.appoint(third, "district_staff", scene.cast.district)
    assert enter_votes(panel, votes, by=third, now=now()).settled


def test_the_database_takes_votes_between_close_and_tally_only_and_keeps_them() -> None:
    scene = voting(close=False)
    panel, entry = panel_of(scene), scene.round.entries.first()
    with pytest.raises(StaleState):
        enter_votes(panel, counted(scene), by=scene.staff, now=now())
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        VoteCount.objects.create(panel=panel, entry=entry, votes=1)
    assert error.value.__cause__.pgcode == "GI017"
    close_round_early(scene.round, by=scene.staff, second=scene.second, now=now())
    elsewhere = make.scored_round(
        make.season(scene.cast.district, "别届"), scene.cast.neighbour, {"甲": [("1", "1")]}
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        VoteCount.objects.create(panel=panel, entry=elsewhere.entries.get(), votes=1)
    for person in (scene.staff, scene.second):
        enter_votes(panel, counted(scene), by=person, now=now())
    tally_round(scene.round.pk, timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        VoteCount.objects.all().delete()


def test_each_rule_agrees_with_its_twin() -> None:
    cast = Cast.shangcheng()
    for place in (cast.home, cast.neighbour, None):
        for state in RoundState:
            for votes in (True, False):
                round_ = make.round(
                    make.season(cast.district, f"{place} {state} {votes}"), place, state=state
                )
                if votes:
                    VotePanel.objects.create(round=round_, key="online")
    rounds = list(Round.objects.select_related("season__district"))
    for role, person in cast.people.items():
        twin = set(rules.votes_entered_by(person, cast.district).values_list("pk", flat=True))
        assert {r.pk for r in rounds if rules.can_enter_votes(person, r)} == twin, role
    staff = cast.people["subdistrict_staff"]
    assert votes_missing(Reader(staff, cast.district, timezone.now())).number == 2


def test_the_office_enters_them_on_a_page(client: Any) -> None:
    scene = voting()
    client.force_login(scene.staff, backend="accounts.backends.AccountBackend")
    base = f"/shangcheng/office/rounds/{scene.round.code}/"
    url = f"{base}points/online/votes/"
    assert f"{base}points/" in client.get(base).content.decode()
    entries = list(scene.round.entries.select_related("submission").order_by("position"))
    rows = {f"row_{entry.code}": str(100 + place) for place, entry in enumerate(entries)}
    for bad in ({}, {**rows, f"row_{entries[0].code}": "-1"}, {**rows, f"row_{entries[0].code}": "1.5"}):
        assert client.post(url, bad).status_code == 422
    assert client.post(url, rows).status_code == 303
    assert 'value="100"' in client.get(url).content.decode()  # the own count, to be changed
    client.force_login(scene.second, backend="accounts.backends.AccountBackend")
    assert 'value="100"' not in client.get(url).content.decode()
    pasted = "\n".join(f"{entry.submission.number}\t{101 + place}" for place, entry in enumerate(entries))
    assert client.post(url, {"pasted": pasted}).status_code == 303
    shown = client.get(f"{base}points/").content.decode()
    assert all(entry.submission.number in shown for entry in entries) and "101" not in shown
    assert client.post(url, rows).status_code == 303
    assert VoteCount.objects.count() == len(entries)
    assert client.get(url).status_code == 403  # they stand
    client.force_login(scene.cast.people["observer"], backend="accounts.backends.AccountBackend")
    assert client.get(f"{base}points/").status_code == 200
    with pytest.raises(PermissionDenied):
        rules.can_enter_votes(scene.cast.people["observer"], scene.round).enforce()
