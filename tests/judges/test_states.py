"""What may follow what, over every pair of states."""

import itertools

import pytest

from goldidea.lib.moves import may_move
from judges.states import CORRECTIONS, EXPERT_MOVES, JUDGE_MOVES, JudgeState, moves_of

S = JudgeState
PAIRS = list(itertools.product(S, S))
RESIDENTS = {
    (S.NOMINATED, S.ELECTED),
    (S.NOMINATED, S.NOT_ELECTED),
    (S.NOMINATED, S.DECLINED),
    (S.ELECTED, S.APPOINTED),
    (S.ELECTED, S.DECLINED),
    (S.APPOINTED, S.ENDED),
}
EXPERTS = {(S.NOMINATED, S.APPOINTED), (S.NOMINATED, S.DECLINED), (S.APPOINTED, S.ENDED)}
PUT_RIGHT = {
    (S.NOMINATED, S.ELECTED),
    (S.NOMINATED, S.NOT_ELECTED),
    (S.ELECTED, S.NOT_ELECTED),
    (S.ELECTED, S.NOMINATED),
    (S.NOT_ELECTED, S.ELECTED),
    (S.NOT_ELECTED, S.NOMINATED),
}


@pytest.mark.parametrize(
    ("table", "allowed"), [(JUDGE_MOVES, RESIDENTS), (EXPERT_MOVES, EXPERTS), (CORRECTIONS, PUT_RIGHT)]
)
def test_every_pair(table, allowed) -> None:
    assert {pair for pair in PAIRS if may_move(table, *pair)} == allowed


def test_experts_are_not_elected() -> None:
    assert moves_of("expert") is EXPERT_MOVES
    assert moves_of("resident") is JUDGE_MOVES
