"""Chance that follows from the seed: whole numbers only, the same on every machine."""

import random


def chance(seed: str, *what: object) -> random.Random:
    """A source of chance for one purpose; other purposes do not disturb it."""
    return random.Random("/".join((seed, *map(str, what))))  # noqa: S311  a demonstration, no secret


def bell(source: random.Random, spread: int) -> int:
    """A whole number around 0, most often small: the sum of six throws, with a standard deviation of about `spread`.

    Six uniform throws of ±a have the variance 6 a (a + 1) / 3, so a is about spread / √2.
    """
    reach = (spread * 707) // 1000
    return sum(source.randint(-reach, reach) for _throw in range(6)) if reach else 0
