"""A message that waits for a person: who is called, and when, until one has answered.

The steps are data. Each is taken once, in order, when its time since the message arrived is over.
Whoever opens the message has the time of the remaining steps anew, so that an officer who opens it
and goes no further is noticed too; an answer ends it. (Deir ez-Zor, 2016: the line was up, and the
caller waited 27 minutes for one man.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from openline.forms.precedence import Precedence
from openline.words.moment import Moment


class State(StrEnum):
    """How a message stands that needs a person."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    OPENED = "opened"
    ANSWERED = "answered"


class Event(StrEnum):
    """What can happen to it."""

    TIME_OVER = "time over"
    OPENED = "opened"
    ANSWERED = "answered"


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.WAITING, Event.TIME_OVER): State.OVERDUE,
    (State.OPENED, Event.TIME_OVER): State.OVERDUE,
    (State.WAITING, Event.OPENED): State.OPENED,
    (State.OVERDUE, Event.OPENED): State.OPENED,
    (State.WAITING, Event.ANSWERED): State.ANSWERED,
    (State.OVERDUE, Event.ANSWERED): State.ANSWERED,
    (State.OPENED, Event.ANSWERED): State.ANSWERED,
}
"""Anything else leaves it as it is."""


class Who(StrEnum):
    """Whom a step calls."""

    FIRST = "first"
    """The first officer on watch, as the message arrives: nobody is late yet, so it is not told."""
    WATCH = "watch"
    COMMANDER = "commander"
    CONTACTS = "contacts"
    DESKS = "desks"


@dataclass(frozen=True, slots=True)
class Step:
    """Whom to call, and how long after the message arrived or was opened."""

    who: Who
    after_ms: int


Steps = tuple[Step, ...]

_TIMES: Mapping[Precedence, Mapping[Who, int]] = MappingProxyType(
    {
        Precedence.FLASH: {
            **{Who.FIRST: 0, Who.WATCH: 1, Who.COMMANDER: 2},
            **{Who.CONTACTS: 5, Who.DESKS: 10},
        },
        Precedence.IMMEDIATE: {Who.FIRST: 0, Who.WATCH: 1, Who.COMMANDER: 2},
        Precedence.PRIORITY: {},
        Precedence.ROUTINE: {},
    }
)
"""When each step comes, in times that a person has for the answer: of flash 60, 120 and 300 s."""


def has_steps(precedence: Precedence) -> bool:
    """Whether anybody is called at all, where a line's policy says nothing."""
    return bool(_TIMES[precedence])


def default_steps(precedence: Precedence, within_ms: int) -> Steps:
    """The steps where a line's policy has none of its own; `within_ms` is a person's time."""
    return tuple(Step(who, times * within_ms) for who, times in _TIMES[precedence].items())


@dataclass(frozen=True, slots=True)
class Urgency:
    """One message that waits. `taken` of its `steps` were taken, counted from `since`."""

    arrived_at: Moment
    since: Moment
    steps: Steps
    taken: int = 0
    state: State = State.WAITING

    @property
    def is_over(self) -> bool:
        """Whether a person has answered."""
        return self.state is State.ANSWERED


def begun(at: Moment, steps: Sequence[Step]) -> Urgency:
    """A message that has arrived, and the steps of its line's policy; they are put in order."""
    return Urgency(at, at, tuple(sorted(steps, key=lambda each: each.after_ms)))


def step(urgency: Urgency, event: Event, at: Moment) -> Urgency:
    """The state after `event`; opening gives the time of the remaining steps anew."""
    after = TRANSITIONS.get((urgency.state, event))
    if after is None:
        return urgency
    return replace(urgency, state=after, since=at if event is Event.OPENED else urgency.since)


def due_at(urgency: Urgency, now: Moment) -> Moment | None:
    """When the next step is to be taken; None when none is left, or a person has answered.

    A clock that was set back to before the message arrived puts nothing off: it is due at once.
    """
    if urgency.is_over or urgency.taken == len(urgency.steps):
        return None
    if urgency.since > now:
        return now
    return urgency.since.plus_ms(urgency.steps[urgency.taken].after_ms)


def take(urgency: Urgency, now: Moment, at_once: bool = False) -> tuple[Urgency, Who | None]:
    """The next step, when it is due or is to be taken `at_once`, and the state after it."""
    due = due_at(urgency, now)
    if due is None or (due > now and not at_once):
        return urgency, None
    who = urgency.steps[urgency.taken].who
    after = replace(urgency, taken=urgency.taken + 1)
    return (after if who is Who.FIRST else step(after, Event.TIME_OVER, now)), who
