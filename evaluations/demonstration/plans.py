"""Which community tells which story, and who carries it: decided by the seed before anything is written."""

import datetime as dt
from dataclasses import dataclass

from communities.models import Community
from evaluations.demonstration.chance import chance
from evaluations.demonstration.stories import STORIES, Story

PREVIOUS = 18  # cases of the season before: the stories that the present one tells only once


@dataclass(frozen=True, slots=True)
class Plan:
    """One case to be: `number` counts the cases of the season from 0."""

    number: int
    community: Community
    story: Story
    telling: int
    year: int

    @property
    def deliberated_on(self) -> dt.date:
        """A day in the spring of the year before."""
        return dt.date(self.year - 1, 3, 1) + dt.timedelta(days=(self.number * 7) % 90)

    @property
    def starts_on(self) -> dt.date:
        return self.deliberated_on + dt.timedelta(days=30)

    @property
    def ends_on(self) -> dt.date:
        return self.starts_on + dt.timedelta(days=240 + (self.number * 5) % 60)

    @property
    def is_returned(self) -> bool:
        """Whether the office sends it back once."""
        return self.number % 9 == 4

    def text(self, name: str) -> str:
        """A text of the story as this community tells it."""
        return self.story.told(getattr(self.story, name), self.telling, self.community.name)


def plan_season(seed: str, year: int, communities: dict[int, list[Community]]) -> list[Plan]:
    """A case for each community: every story once, and half of them a second time elsewhere."""
    stories = shuffled_stories(seed)
    told = [(story, 0) for story in stories] + [(story, 1) for story in stories[PREVIOUS:]]
    order = chance(seed, "places").sample(told, len(told))
    leads = [community for place in communities.values() for community in place]
    pairs = apart(list(zip(leads, order, strict=False)))
    return [
        Plan(number, community, story, telling, year)
        for number, (community, (story, telling)) in enumerate(pairs)
    ]


Pair = tuple[Community, tuple[Story, int]]


def apart(pairs: list[Pair]) -> list[Pair]:
    """Swap cases until no sub-district has both tellings of a story."""
    for place, (community, (story, telling)) in enumerate(pairs):
        if telling == 0 or not doubled(pairs, community, story):
            continue
        for other, (elsewhere, (second, told)) in enumerate(pairs):
            if elsewhere.sub_district_id == community.sub_district_id:
                continue
            swapped = list(pairs)
            swapped[place], swapped[other] = (community, (second, told)), (elsewhere, (story, telling))
            if not doubled(swapped, community, second) and not doubled(swapped, elsewhere, story):
                return apart(swapped)
    return pairs


def doubled(pairs: list[Pair], community: Community, story: Story) -> bool:
    """Whether a sub-district tells a story twice."""
    there = [told for lead, (told, _n) in pairs if lead.sub_district_id == community.sub_district_id]
    return there.count(story) > 1


def plan_previous(seed: str, year: int, communities: dict[int, list[Community]]) -> list[Plan]:
    """The season before: an equal number of cases in each sub-district."""
    stories = shuffled_stories(seed)[:PREVIOUS]
    each = PREVIOUS // len(communities)
    leads = [
        community
        for there in communities.values()
        for community in sorted(
            chance(seed, "previous", there[0].sub_district.division_code).sample(there, each),
            key=lambda c: c.division_code,
        )
    ]
    return [
        Plan(number, lead, story, 1, year)
        for number, (lead, story) in enumerate(zip(leads, stories, strict=False))
    ]


def shuffled_stories(seed: str) -> list[Story]:
    return chance(seed, "stories").sample(STORIES, len(STORIES))
