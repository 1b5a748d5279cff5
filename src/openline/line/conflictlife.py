"""The life of a conflict: found by either side's machine, then what people of both make of it.

A conflict is of two plans as they stand: what was found or said of an earlier revision of either
counts no more. Its state follows from what both sides have said, in whatever order that came, so
two stations that know the same say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from openline.words.moment import Moment


class State(StrEnum):
    """How a conflict stands."""

    FOUND = "found"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"
    EXPIRED = "expired"


class Event(StrEnum):
    """What can become true of it."""

    FOUND = "found"
    """A machine finds it, and a side has said nothing yet about these plans."""
    ACKNOWLEDGED = "acknowledged by both"
    ACCEPTED = "accepted by both"
    GONE = "amended or cancelled"
    """No machine finds it any more."""
    TIME_OVER = "time over"


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.FOUND, Event.ACKNOWLEDGED): State.ACKNOWLEDGED,
    (State.FOUND, Event.ACCEPTED): State.ACCEPTED,
    (State.FOUND, Event.GONE): State.RESOLVED,
    (State.FOUND, Event.TIME_OVER): State.EXPIRED,
    (State.ACKNOWLEDGED, Event.ACCEPTED): State.ACCEPTED,
    (State.ACKNOWLEDGED, Event.FOUND): State.FOUND,
    (State.ACKNOWLEDGED, Event.GONE): State.RESOLVED,
    (State.ACKNOWLEDGED, Event.TIME_OVER): State.EXPIRED,
    (State.ACCEPTED, Event.ACKNOWLEDGED): State.ACKNOWLEDGED,
    (State.ACCEPTED, Event.FOUND): State.FOUND,
    (State.ACCEPTED, Event.GONE): State.RESOLVED,
    (State.RESOLVED, Event.FOUND): State.FOUND,
    (State.RESOLVED, Event.ACKNOWLEDGED): State.ACKNOWLEDGED,
    (State.RESOLVED, Event.ACCEPTED): State.ACCEPTED,
}
"""Anything else leaves it as it is. It is expired by the clock alone, and nothing says so."""

OPEN = frozenset({State.FOUND, State.ACKNOWLEDGED})
"""The states in which it still asks something of people."""


class Word(StrEnum):
    """What a side says about it; to accept it is to acknowledge it as well."""

    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Life:
    """A conflict of two parties' plans. `finds` and `said` are of the plans as they now stand.

    `finds` holds the parties whose machine finds it, `said` the newest word of each party.
    """

    parties: tuple[str, str]
    state: State = State.RESOLVED
    finds: frozenset[str] = frozenset()
    said: tuple[tuple[str, Word], ...] = ()


def event_of(life: Life) -> Event:
    """What is true of it."""
    if not life.finds:
        return Event.GONE
    said = dict(life.said)
    words = [said.get(party) for party in life.parties]
    if None in words:
        return Event.FOUND
    return Event.ACCEPTED if set(words) == {Word.ACCEPTED} else Event.ACKNOWLEDGED


def step(life: Life, finds: frozenset[str], said: Mapping[str, Word]) -> Life:
    """The life after what is now known: who finds it, and the newest word of each side."""
    known = replace(life, finds=finds, said=tuple(sorted(said.items())))
    return replace(known, state=_after(life.state, event_of(known)))


def _after(state: State, event: Event) -> State:
    return TRANSITIONS.get((state, event), state)


def state_at(state: State, end: Moment, now: Moment) -> State:
    """The state at `now` of a conflict whose plans share time until `end`."""
    return _after(state, Event.TIME_OVER) if end <= now else state


FINDING_WAIT_MS = 60_000
"""How long the second side leaves the first to say what it finds as well."""


def says_first(parties: tuple[str, str]) -> str:
    """The side that says a finding at once: the one whose id sorts first.

    The other says only what the first has not said within FINDING_WAIT_MS, so where both find the
    same one message travels.
    """
    return min(parties)


def figures_of(parties: tuple[str, str], finds: frozenset[str]) -> str:
    """Whose figures are listed where both find it: those of the side that says it first."""
    first = says_first(parties)
    return first if first in finds or not finds else min(finds)


def due_at(due: Moment, now: Moment) -> Moment:
    """When a finding that waits is said; a clock that was set back puts it off no further."""
    return now if due > now.plus_ms(FINDING_WAIT_MS) else due
