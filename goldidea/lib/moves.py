"""Guarded moves along a table of states."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from goldidea.lib.errors import StaleState

Moves = Mapping[str, frozenset[str]]


def may_move(moves: Moves, old: str, new: str) -> bool:
    """Whether the table lets `old` be followed by `new`."""
    return new in moves.get(old, frozenset())


def move(instance: models.Model, moves: Moves, new: str, **values: Any) -> None:
    """Move `instance.state` to `new`, only if the database still holds the state that we read.

    Args:
        values: other columns set in the same statement.

    Raises: StaleState if the table does not allow it or somebody else was first.
    """
    old: str = instance.state  # type: ignore[attr-defined]
    manager = type(instance)._default_manager
    if not may_move(moves, old, new) or not manager.filter(pk=instance.pk, state=old).update(
        state=new, **values
    ):
        raise StaleState(_("This has changed in the meantime. Look at it again, then decide."))
    for name, value in {"state": new, **values}.items():
        setattr(instance, name, value)
