"""A message that waits for a person: each step once, in order, never early, until one answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.forms.precedence import Precedence
from openline.line.urgency import (
    Event,
    State,
    Step,
    Urgency,
    Who,
    begun,
    default_steps,
    due_at,
    step,
    take,
)
from openline.words.moment import Moment

START = Moment.parse("2016-09-17T14:25:00Z")
_steps = st.lists(
    st.builds(Step, st.sampled_from(list(Who)), st.integers(0, 700_000)), max_size=6
).map(tuple)


def _all_due(urgency: Urgency, now: Moment) -> tuple[Urgency, list[Who]]:
    found = []
    while True:
        urgency, who = take(urgency, now)
        if who is None:
            return urgency, found
        found.append(who)


@pytest.mark.rule("R-URG-02")
def test_a_flash_calls_more_people_after_60_120_and_300_seconds() -> None:
    urgency = begun(START, default_steps(Precedence.FLASH, 60_000))
    called = {}
    for second in range(0, 700):
        urgency, who = _all_due(urgency, START.plus_ms(second * 1000))
        if who:
            called[second] = [str(each) for each in who]
    assert called == {
        **{0: ["first"], 60: ["watch"], 120: ["commander"]},
        **{300: ["contacts"], 600: ["desks"]},
    }
    assert urgency.state is State.OVERDUE and due_at(urgency, START) is None


@pytest.mark.rule("R-URG-02")
def test_what_is_less_urgent_calls_fewer_and_later() -> None:
    after = {p: default_steps(p, 300_000) for p in Precedence}
    assert [s.after_ms for s in after[Precedence.IMMEDIATE]] == [0, 300_000, 600_000]
    assert after[Precedence.PRIORITY] == after[Precedence.ROUTINE] == ()


@pytest.mark.rule("R-URG-03")
def test_opening_gives_the_rest_of_the_steps_their_time_anew_and_an_answer_ends_them() -> None:
    urgency, _ = _all_due(begun(START, default_steps(Precedence.FLASH, 60_000)), START)
    urgency = step(urgency, Event.OPENED, START.plus_ms(40_000))
    assert urgency.state is State.OPENED
    assert due_at(urgency, START) == START or due_at(urgency, START.plus_ms(50_000)) == (
        START.plus_ms(100_000)
    )
    late, who = _all_due(urgency, START.plus_ms(100_000))
    assert (who, late.state) == ([Who.WATCH], State.OVERDUE)
    over = step(late, Event.ANSWERED, START.plus_ms(101_000))
    assert over.is_over and _all_due(over, START.plus_ms(10**9)) == (over, [])
    assert step(over, Event.OPENED, START.plus_ms(102_000)) == over


@pytest.mark.rule("R-URG-02")
@given(_steps, st.lists(st.integers(0, 200_000), min_size=1, max_size=30))
def test_each_step_is_taken_once_in_order_and_never_early(
    steps: tuple[Step, ...], passing: list[int]
) -> None:
    urgency, now, taken = begun(START, steps), START, []
    for ms in passing:
        now = now.plus_ms(ms)
        urgency, who = _all_due(urgency, now)
        taken += who
        assert len(taken) == sum(s.after_ms <= now.ms - START.ms for s in steps)
    ordered = [s.who for s in sorted(steps, key=lambda each: each.after_ms)]
    assert taken == ordered[: len(taken)]
    if urgency.taken < len(steps):
        due = due_at(urgency, now)
        assert due is not None and due > now


@pytest.mark.rule("R-URG-04")
def test_a_clock_that_is_set_back_puts_no_step_off() -> None:
    urgency = begun(START, default_steps(Precedence.FLASH, 60_000))
    earlier = START.plus_ms(-3_600_000)
    assert due_at(urgency, earlier) == earlier


@pytest.mark.rule("R-URG-05")
def test_a_step_can_be_taken_before_its_time_and_only_the_first_makes_nothing_overdue() -> None:
    urgency, who = take(begun(START, default_steps(Precedence.FLASH, 60_000)), START)
    assert (who, urgency.state) == (Who.FIRST, State.WAITING)
    assert take(urgency, START) == (urgency, None)
    urgency, who = take(urgency, START, at_once=True)
    assert (who, urgency.state) == (Who.WATCH, State.OVERDUE)
