"""Which carriers what waits may leave by: all at once for flash, else the cheapest that is up.

Pure: carriers are told what became of what they were given, and times are the
wall clock's, in ms. A carrier's turn comes once each cheaper one that is up has
had its time; those that are down are tried on beside, or nobody would learn
that they are back (R-CAR-01, R-CAR-02).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from openline.forms.precedence import Precedence


class State(StrEnum):
    """What is known of a carrier."""

    UNTRIED = "unknown"
    UP = "up"
    DOWN = "down"


class Event(StrEnum):
    """What became of what a carrier was given."""

    TOOK = "took"
    FAILED = "failed"


TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.UNTRIED, Event.TOOK): State.UP,
        (State.UNTRIED, Event.FAILED): State.DOWN,
        (State.UP, Event.FAILED): State.DOWN,
        (State.DOWN, Event.TOOK): State.UP,
    }
)

NEXT_AFTER_MS: Mapping[Precedence, int] = MappingProxyType(
    {
        Precedence.FLASH: 0,
        Precedence.IMMEDIATE: 20_000,
        Precedence.PRIORITY: 120_000,
        Precedence.ROUTINE: 600_000,
    }
)
"""How long a carrier has a message to itself before the next one is tried as well."""

AT_ANY_TIME = 2**62
"""Later than every message."""
NEVER = -1


@dataclass(frozen=True, slots=True)
class Way:
    """One carrier of a line. `next_after_ms`, where given, stands for all but flash."""

    name: str
    cost: int
    since_ms: int
    """When its state last changed."""
    state: State = State.UNTRIED
    next_after_ms: int | None = None

    @property
    def order(self) -> tuple[int, str]:
        """The cheapest first."""
        return self.cost, self.name


def step(way: Way, event: Event, now_ms: int) -> Way:
    """The carrier after `event`; what the table does not have changes nothing."""
    state = TRANSITIONS.get((way.state, event), way.state)
    return way if state is way.state else replace(way, state=state, since_ms=now_ms)


def latest(ways: Iterable[Way], own: Way, now_ms: int) -> tuple[int, ...]:
    """By rank of precedence: what was signed up to then may leave by `own` now."""
    ahead = _ahead(ways, own)
    return tuple(_latest(ahead, own, each, now_ms) for each in _PRECEDENCES)


def due_ms(ways: Iterable[Way], own: Way, rank: int, at_ms: int) -> int:
    """From when on a message of that rank, signed then, may leave by `own`; NEVER: always."""
    ahead = _ahead(ways, own)
    wait = len(ahead) * _after(own, _PRECEDENCES[rank])
    if not wait:
        return NEVER
    return max(at_ms, *(each.since_ms for each in ahead)) + wait


_PRECEDENCES = sorted(Precedence, key=lambda each: each.rank)


def _ahead(ways: Iterable[Way], own: Way) -> list[Way]:
    """The cheaper ones that are not known to be down."""
    return [each for each in ways if each.order < own.order and each.state is not State.DOWN]


def _after(own: Way, precedence: Precedence) -> int:
    if precedence is Precedence.FLASH or own.next_after_ms is None:
        return NEXT_AFTER_MS[precedence]
    return own.next_after_ms


def _latest(ahead: list[Way], own: Way, precedence: Precedence, now_ms: int) -> int:
    wait = len(ahead) * _after(own, precedence)
    if not wait:
        return AT_ANY_TIME
    has_had_time = now_ms - max(each.since_ms for each in ahead) >= wait
    return now_ms - wait if has_had_time else NEVER
