"""A call at a named level: sought, answered, held, confirmed.

Whoever seeks a call names a level and a reason; the other side accepts,
declines (it may offer another level) or proposes another time. Either side
says that the call was held; the other's confirmation makes the contact
confirmed. Time alone makes a call unanswered or expired: both follow from the
record and the clock, so both sides see them without a message.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from openline.words.moment import Moment

ANSWER_WITHIN_MS = 48 * 3_600_000
"""A request is unanswered after 48 hours (field.md: the US-China agreement)."""
HELD_WITHIN_MS = 24 * 3_600_000
"""An agreed call expires a day after its time when nobody says that it was held."""


class CallState(StrEnum):
    """Where a call stands."""

    SOUGHT = "sought"
    ACCEPTED = "accepted"
    COUNTERED = "countered"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    HELD = "held"


class CallEvent(StrEnum):
    """What can happen to a call."""

    ACCEPT = "accept"
    DECLINE = "decline"
    COUNTER = "counter"
    HELD = "held"
    WITHDRAW = "withdraw"


_AWAITED = (CallState.SOUGHT, CallState.COUNTERED)
TRANSITIONS: dict[tuple[CallState, CallEvent], CallState] = {
    **{(s, CallEvent.ACCEPT): CallState.ACCEPTED for s in _AWAITED},
    **{(s, CallEvent.DECLINE): CallState.DECLINED for s in _AWAITED},
    **{(s, CallEvent.COUNTER): CallState.COUNTERED for s in _AWAITED},
    **{(s, CallEvent.WITHDRAW): CallState.WITHDRAWN for s in (*_AWAITED, CallState.ACCEPTED)},
    # A refusal that crossed a withdrawal: both sides end with the refusal.
    (CallState.WITHDRAWN, CallEvent.DECLINE): CallState.DECLINED,
    # A call that took place took place, whatever was answered before.
    **{(s, CallEvent.HELD): CallState.HELD for s in CallState if s is not CallState.HELD},
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of a call: when, by which party, and what it made of the call."""

    at: Moment
    by: str
    state: CallState
    proposed: Moment | None = None
    level: str = ""
    """Another level, offered with a refusal or a counter-proposal."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who seeks it, at which level, and every turn since."""

    id: str
    seeker: str
    other: str
    level: str
    turns: tuple[Turn, ...]

    @property
    def asked_at(self) -> Moment:
        """When it was sought."""
        return self.turns[0].at

    @property
    def last(self) -> Turn:
        """The newest turn."""
        return self.turns[-1]

    @property
    def awaits(self) -> str:
        """The party whose answer is awaited, or empty once agreed or over."""
        if self.last.state not in (CallState.SOUGHT, CallState.COUNTERED):
            return ""
        return self.other if self.last.by == self.seeker else self.seeker


def requested(
    id: str, seeker: str, other: str, level: str, at: Moment, proposed: Moment | None
) -> Call:
    """A call as its request makes it."""
    return Call(id, seeker, other, level, (Turn(at, seeker, CallState.SOUGHT, proposed),))


def step(
    call: Call,
    event: CallEvent,
    by: str,
    at: Moment,
    proposed: Moment | None = None,
    level: str = "",
) -> Call | None:
    """The call after `event`, or None where the table or the turn forbids it (R-CALL-02).

    Only the awaited party answers; only the seeker withdraws.
    """
    after = TRANSITIONS.get((call.last.state, event))
    answers = event in (CallEvent.ACCEPT, CallEvent.DECLINE, CallEvent.COUNTER)
    awaited = call.other if call.last.state is CallState.WITHDRAWN else call.awaits
    if after is None or (answers and by != awaited):
        return None
    if event is CallEvent.WITHDRAW and by != call.seeker:
        return None
    turn = Turn(at, by, after, proposed or call.last.proposed, level)
    return replace(call, turns=(*call.turns, turn))


def state_at(call: Call, now: Moment) -> CallState:
    """The call's state as its turns until `now`, and then time, have made it (R-CALL-03)."""
    turn = next((t for t in reversed(call.turns) if t.at <= now), call.turns[0])
    if turn.state in (CallState.SOUGHT, CallState.COUNTERED):
        return CallState.UNANSWERED if now.ms - turn.at.ms >= ANSWER_WITHIN_MS else turn.state
    if turn.state is CallState.ACCEPTED and turn.proposed is not None:
        return CallState.EXPIRED if now.ms - turn.proposed.ms >= HELD_WITHIN_MS else turn.state
    return turn.state
