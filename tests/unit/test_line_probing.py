"""Probes: what can become of one, when the next is due, and what many come to."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.line.probing import (
    SPANS,
    TRANSITIONS,
    Begun,
    Day,
    Outcome,
    ProbeEvent,
    availability,
    step,
    wait_ms,
)
from openline.words.moment import DAY_MS, Moment

AT = Moment.parse("2022-03-01T12:00:00Z")
TODAY = Moment.parse("2022-03-01T00:00:00Z").ms
DAYS = st.lists(
    st.builds(
        lambda ago, run, share: Day(TODAY - ago * DAY_MS, run, run * share // 100),
        st.integers(0, 400),
        st.integers(0, 10**6),
        st.integers(0, 100),
    ),
    max_size=20,
)


@pytest.mark.rule("R-PROBE-03")
@pytest.mark.parametrize(("outcome", "event"), list(product(Outcome, ProbeEvent)))
def test_what_is_over_is_over(outcome: Outcome, event: ProbeEvent) -> None:
    ends = {
        ProbeEvent.ANSWER: Outcome.ANSWERED,
        ProbeEvent.REFUSED: Outcome.LOST,
        ProbeEvent.TIME_OVER: Outcome.LOST,
    }
    under_way = outcome is Outcome.UNDER_WAY
    assert step(outcome, event) is (ends[event] if under_way else outcome)
    assert ((outcome, event) in TRANSITIONS) == under_way


@pytest.mark.rule("R-PROBE-04")
def test_a_cheap_carrier_is_probed_at_the_lines_pace_and_a_dear_one_for_a_test_alone() -> None:
    last = Begun(1_000, AT)
    assert wait_ms(None, 1, 600_000, None, 5_000) == 0
    assert wait_ms(last, 1, 600_000, None, 5_000) == 596_000
    assert wait_ms(last, 1, 600_000, None, 700_000) == 0
    assert wait_ms(None, 2, 600_000, None, 5_000) is None
    assert wait_ms(last, 2, 600_000, None, 10**9) is None
    for cost in (1, 2):
        assert wait_ms(None, cost, 600_000, AT, 5_000) == 0
        assert wait_ms(last, cost, 600_000, AT.plus_ms(1), 5_000) == 0
        # One look is enough for a test, whatever came of it.
        assert wait_ms(last, cost, 600_000, AT, 5_000) != 0


@pytest.mark.rule("R-TEST-15")
@given(DAYS)
def test_availability_is_what_was_answered_of_what_was_tried(days: list[Day]) -> None:
    for found in availability(days, AT):
        first = TODAY - (found.days - 1) * DAY_MS
        within = [day for day in days if first <= day.day_ms <= TODAY]
        assert found.run == sum(day.run for day in within)
        assert found.answered == sum(day.answered for day in within)
        assert (found.share is None) == (not found.run)
        assert found.share is None or 0 <= found.share <= 1
    assert tuple(found.days for found in availability(days, AT)) == SPANS


@pytest.mark.rule("R-TEST-15")
def test_todays_count_with_the_six_days_before() -> None:
    days = [Day(TODAY - ago * DAY_MS, 10, 10 - ago) for ago in range(8)]
    week, month, _ = availability(days, AT)
    assert (week.run, week.answered) == (70, sum(range(4, 11)))
    assert (month.run, month.answered) == (80, sum(range(3, 11)))
