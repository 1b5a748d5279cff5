"""The scenario's clock, with a steady time that the test moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.scenario.clock import ScenarioClock
from openline.words.moment import Moment

START = Moment.parse("2022-03-01T08:00:00Z")


class Steady:
    """A steady clock for tests, in ms."""

    def __init__(self, ms: int = 5_000) -> None:
        self.ms = ms

    def __call__(self) -> int:
        return self.ms


@pytest.mark.rule("R-SCN-01")
def test_it_starts_where_it_is_told_and_runs_at_real_pace() -> None:
    steady = Steady()
    clock = ScenarioClock(START, steady)
    assert clock.now().wall == START
    before = clock.now()
    steady.ms += 1_234
    after = clock.now()
    assert after.wall.ms - before.wall.ms == 1_234
    assert after.monotonic_ms - before.monotonic_ms == 1_234


@pytest.mark.rule("R-SCN-01")
def test_without_a_steady_clock_it_takes_the_machines() -> None:
    clock = ScenarioClock(START)
    first, second = clock.now(), clock.now()
    assert START <= first.wall <= second.wall
    assert second.wall.ms - START.ms < 60_000


@pytest.mark.rule("R-SCN-02")
def test_a_jump_tells_everyone_after_the_time_has_moved() -> None:
    clock = ScenarioClock(START, Steady())
    seen: list[Moment] = []
    clock.on_jump(lambda: seen.append(clock.now().wall))
    clock.on_jump(lambda: seen.append(clock.now().wall))
    later = START.plus_ms(86_400_000)
    clock.jump(later)
    assert seen == [later, later]


@pytest.mark.rule("R-SCN-02")
@given(st.lists(st.integers(-100_000_000, 100_000_000)), st.integers(0, 10_000))
def test_wall_and_steady_time_agree_whatever_is_jumped_to(jumps: list[int], pace: int) -> None:
    steady = Steady()
    clock = ScenarioClock(START, steady)
    begin = last = clock.now()
    for ms in jumps:
        to = START.plus_ms(ms)
        clock.jump(to)
        now = clock.now()
        assert now.wall == max(to, last.wall)
        assert now.wall.ms - begin.wall.ms == now.monotonic_ms - begin.monotonic_ms
        steady.ms += pace
        last = clock.now()
