"""Which carriers what waits may leave by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.forms.precedence import Precedence
from openline.line.routing import (
    AT_ANY_TIME,
    NEXT_AFTER_MS,
    TRANSITIONS,
    Event,
    State,
    Way,
    due_ms,
    latest,
    step,
)

NOW = 10**12
TIMES = st.integers(NOW - 10**7, NOW)
WAYS = st.lists(
    st.builds(
        Way,
        name=st.sampled_from(["a", "b", "c", "d"]),
        cost=st.integers(1, 4),
        since_ms=TIMES,
        state=st.sampled_from(State),
        next_after_ms=st.none() | st.integers(0, 10**6),
    ),
    min_size=1,
    unique_by=lambda way: way.name,
)
ROUTINE, FLASH = Precedence.ROUTINE, Precedence.FLASH


def leaves(ways: list[Way], precedence: Precedence, signed: int, now: int = NOW) -> set[str]:
    return {way.name for way in ways if signed <= latest(ways, way, now)[precedence.rank]}


@pytest.mark.rule("R-CAR-01")
@given(WAYS, TIMES)
def test_flash_leaves_by_all_at_once(ways: list[Way], signed: int) -> None:
    assert leaves(ways, FLASH, signed) == {way.name for way in ways}


@pytest.mark.rule("R-CAR-01")
@given(WAYS, st.sampled_from(Precedence))
def test_what_was_just_signed_leaves_by_the_cheapest_that_works(
    ways: list[Way], precedence: Precedence
) -> None:
    works = [way for way in ways if way.state is not State.DOWN]
    if works and precedence is not FLASH and all(way.next_after_ms != 0 for way in ways):
        first = min(works, key=lambda way: way.order)
        down = {way.name for way in ways if way.state is State.DOWN and way.order < first.order}
        assert leaves(ways, precedence, NOW) == {first.name} | down
    assert leaves(ways, precedence, NOW)  # something is always tried


@pytest.mark.rule("R-CAR-02")
@given(WAYS, st.sampled_from(Precedence), TIMES, st.integers(0, 10**7))
def test_waiting_only_ever_adds_carriers(
    ways: list[Way], precedence: Precedence, signed: int, more: int
) -> None:
    assert leaves(ways, precedence, signed) <= leaves(ways, precedence, signed, NOW + more)
    assert leaves(ways, precedence, signed, NOW + 10**9) == {way.name for way in ways}


@pytest.mark.rule("R-CAR-02")
@given(WAYS, st.sampled_from(Precedence), TIMES)
def test_a_turn_comes_when_it_was_said_to(
    ways: list[Way], precedence: Precedence, signed: int
) -> None:
    for way in ways:
        due = max(due_ms(ways, way, precedence.rank, signed), signed)
        assert way.name in leaves(ways, precedence, signed, due)
        if due > signed and due != NOW:
            assert way.name not in leaves(ways, precedence, signed, due - 1)


@pytest.mark.rule("R-CAR-02")
def test_the_next_one_is_tried_as_well_after_a_time_of_its_precedence() -> None:
    https = Way("https", 1, NOW - 10**7, State.UP)
    mail = Way("mail", 4, NOW - 10**7)
    dear = Way("satellite", 90, NOW - 10**7, next_after_ms=5_000)
    ways = [https, mail, dear]
    for precedence, after in NEXT_AFTER_MS.items():
        if precedence is FLASH:
            continue
        assert leaves(ways, precedence, NOW - after + 1) - {"satellite"} == {"https"}
        assert leaves(ways, precedence, NOW - after) >= {"https", "mail"}
    assert leaves(ways, ROUTINE, NOW - 9_999) == {"https"}
    assert leaves(ways, ROUTINE, NOW - 10_000) == {"https", "satellite"}


@pytest.mark.rule("R-CAR-02")
def test_what_waited_while_nothing_worked_goes_by_the_cheapest_that_is_back() -> None:
    https, mail = Way("https", 1, 0, State.DOWN), Way("mail", 4, 0, State.UP)
    assert leaves([https, mail], ROUTINE, NOW - 10**7) == {"https", "mail"}
    https = step(https, Event.TOOK, NOW)
    assert leaves([https, mail], ROUTINE, NOW - 10**7) == {"https"}
    assert leaves([https, mail], ROUTINE, NOW - 10**7, NOW + 600_000) == {"https", "mail"}


def test_a_carriers_state_follows_its_table() -> None:
    way = Way("https", 1, 5)
    for (state, event), after in TRANSITIONS.items():
        was = Way("https", 1, 5, state)
        assert step(was, event, NOW) == Way("https", 1, NOW, after)
    for state, event in ((State.UP, Event.TOOK), (State.DOWN, Event.FAILED)):
        was = Way("https", 1, 5, state)
        assert step(was, event, NOW) is was
    assert latest([way], way, NOW) == (AT_ANY_TIME,) * 4
