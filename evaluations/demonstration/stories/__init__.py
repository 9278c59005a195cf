"""Thirty-six invented stories, each told by two communities: one module for each field of the evaluation.

Every story is invented; the places are real, so a story says nothing of what happened there.
"""

from evaluations.demonstration.stories import (
    children,
    culture,
    deliberation,
    elderly,
    environment,
    mutual_help,
    public_space,
)
from evaluations.demonstration.stories.story import Story

STORIES: list[Story] = [
    *deliberation.STORIES,
    *elderly.STORIES,
    *public_space.STORIES,
    *children.STORIES,
    *environment.STORIES,
    *mutual_help.STORIES,
    *culture.STORIES,
]

__all__ = ["STORIES", "Story"]
