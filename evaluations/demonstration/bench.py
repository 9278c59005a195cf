"""Resident judges: nominated, elected by a meeting, appointed with consent; experts; what they are tied to."""

import datetime as dt

from django.utils import timezone

from evaluations.demonstration.cast import Cast
from evaluations.demonstration.chance import chance
from evaluations.demonstration.people import EXPERT_LIVES, LIVES, invented_names, invented_phone
from judges.actions.appointments import appoint_judges
from judges.actions.elections import Votes, record_election
from judges.actions.interests import add_interest
from judges.actions.nominations import invite_expert, nominate_judge
from judges.models import Judge

JUDGES, EXPERTS = 8, 5
TERM = dt.timedelta(days=3 * 365)


def elect_judges(cast: Cast) -> None:
    """In each sub-district one more stands than there are places: a meeting votes, eight are appointed."""
    names = list(invented_names())
    chance(cast.seed, "names").shuffle(names)
    called = iter(names)
    for group, place in enumerate(cast.places):
        by, now, today = cast.staff[place.pk][0], timezone.now(), timezone.localdate()
        source = chance(cast.seed, "election", place.division_code)
        homes = cast.communities[place.pk]
        standing = [
            nominate_judge(
                homes[number % len(homes)],
                name=next(called),
                phone=invented_phone(4, group * 20 + number),
                introduction=source.choice(LIVES),
                nominated_by=f"{homes[number % len(homes)].name}居民代表会议",
                by=by,
                now=now,
            )
            for number in range(JUDGES + 1)
        ]
        present = source.randint(46, 78)
        votes = [ballot(judge, number < JUDGES, present, source) for number, judge in enumerate(standing)]
        hall = f"{place.name}居民议事厅"
        record_election(place, held_on=today, place=hall, present=present, votes=votes, by=by, now=now)
        cast.judges[place.pk] = appoint_judges(
            standing[:JUDGES], term_from=today, term_to=today + TERM, consent_at=today, by=by, now=now
        )


def ballot(judge: Judge, elected: bool, present: int, source: object) -> Votes:
    """How the meeting voted on one candidate; nobody has more votes than people were there."""
    for_, abstaining = source.randint(70, 95), source.randint(0, 4)  # type: ignore[attr-defined]
    yes = present * (for_ if elected else for_ - 45) // 100
    return Votes(judge, yes, present - yes - abstaining, abstaining, elected)


def invite_experts(cast: Cast) -> None:
    """The district's experts."""
    by, now, today = cast.office[0], timezone.now(), timezone.localdate()
    names = list(invented_names())[-EXPERTS:]
    invited = [
        invite_expert(
            cast.district,
            name=name,
            phone=invented_phone(5, number),
            introduction=life,
            nominated_by="区评选办公室",
            by=by,
            now=now,
        )
        for number, (name, life) in enumerate(zip(names, EXPERT_LIVES, strict=True), 1)
    ]
    cast.experts = appoint_judges(
        invited, term_from=today, term_to=today + TERM, consent_at=today, by=by, now=now
    )


def record_interests(cast: Cast) -> None:
    """What ties some judges: an organization they belong to, a community they worked in."""
    now = timezone.now()
    for number, place in enumerate(cast.places):
        by, (first, second, *_others) = cast.staff[place.pk][0], cast.judges[place.pk]
        home = next((cast.at_home[c.pk] for c in cast.communities[place.pk] if c.pk in cast.at_home), None)
        if home is not None and number % 2 == 0:
            add_interest(first, kind="member", organization=home, note="志愿者", by=by, now=now)
        elif number % 2:
            community = cast.communities[place.pk][-1]
            add_interest(second, kind="work", community=community, note="曾任社工", by=by, now=now)
    if cast.experts:
        agency = cast.agencies["elderly"][0]
        add_interest(
            cast.experts[0], kind="work", organization=agency, note="曾任督导", by=cast.office[0], now=now
        )
