"""When both desks are alarmed of a notice that was not passed on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.line.passing import STEPS_MS, Passing, due_at, take
from openline.words.moment import Moment

START = Moment.parse("2024-04-01T20:00:00Z")
NOTICE = Passing(START, START.plus_ms(3 * 3_600_000))
HOUR = 3_600_000


def taken_over(passing: Passing, times: list[int]) -> list[tuple[int, int]]:
    """(minutes before the window, step) of every alarm, looked for at these times."""
    found = []
    for ms in times:
        passing, step = take(passing, START.plus_ms(ms))
        if step is not None:
            found.append((-ms // 60_000, step))
    return found


@pytest.mark.rule("R-PASS-02")
def test_each_step_comes_once_and_when_it_is_due() -> None:
    passing, at = NOTICE, Moment(START.ms - 30 * HOUR)
    came = []
    while (due := due_at(passing, at)) is not None:
        at = due
        passing, step = take(passing, at)
        came.append((START.ms - at.ms, step))
    assert came == [(ms, n) for n, ms in enumerate(STEPS_MS)]


@pytest.mark.rule("R-PASS-02")
@pytest.mark.parametrize(
    ("hours", "first"), [(23.0, 0), (1.5, 1), (0.1, 2), (-1.0, 2)], ids=["23h", "90m", "6m", "late"]
)
def test_what_comes_late_is_alarmed_at_once_by_the_nearest_step(hours: float, first: int) -> None:
    at = START.plus_ms(-round(hours * HOUR))
    assert due_at(NOTICE, at) == at
    after, step = take(NOTICE, at)
    assert step == first
    assert take(after, at.plus_ms(1))[1] is None


@pytest.mark.rule("R-PASS-04")
def test_what_is_over_is_never_alarmed() -> None:
    assert due_at(NOTICE, NOTICE.end) is None
    assert take(NOTICE, NOTICE.end) == (NOTICE, None)


@pytest.mark.rule("R-PASS-03")
def test_what_a_clock_that_ran_ahead_has_done_is_done_again_in_time() -> None:
    early, day = -40 * HOUR, -24 * HOUR
    ahead = -5 * 60_000  # the clock leaps to five minutes before, and is set right again
    assert taken_over(NOTICE, [early, ahead, early, day, -2 * HOUR, -15 * 60_000]) == [
        (5, 2), (1440, 0), (120, 1), (15, 2)
    ]  # fmt: skip


@pytest.mark.rule("R-PASS-02")
@given(st.lists(st.integers(-30 * HOUR, 4 * HOUR), max_size=20).map(sorted))
def test_however_rarely_it_is_looked_at_the_newest_step_is_never_missed(times: list[int]) -> None:
    found = taken_over(NOTICE, times)
    steps = [step for _, step in found]
    assert steps == sorted(set(steps))
    within = [ms for ms in times if START.plus_ms(ms) < NOTICE.end]
    over = sum(1 for before in STEPS_MS if within and within[-1] >= -before)
    assert (steps[-1] + 1 if steps else 0) == over
