"""Who marks what in a round: conflicts by rule, the proposal, what is applied, moves by hand."""

import pytest

from evaluations.actions.assignment import apply_assignment, assign_by_hand, unassign_by_hand
from evaluations.actions.proposals import propose_assignment, propose_late
from evaluations.actions.recusals import declare_recusal
from evaluations.actions.seats import seat_judges
from evaluations.models import Round
from evaluations.rules.bench import free_judges
from evaluations.rules.conflicts import Bar, conflict_of, conflicts_by_rule, exclusions
from goldidea.lib.audit import AuditEvent
from goldidea.lib.errors import Refusal, StaleState
from tests import make
from tests.evaluations.rooms import now, room

pytestmark = pytest.mark.django_db
FINAL = {**make.RULE["conduct"], "bench": "all", "conflicts": ["own_sub_district"]}


@pytest.fixture
def scene():
    found = room(5, min_marks=2)
    found.seat_all()
    return found


def caps(**limits):
    return {**make.RULE["conduct"], "assignment": limits}


def bars(scene, judge):
    """Key of an entry -> why this judge does not mark it."""
    seat = scene.round.seats.get(judge=judge)
    keys = dict(scene.round.entries.values_list("pk", "key"))
    return {keys[e]: bar for (s, e), bar in conflicts_by_rule(scene.round).items() if s == seat.pk}


def entry_of(scene, community):
    return scene.round.entries.select_related("snapshot", "submission", "round").get(
        submission__lead_community=community
    )


# Conflicts


def test_nobody_marks_a_case_of_the_own_community(scene):
    for judge in scene.judges:
        assert bars(scene, judge) == {entry_of(scene, judge.community).key: Bar.OWN_COMMUNITY}


def test_a_partner_community_counts_like_the_lead(scene):
    judge, other = scene.judges[0], scene.judges[1]
    entry = entry_of(scene, other.community)
    partners = [{"code": judge.community.code, "name": judge.community.name}]
    type(entry.submission).objects.filter(pk=entry.submission_id).update(revision=1)
    entry.submission.refresh_from_db()
    entry.snapshot = make.snapshot(entry.submission, partners=partners)
    entry.save()
    assert bars(scene, judge)[entry.key] == Bar.OWN_COMMUNITY


def test_a_renamed_community_stays_the_own_one(scene):
    judge = scene.judges[0]
    old = judge.community
    judge.community = make.community(scene.cast.home, "清波门新社区", predecessor=old)
    judge.save()
    assert list(bars(scene, judge)) == [entry_of(scene, old).key]


def test_ties_to_organizations_and_communities_bar(scene):
    judge, one, two = scene.judges[:3]
    entry = entry_of(scene, one.community)
    type(entry.submission).objects.filter(pk=entry.submission_id).update(revision=1)
    entry.submission.refresh_from_db()
    named = [{"code": scene.cast.organization.code, "name": scene.cast.organization.name}]
    entry.snapshot = make.snapshot(entry.submission, organizations=named)
    entry.save()
    judge.interests.create(kind="member", organization=scene.cast.organization)
    judge.interests.create(kind="kin", community=two.community)
    found = bars(scene, judge)
    assert found == {
        entry_of(scene, judge.community).key: Bar.OWN_COMMUNITY,
        entry.key: Bar.OWN_ORGANIZATION,
        entry_of(scene, two.community).key: Bar.TIED_COMMUNITY,
    }
    assert conflict_of(judge, entry) == Bar.OWN_ORGANIZATION


def test_the_own_sub_district_bars_only_where_the_rule_says_so():
    scene = room(2, min_marks=1, conduct=FINAL)
    guest = make.judge(scene.cast.neighbour_community)
    seat_judges(scene.panel, free_judges(scene.panel, now()), by=scene.staff, now=now())
    first, second = scene.round.entries.order_by("key")
    assert bars(scene, scene.judges[0]) == {first.key: Bar.OWN_COMMUNITY, second.key: Bar.OWN_SUB_DISTRICT}
    assert bars(scene, guest) == {}


def test_a_declared_recusal_excludes_too(scene):
    seat = scene.round.seats.get(judge=scene.judges[0])
    entry = entry_of(scene, scene.judges[1].community)
    recusal = seat.recusals.create(entry=entry, reason="kin")
    assert exclusions(scene.round)[seat.pk, entry.pk] == Bar.RECUSED
    recusal.withdrawn_at = now()
    recusal.save()
    assert (seat.pk, entry.pk) not in exclusions(scene.round)


def test_conflicts_ask_a_constant_number_of_questions(django_assert_num_queries):
    for communities, slug in ((1, "one"), (3, "three")):
        found = room(communities, slug)
        found.seat_all()
        round_ = Round.objects.select_related("season__district", "rule_set").get(pk=found.round.pk)
        with django_assert_num_queries(5):
            conflicts_by_rule(round_)


# Proposing and applying


def test_a_proposal_is_balanced_and_the_same_each_time(scene):
    proposal = propose_assignment(scene.round)
    (panel,) = proposal.panels
    assert (panel.balance.per_entry, panel.balance.per_judge, panel.balance.groups) == ((4, 4), (4, 4), 1)
    assert (proposal.added, proposal.removed) == (20, 0)
    assert {
        (short.judges, short.wanted, tuple(short.barred.items()), short.full) for short in panel.short
    } == {(4, 7, ((Bar.OWN_COMMUNITY, 1),), 0)}
    assert propose_assignment(scene.round).digest == proposal.digest
    assert scene.round.assignments.count() == 0


def test_limits_of_the_rule_are_kept_and_shortage_is_explained():
    scene = room(5, min_marks=1, conduct=caps(per_entry=3, per_judge=2))
    scene.seat_all()
    (panel,) = propose_assignment(scene.round).panels
    assert panel.balance.per_judge == (2, 2)
    assert panel.balance.per_entry == (2, 2)
    assert {(short.judges, short.wanted, short.full) for short in panel.short} == {(2, 3, 2)}


def test_a_sub_district_from_which_enough_judges_come_is_named():
    scene = room(5, min_marks=1, conduct=caps(per_entry=3, per_sub_district=2))
    scene.seat_all()
    (panel,) = propose_assignment(scene.round).panels
    assert panel.balance.per_entry == (2, 2)
    assert {(short.judges, short.wanted, short.full, short.crowded) for short in panel.short} == {
        (2, 3, 0, 2)
    }


def test_the_quality_of_a_proposal_is_told(scene):
    """Five judges, each of whom marks four of five: a balanced incomplete block, E = 15/16."""
    (panel,) = propose_assignment(scene.round).panels
    assert (panel.balance.efficiency, panel.balance.connectivity, panel.balance.weak) == (93, "0.94", False)


def test_after_a_recusal_the_rest_stays_and_a_judge_in_its_place_is_proposed():
    scene = room(5, min_marks=1, conduct=caps(per_entry=2))
    scene.seat_all()
    scene.assign_all()
    Round.objects.filter(pk=scene.round.pk).update(state="open")
    scene.round.refresh_from_db()
    assert propose_late(scene.round).added == 0
    row = scene.round.assignments.select_related("seat", "entry").first()
    declare_recusal(row.seat, row.entry, reason="kin", by=None, now=now())
    late = propose_late(scene.round)
    (panel,) = late.panels
    there = set(scene.round.assignments.values_list("seat_id", "entry_id"))
    ((seat, entry),) = panel.pairs - there
    assert entry == row.entry_id and seat != row.seat_id
    assert there - panel.pairs == {(row.seat_id, row.entry_id)}
    assert (seat, entry) not in exclusions(scene.round)


def test_what_was_seen_is_what_is_applied(scene):
    proposal = propose_assignment(scene.round)
    apply_assignment(scene.round, proposal.digest, by=scene.staff, now=now())
    pairs = set(scene.round.assignments.values_list("seat_id", "entry_id"))
    assert pairs == proposal.panels[0].pairs
    assert AuditEvent.objects.filter(action="apply assignment").count() == 1


def test_a_proposal_that_has_changed_is_not_applied(scene):
    digest = propose_assignment(scene.round).digest
    scene.judges[0].interests.create(kind="kin", community=scene.judges[1].community)
    with pytest.raises(StaleState):
        apply_assignment(scene.round, digest, by=scene.staff, now=now())
    assert scene.round.assignments.count() == 0


# By hand


def test_what_is_given_by_hand_stays(scene):
    seat = scene.round.seats.get(judge=scene.judges[0])
    entry = entry_of(scene, scene.judges[1].community)
    assign_by_hand(seat, entry, by=scene.staff, now=now())
    scene.assign_all()
    assert scene.round.assignments.get(seat=seat, entry=entry).by_hand
    assert scene.round.assignments.filter(by_hand=True).count() == 1
    unassign_by_hand(seat, entry, by=scene.staff, now=now())
    assert not scene.round.assignments.filter(seat=seat, entry=entry).exists()


def test_what_is_barred_is_not_given_by_hand(scene):
    judge = scene.judges[0]
    seat = scene.round.seats.get(judge=judge)
    with pytest.raises(Refusal) as refusal:
        assign_by_hand(seat, entry_of(scene, judge.community), by=scene.staff, now=now())
    assert refusal.value.code == "barred"


def test_a_seat_of_another_round_gets_nothing(scene):
    other = make.round(make.season(scene.cast.district, "2019 届"), scene.cast.home, state="draft")
    seat = make.seat(other, scene.judges[0])
    with pytest.raises(Refusal):
        assign_by_hand(seat, entry_of(scene, scene.judges[1].community), by=scene.staff, now=now())


def test_an_opened_round_is_not_reassigned(scene):
    scene.assign_all()
    digest = propose_assignment(scene.round).digest
    Round.objects.filter(pk=scene.round.pk).update(state="open")
    with pytest.raises(Refusal):
        apply_assignment(scene.round, digest, by=scene.staff, now=now())
