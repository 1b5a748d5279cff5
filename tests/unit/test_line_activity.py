"""An activity's life by its table and the clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.line.activity import (
    TRANSITIONS,
    Event,
    Life,
    Phase,
    confirm_by,
    is_late,
    phase_at,
)
from openline.words.moment import Moment, Window

START, END = Moment(10_000), Moment(20_000)
WINDOW = Window(START, END)


@pytest.mark.rule("R-ACT-05")
@pytest.mark.parametrize(
    ("revision", "cancelled", "now", "phase"),
    [
        (0, None, 9_999, "announced"),
        (1, None, 9_999, "amended"),
        (0, None, 10_000, "active"),
        (3, None, 19_999, "active"),
        (0, None, 20_000, "ended"),
        (0, 5_000, 6_000, "cancelled"),
        (2, 15_000, 16_000, "cancelled"),
        (0, 15_000, 99_000, "cancelled"),
        (0, 50_000, 9_000, "cancelled"),  # signed by a clock that runs ahead of ours
    ],
)
def test_where_it_stands(revision: int, cancelled: int | None, now: int, phase: str) -> None:
    taken = None if cancelled is None else Moment(cancelled)
    assert phase_at(Life(revision, WINDOW, taken), Moment(now)) == phase


@pytest.mark.rule("R-ACT-05")
@given(st.integers(0, 3), st.none() | st.integers(0, 30_000), st.lists(st.integers(0, 30_000)))
def test_time_only_moves_it_on(revision: int, cancelled: int | None, times: list[int]) -> None:
    order = [*Phase]
    life = Life(revision, WINDOW, None if cancelled is None else Moment(cancelled))
    phases = [order.index(phase_at(life, Moment(at))) for at in sorted(times)]
    assert phases == sorted(phases)
    assert all(order[each] is not Phase.DRAFT for each in phases)


@pytest.mark.rule("R-ACT-05")
def test_nothing_becomes_of_what_is_over() -> None:
    assert {phase for phase, _ in TRANSITIONS if phase.is_over} == set()
    assert {event for _, event in TRANSITIONS} == set(Event)
    assert {*TRANSITIONS.values(), Phase.DRAFT} == set(Phase)


@pytest.mark.rule("R-ACT-08")
def test_a_notice_of_exactly_the_minimum_is_in_time() -> None:
    assert not is_late(Moment(0), START, 10_000)
    assert is_late(Moment(1), START, 10_000)
    assert is_late(Moment(15_000), START, 1)
    assert not is_late(Moment(15_000), START, 0)  # a hospital that stood there for years


@pytest.mark.rule("R-ACT-10")
def test_a_confirmation_holds_for_its_kinds_time_or_for_good() -> None:
    assert confirm_by(START, 500) == Moment(10_500)
    assert confirm_by(START, None) is None
