"""Probes of carriers: what can become of one, when the next is due, and what many come to.

A probe goes over one carrier and is never sent again: it is answered within its time or it is
lost, and both are facts about that carrier and the machine behind it alone. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from openline.words.moment import DAY_MS, Moment

CHEAP = 1
"""The cost of a carrier up to which it is probed between line tests as well."""
WITHIN_MS = 20_000
"""A probe over a carrier that answers at once is lost after this."""
SPANS = (7, 30, 365)
"""Days over which availability is told."""


class Outcome(StrEnum):
    """What has become of a probe."""

    UNDER_WAY = "under way"
    ANSWERED = "answered"
    LOST = "lost"


class ProbeEvent(StrEnum):
    """What can happen to a probe."""

    ANSWER = "answer"
    REFUSED = "carrier refuses"
    TIME_OVER = "time over"


TRANSITIONS: dict[tuple[Outcome, ProbeEvent], Outcome] = {
    (Outcome.UNDER_WAY, ProbeEvent.ANSWER): Outcome.ANSWERED,
    (Outcome.UNDER_WAY, ProbeEvent.REFUSED): Outcome.LOST,
    (Outcome.UNDER_WAY, ProbeEvent.TIME_OVER): Outcome.LOST,
}
"""Anything else leaves a probe as it is: what is over is over."""


def step(outcome: Outcome, event: ProbeEvent) -> Outcome:
    """What the probe is after `event`."""
    return TRANSITIONS.get((outcome, event), outcome)


@dataclass(frozen=True, slots=True)
class Begun:
    """When a carrier was probed last: by the steady clock, and by the one on the wall."""

    steady_ms: int
    wall: Moment


def wait_ms(
    last: Begun | None, cost: int, every_ms: int, test_at: Moment | None, steady_ms: int
) -> int | None:
    """How long until a carrier is probed again; 0 is now, None never by time alone (R-PROBE-04).

    `test_at` is when a line test began that is still without its end: it wants every carrier
    looked at, dear ones too.
    """
    if test_at is not None and (last is None or last.wall < test_at):
        return 0
    if cost > CHEAP:
        return None
    return 0 if last is None else max(last.steady_ms + every_ms - steady_ms, 0)


@dataclass(frozen=True, slots=True)
class Day:
    """How many were run on one UTC day, and how many of them answered."""

    day_ms: int
    run: int
    answered: int


@dataclass(frozen=True, slots=True)
class Availability:
    """How much of what was tried was answered; nothing tried is not known."""

    days: int
    run: int
    answered: int

    @property
    def share(self) -> float | None:
        """Answered of all that were run, 0 to 1."""
        return self.answered / self.run if self.run else None


def availability(days: Iterable[Day], at: Moment) -> tuple[Availability, ...]:
    """Over the last 7, 30 and 365 UTC days, the one of `at` among them (R-TEST-15)."""
    known = list(days)
    today = at.ms - at.ms % DAY_MS
    return tuple(
        Availability(span, *_sums(known, today - (span - 1) * DAY_MS, today)) for span in SPANS
    )


def _sums(days: Iterable[Day], first_ms: int, last_ms: int) -> tuple[int, int]:
    within = [day for day in days if first_ms <= day.day_ms <= last_ms]
    return sum(day.run for day in within), sum(day.answered for day in within)
