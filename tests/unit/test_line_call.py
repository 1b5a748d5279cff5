"""A call: every state and event, whose turn it is, and what time makes of it."""

from itertools import product

import pytest

from openline.line.call import (
    ANSWER_WITHIN_MS,
    HELD_WITHIN_MS,
    TRANSITIONS,
    Call,
    CallEvent,
    CallState,
    Turn,
    requested,
    state_at,
    step,
)
from openline.words.moment import Moment

S, E = CallState, CallEvent
ASKED = Moment.parse("2022-03-10T08:00:00Z")
HOUR = 3_600_000
NEW = requested("us-0123456789", "us", "ru", "minister", ASKED, None)
ALLOWED = {
    S.SOUGHT: {E.ACCEPT, E.DECLINE, E.COUNTER, E.WITHDRAW, E.HELD},
    S.COUNTERED: {E.ACCEPT, E.DECLINE, E.COUNTER, E.WITHDRAW, E.HELD},
    S.ACCEPTED: {E.WITHDRAW, E.HELD},
    S.DECLINED: {E.HELD},
    S.WITHDRAWN: {E.DECLINE, E.HELD},
    S.UNANSWERED: {E.HELD},
    S.EXPIRED: {E.HELD},
    S.HELD: set(),
}
LEADS_TO = {
    E.ACCEPT: S.ACCEPTED,
    E.DECLINE: S.DECLINED,
    E.COUNTER: S.COUNTERED,
    E.WITHDRAW: S.WITHDRAWN,
    E.HELD: S.HELD,
}


def _in(state: CallState, by: str = "us") -> Call:
    return Call("us-0123456789", "us", "ru", "minister", (Turn(ASKED, by, state),))


def _state(call: Call, now: Moment = ASKED) -> CallState:
    return state_at(call, now)


@pytest.mark.rule("R-CALL-02")
@pytest.mark.parametrize(("state", "event"), list(product(CallState, CallEvent)))
def test_every_state_and_event(state: CallState, event: CallEvent) -> None:
    assert ((state, event) in TRANSITIONS) == (event in ALLOWED[state])
    # "us" seeks and spoke last, so withdrawing is its own, answering the other's.
    by = "us" if event is E.WITHDRAW else "ru"
    after = step(_in(state), event, by, ASKED)
    if event in ALLOWED[state]:
        assert after is not None and after.last.state is LEADS_TO[event]
        assert after.turns[:-1] == _in(state).turns
    else:
        assert after is None


@pytest.mark.rule("R-CALL-02")
def test_only_the_awaited_party_answers_and_only_the_seeker_withdraws() -> None:
    assert NEW.awaits == "ru"
    for event in (E.ACCEPT, E.DECLINE, E.COUNTER):
        assert step(NEW, event, "us", ASKED) is None
    assert step(NEW, E.WITHDRAW, "ru", ASKED) is None

    later = Moment(ASKED.ms + HOUR)
    countered = step(NEW, E.COUNTER, "ru", later, proposed=later, level="chief")
    assert countered is not None and countered.awaits == "us"
    assert (countered.last.proposed, countered.last.level) == (later, "chief")
    assert step(countered, E.ACCEPT, "ru", later) is None
    agreed = step(countered, E.ACCEPT, "us", later)
    assert agreed is not None and agreed.awaits == ""
    assert agreed.last.proposed == later  # the time that was offered last
    for by in ("us", "ru"):
        held = step(agreed, E.HELD, by, later)
        assert held is not None and _state(held, later) is S.HELD


@pytest.mark.rule("R-CALL-03")
def test_a_request_is_unanswered_after_48_hours() -> None:
    assert ANSWER_WITHIN_MS == 48 * HOUR
    assert _state(NEW, Moment(ASKED.ms + 48 * HOUR - 1)) is S.SOUGHT
    assert _state(NEW, Moment(ASKED.ms + 48 * HOUR)) is S.UNANSWERED
    # An answer that comes later still counts; until it came the call stood unanswered.
    late = Moment(ASKED.ms + 60 * HOUR)
    declined = step(NEW, E.DECLINE, "ru", late)
    assert declined is not None
    assert _state(declined, late) is S.DECLINED
    assert _state(declined, Moment(late.ms - 1)) is S.UNANSWERED


@pytest.mark.rule("R-CALL-03")
def test_an_agreed_call_expires_a_day_after_its_time() -> None:
    at = Moment(ASKED.ms + 5 * HOUR)
    agreed = step(requested("us-0", "us", "ru", "chief", ASKED, at), E.ACCEPT, "ru", ASKED)
    assert agreed is not None
    assert _state(agreed, Moment(at.ms + HELD_WITHIN_MS - 1)) is S.ACCEPTED
    assert _state(agreed, Moment(at.ms + HELD_WITHIN_MS)) is S.EXPIRED
    undated = step(NEW, E.ACCEPT, "ru", ASKED)
    assert undated is not None and _state(undated, Moment(at.ms + 400 * 24 * HOUR)) is S.ACCEPTED


@pytest.mark.rule("R-CALL-03")
def test_a_call_as_it_stood_before_its_newest_turn() -> None:
    withdrawn = step(NEW, E.WITHDRAW, "us", Moment(ASKED.ms + HOUR))
    assert withdrawn is not None
    assert _state(withdrawn, ASKED) is S.SOUGHT
    assert _state(withdrawn, Moment(ASKED.ms + HOUR)) is S.WITHDRAWN
    assert _state(withdrawn, Moment(0)) is S.SOUGHT  # before it was even sought


def _reachable() -> list[Call]:
    """Calls in every state that turns lead to, whoever spoke last."""
    found: dict[tuple[CallState, str, str], Call] = {}
    waiting = [NEW]
    while waiting:
        call = waiting.pop()
        key = (call.last.state, call.last.by, call.awaits)
        if key in found:
            continue
        found[key] = call
        for event, by in product(CallEvent, ("us", "ru")):
            after = step(call, event, by, ASKED)
            waiting += [after] if after else []
    return list(found.values())


@pytest.mark.rule("R-CALL-04")
def test_turns_that_cross_leave_both_sides_in_the_same_state() -> None:
    for call, ours, theirs in product(_reachable(), CallEvent, CallEvent):
        we, they = step(call, ours, "us", ASKED), step(call, theirs, "ru", ASKED)
        if we is None or they is None:
            continue
        # Each side hears the other's turn after its own; a turn that no longer fits is left.
        here = step(we, theirs, "ru", ASKED) or we
        there = step(they, ours, "us", ASKED) or they
        assert here.last.state is there.last.state, (call.last, ours, theirs)
