"""Rounds: who may do what, the pages of the office, panels and seats."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from communities.models import Decision
from evaluations.actions.rounds import create_preliminaries, create_round, fill_entries
from evaluations.actions.seats import (
    choose_bench,
    draw_bench,
    draw_judges,
    seat_judge,
    seat_judges,
    set_places,
    withdraw_seat,
)
from evaluations.models import Round
from evaluations.rules import rounds as rules
from evaluations.rules.bench import free_judges, lending_sub_districts, pool_of
from goldidea.lib.audit import AuditEvent
from goldidea.lib.errors import Refusal
from tests import make
from tests.evaluations.rooms import now, room
from tests.personas import Cast

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def scene():
    return room(3, min_marks=2)


def url(name, scene, *codes):
    return reverse(f"office:{name}", args=[scene.cast.district.slug, *codes])


# Rules and their twins

FOREIGN = ("draft", "final")


@pytest.fixture
def world():
    """Rounds of two sub-districts and a final in one district, and a round of another district."""
    cast, other = Cast.shangcheng(), Cast.shangcheng("xihu")
    season = make.season(cast.district)
    found = [make.round(season, host, state="draft") for host in (cast.home, cast.neighbour, None)]
    found.append(make.round(make.season(other.district), other.home, state="draft"))
    return cast, found


@pytest.mark.parametrize(
    ("rule", "twin", "allowed"),
    [
        (
            lambda user, r: rules.can_look(user, r.season.district),
            rules.rounds_visible_to,
            {
                "district_staff": 3,
                "district_staff_2": 3,
                "subdistrict_staff": 3,
                "subdistrict_staff_2": 3,
                "neighbour_staff": 3,
                "observer": 3,
            },
        ),
        (
            rules.can_run,
            rules.run_by,
            {
                "district_staff": 3,
                "district_staff_2": 3,
                "subdistrict_staff": 1,
                "subdistrict_staff_2": 1,
                "neighbour_staff": 1,
            },
        ),
        (
            rules.can_see_progress,
            rules.watched_by,
            {
                "district_staff": 3,
                "district_staff_2": 3,
                "subdistrict_staff": 1,
                "subdistrict_staff_2": 1,
                "neighbour_staff": 1,
                "observer": 3,
            },
        ),
    ],
)
def test_a_rule_and_its_twin_agree_over_everybody(world, rule, twin, allowed):
    cast, rounds = world
    counted = {}
    for role, user in cast.people.items():
        by_rule = {r.pk for r in rounds if rule(user, r)}
        assert by_rule == set(twin(user, cast.district).values_list("pk", flat=True)), role
        if by_rule:
            counted[role] = len(by_rule)
    assert counted == allowed


@pytest.mark.parametrize("state", [state for state, _words in Round._meta.get_field("state").choices])
def test_what_may_be_done_in_each_state(world, state):
    cast, rounds = world
    staff, host = cast.people["district_staff"], cast.people["subdistrict_staff"]
    round_ = rounds[0]
    round_.state = state
    may = {
        name
        for name in ("edit_round", "arrange", "change_opened", "open", "extend", "cancel")
        if getattr(rules, f"can_{name}")(staff, round_)
    }
    assert may == {
        "draft": {"edit_round", "arrange", "open", "cancel"},
        "open": {"change_opened", "extend", "cancel"},
        "counting": {"cancel"},
    }.get(state, set())
    assert {n for n in may if getattr(rules, f"can_{n}")(host, round_)} == may - {"edit_round"}


@translation.override("en")
def test_refusals_carry_reasons_and_foreign_rounds_do_not_exist(world):
    cast, (_home, neighbour, final, foreign) = world
    host, observer = cast.people["subdistrict_staff"], cast.people["observer"]
    assert rules.can_run(host, neighbour).hidden
    assert rules.can_run(host, foreign).hidden
    assert rules.can_run(host, final).reason == "Only the district's staff runs the final."
    assert rules.can_run(observer, final).reason == rules.OBSERVERS_LOOK
    assert rules.can_edit_round(host, neighbour).reason == rules.DISTRICT_ONLY


# Making rounds


def test_preliminaries_are_made_for_all_sub_districts_at_once(scene):
    neighbour = scene.cast.neighbour
    case = make.submission(scene.season, scene.cast.neighbour_community, "accepted")
    make.snapshot(case)
    (made,) = create_preliminaries(
        scene.season,
        scene.rules,
        [neighbour],
        opens_at=now(),
        closes_at=now() + HOUR,
        by=scene.staff,
        now=now(),
    )
    assert (made.kind, made.sub_district, made.name) == ("preliminary", neighbour, "湖滨街道初评")
    assert [(panel.key, panel.places) for panel in made.panels.all()] == [("residents", 0)]
    assert [(e.key, e.position) for e in made.entries.all()] == [(case.number.lower(), 1)]


def test_a_second_preliminary_of_a_sub_district_is_refused(scene):
    with pytest.raises(ValidationError):
        create_round(
            scene.season,
            scene.rules,
            host=scene.cast.home,
            opens_at=now(),
            closes_at=now() + HOUR,
            by=scene.staff,
            now=now(),
        )


def test_a_final_has_no_entries_of_its_own(scene):
    final = create_round(
        scene.season, scene.rules, opens_at=now(), closes_at=now() + HOUR, by=scene.staff, now=now()
    )
    assert (final.kind, final.entries.count()) == ("final", 0)
    assert fill_entries(final, by=scene.staff, now=now()) == 0


def test_entries_follow_the_accepted_cases(scene):
    gone, renewed, _kept = scene.round.entries.select_related("submission").order_by("key")
    type(gone.submission).objects.filter(pk=gone.submission_id).update(state="withdrawn")
    type(renewed.submission).objects.filter(pk=renewed.submission_id).update(revision=1)
    renewed.submission.refresh_from_db()
    newer = make.snapshot(renewed.submission)
    fresh = make.submission(scene.season, scene.cast.community, "accepted")
    make.snapshot(fresh)
    make.submission(scene.season, scene.cast.community, "returned")
    assert fill_entries(scene.round, by=scene.staff, now=now()) == 3
    entries = list(scene.round.entries.order_by("position"))
    assert [e.submission_id for e in entries] == [renewed.submission_id, _kept.submission_id, fresh.pk]
    assert [e.position for e in entries] == [1, 2, 3]
    assert entries[0].snapshot_id == newer.pk
    assert fill_entries(scene.round, by=scene.staff, now=now()) == 0


# Seats


def test_seats_have_numbers_and_random_words(scene):
    seats = scene.seat_all()
    assert [seat.number for seat in seats] == [1, 2, 3]
    assert len({seat.pseudonym for seat in seats}) == 3
    assert all(len(seat.pseudonym) == 8 for seat in seats)
    assert scene.panel.places == 3


def test_only_serving_judges_of_the_bench_sit(scene):
    neighbour = make.judge(scene.cast.neighbour_community)
    retired = make.judge(scene.cast.community, term_to=now().date() - dt.timedelta(days=1))
    nominated = make.judge(scene.cast.community, state="nominated")
    for judge in (neighbour, retired, nominated, scene.cast.expert):
        with pytest.raises(Refusal):
            seat_judge(scene.panel, judge, by=scene.staff, now=now())
    assert set(pool_of(scene.panel, now())) == set(scene.judges)


def test_nobody_sits_twice_in_a_round(scene):
    scene.seat_all()
    with pytest.raises(Refusal):
        seat_judge(scene.panel, scene.judges[0], by=scene.staff, now=now())
    assert list(free_judges(scene.panel, now())) == []


def test_places_do_not_fall_below_the_judges(scene):
    scene.seat_all()
    set_places(scene.panel, 5, by=scene.staff, now=now())
    assert scene.panel.places == 5
    with pytest.raises(Refusal):
        set_places(scene.panel, 2, by=scene.staff, now=now())


def test_a_judge_is_taken_out_while_the_round_is_prepared(scene):
    seat, *_ = scene.seat_all()
    scene.assign_all()
    pk = seat.pk
    withdraw_seat(seat, by=scene.staff, now=now())
    assert scene.round.seats.count() == 2
    assert scene.round.assignments.filter(seat=pk).count() == 0


def test_judges_are_drawn_by_a_lot_that_anybody_can_repeat(scene):
    drawn = {s.judge_id for s in draw_judges(scene.panel, "今日清波", 2, by=scene.staff, now=now())}
    assert (scene.panel.places, scene.panel.lot_seed, len(drawn)) == (2, "今日清波", 2)
    for seat in scene.round.seats.all():
        withdraw_seat(seat, by=scene.staff, now=now())
    again = {s.judge_id for s in draw_judges(scene.panel, "今日清波", 2, by=scene.staff, now=now())}
    assert again == drawn
    with pytest.raises(Refusal):
        draw_judges(scene.panel, "今日清波", 9, by=scene.staff, now=now())


def exchange():
    scene = room(3, min_marks=2, conduct={**make.RULE["conduct"], "bench": "exchange"})
    lender = make.judge(scene.cast.neighbour_community)
    return scene, lender


def test_an_exchange_takes_judges_of_the_sub_district_agreed_on():
    scene, lender = exchange()
    assert list(pool_of(scene.panel, now())) == []
    assert list(lending_sub_districts(scene.round, now())) == [scene.cast.neighbour]
    with pytest.raises(Refusal):
        choose_bench(scene.panel, scene.cast.home, by=scene.staff, now=now())
    choose_bench(scene.panel, scene.cast.neighbour, by=scene.staff, now=now())
    assert list(pool_of(scene.panel, now())) == [lender]


def test_an_exchange_is_drawn_from_a_sentence_that_is_kept():
    scene, _lender = exchange()
    drawn = draw_bench(scene.panel, "众人见证", by=scene.staff, now=now())
    assert (drawn, scene.panel.bench_from, scene.panel.lot_seed) == (
        scene.cast.neighbour,
        scene.cast.neighbour,
        "众人见证",
    )
    assert AuditEvent.objects.filter(action="choose bench").count() == 1


def test_nothing_is_arranged_without_a_second_person_once_open(scene):
    seats = scene.seat_all()
    Round.objects.filter(pk=scene.round.pk).update(state="open")
    for change in (
        lambda: fill_entries(scene.round, by=scene.staff, now=now()),
        lambda: seat_judges(scene.panel, [], by=scene.staff, now=now()),
        lambda: withdraw_seat(seats[0], by=scene.staff, now=now()),
        lambda: set_places(scene.panel, 9, by=scene.staff, now=now()),
        lambda: scene.assign_all(),
    ):
        with pytest.raises(Refusal):
            change()


# Pages

PAGES = (
    "round",
    "round_entries",
    "round_seats",
    "round_assignment",
    "round_progress",
    "round_open",
    "round_cancel",
)


def answers(client, user, scene, names, method="get"):
    client.logout()
    if user:
        client.force_login(user)
    return [getattr(client, method)(url(name, scene, scene.round.code)).status_code for name in names]


def test_who_may_open_which_page(client, scene):
    people = scene.cast.people
    ok, no, gone, sign_in = 200, 403, 404, 302
    assert {role: answers(client, people[role], scene, PAGES) for role in people} == {
        "platform_admin": [gone] * 7,
        "district_staff": [ok] * 7,
        "district_staff_2": [ok] * 7,
        "subdistrict_staff": [ok] * 7,
        "subdistrict_staff_2": [ok] * 7,
        "neighbour_staff": [ok, *[gone] * 6],
        "community_user": [gone] * 7,
        "neighbour_community_user": [gone] * 7,
        "organization_user": [gone] * 7,
        "supportive_org": [gone] * 7,
        "observer": [ok, ok, ok, ok, ok, no, no],
        "resident_judge": [gone] * 7,
        "expert_judge": [gone] * 7,
        "public": [sign_in] * 7,
    }


def test_another_districts_round_is_not_there(client, scene):
    other = Cast.shangcheng("xihu")
    foreign = room(1, "gongshu").round
    client.force_login(other.people["district_staff"])
    for slug, code in (("xihu", foreign.code), ("xihu", "0123456789"), ("gongshu", foreign.code)):
        assert client.get(reverse("office:round", args=[slug, code])).status_code == 404


def test_a_second_person_opens_the_round_through_the_pages(client, scene):
    client.force_login(scene.staff)
    judges = [judge.code for judge in scene.judges]
    post = client.post(
        url("panel_change", scene, scene.round.code, "residents", "seat"), {"residents-seat-judges": judges}
    )
    assert (post.status_code, scene.round.seats.count()) == (303, 3)
    shown = client.get(url("round_assignment", scene, scene.round.code))
    digest = shown.context["proposal"].digest
    assert (
        client.post(url("assignment_apply", scene, scene.round.code), {"digest": digest}).status_code == 303
    )
    assert (
        client.post(url("assignment_apply", scene, scene.round.code), {"digest": digest}).status_code == 409
    )
    assert client.post(url("round_open", scene, scene.round.code)).status_code == 303
    asked = Decision.objects.get(kind="open_round")
    assert client.post(url("round_open", scene, scene.round.code)).status_code == 409
    client.force_login(scene.cast.people["subdistrict_staff"])
    assert client.post(url("decision_approve", scene, asked.code)).status_code == 303
    scene.round.refresh_from_db()
    assert scene.round.state == "open"


def test_opening_is_refused_while_something_is_missing(client, scene):
    client.force_login(scene.staff)
    answer = client.post(url("round_open", scene, scene.round.code))
    assert answer.status_code == 409
    assert Decision.objects.count() == 0
    assert "居民评委组还没有评委" in answer.content.decode()


@pytest.mark.parametrize("name", ["round_extend", "round_cancel", "round_edit"])
@pytest.mark.parametrize("junk", ["\x00", "9" * 5000, "不是时间", ""])
def test_junk_is_answered_at_the_form(client, scene, name, junk):
    if name == "round_extend":
        Round.objects.filter(pk=scene.round.pk).update(state="open")
    client.force_login(scene.staff)
    values = dict.fromkeys(("reason", "closes_at", "opens_at", "name", "rule_set"), junk)
    answer = client.post(url(name, scene, scene.round.code), values)
    words_are_a_reason = name == "round_cancel" and junk == "不是时间"
    assert answer.status_code == (303 if words_are_a_reason else 422)


@pytest.mark.parametrize("kind", ["seat", "draw", "guests", "bench", "nothing"])
@pytest.mark.parametrize("junk", ["\x00", "9" * 5000, "０"])
def test_junk_seats_nobody(client, scene, kind, junk):
    client.force_login(scene.staff)
    values = {f"residents-{kind}-{name}": junk for name in ("judges", "places", "seed", "reason", "place")}
    answer = client.post(url("panel_change", scene, scene.round.code, "residents", kind), values)
    assert answer.status_code == (404 if kind in ("bench", "nothing") else 422)
    assert scene.round.seats.count() == 0


@pytest.mark.parametrize(
    "junk", ["?state=nothing", "?season=%00", "?page=9999999999999999999", "?order=-x", "?kind=%00"]
)
def test_junk_in_the_address_of_the_list(client, scene, junk):
    client.force_login(scene.staff)
    assert client.get(url("rounds", scene) + junk).status_code in (200, 422)


def test_a_judge_is_replaced_by_two_people(client, scene):
    scene.seat_all()
    scene.assign_all()
    spare = make.judge(scene.cast.community)
    Round.objects.filter(pk=scene.round.pk).update(state="open")
    seat = scene.round.seats.order_by("number").first()
    client.force_login(scene.cast.people["subdistrict_staff"])
    page = url("seat_replace", scene, scene.round.code, seat.code)
    assert client.get(page).status_code == 200
    assert client.post(page, {"judge": spare.code}).status_code == 422
    assert client.post(page, {"judge": spare.code, "reason": "生病"}).status_code == 303
    asked = Decision.objects.get(kind="replace_seat")
    assert asked.sub_district == scene.cast.home
    client.force_login(scene.second)
    assert client.post(url("decision_approve", scene, asked.code)).status_code == 303
    assert scene.round.seats.live().filter(judge=spare).count() == 1


def test_guests_are_asked_for_through_the_page(client, scene):
    guest = make.judge(scene.cast.neighbour_community)
    client.force_login(scene.staff)
    answer = client.post(
        url("panel_change", scene, scene.round.code, "residents", "guests"),
        {"residents-guests-judges": [guest.code], "residents-guests-reason": "人手不足"},
    )
    assert answer.status_code == 303
    asked = Decision.objects.get(kind="seat_guests")
    client.force_login(scene.cast.people["subdistrict_staff"])
    assert client.get(url("decision", scene, asked.code)).status_code == 200
    assert client.post(url("decision_approve", scene, asked.code)).status_code == 303
    assert scene.round.seats.get().judge == guest


def test_progress_counts_sheets_and_shows_no_mark(client, scene):
    scene.seat_all()
    scene.assign_all()
    Round.objects.filter(pk=scene.round.pk).update(state="open")
    row = scene.round.assignments.select_related("seat", "entry__round").first()
    make.sheet(row.seat, row.entry, need="37.5", effect="21.5")
    client.force_login(scene.cast.people["observer"])
    answer = client.get(url("round_progress", scene, scene.round.code))
    (board,) = answer.context["boards"]
    assert (board.done, board.of) == (1, 6)
    assert [(r.done, r.of) for r in board.rows if r.entry == row.entry] == [(1, 2)]
    assert "37.5" not in answer.content.decode() and "21.5" not in answer.content.decode()


def test_lists_ask_a_constant_number_of_questions(client, django_assert_num_queries):
    for communities, slug in ((1, "one"), (3, "three")):
        scene = room(communities, slug, min_marks=1)
        hosts = [make.sub_district(scene.cast.district, f"街道{i}") for i in range(communities)]
        create_preliminaries(
            scene.season,
            scene.rules,
            hosts,
            opens_at=now(),
            closes_at=now() + HOUR,
            by=scene.staff,
            now=now(),
        )
        scene.seat_all()
        scene.assign_all()
        client.force_login(scene.staff)
        for name, expected in QUERIES.items():
            with django_assert_num_queries(expected, info=name):
                client.get(url(name, scene, *([] if name == "rounds" else [scene.round.code])))


QUERIES = {
    "rounds": 9,
    "round": 32,
    "round_entries": 8,
    "round_seats": 10,
    "round_assignment": 19,
    "round_progress": 13,
    "round_open": 21,
}
