"""The line test: a message that the other station answers, on a schedule and on demand.

A test is `pending` until its answer comes (passed) or its time is over
(failed); an answer after that makes it late. What is observed of a line
follows from its last two ended tests alone, never from guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from openline.words.moment import Moment

ANSWER_WITHIN_MS = 60_000
"""A scheduled test fails when it is not answered within a minute; one on demand says its own."""


class Result(StrEnum):
    """How a test stands or ended."""

    PENDING = "pending"
    PASSED = "passed"
    LATE = "late"
    FAILED = "failed"


class Observed(StrEnum):
    """What one's own tests say of a line."""

    UP = "up"
    LATE = "late"
    DOWN = "down"
    UNTESTED = "untested"


class TestEvent(StrEnum):
    """What can happen to a test."""

    __test__ = False
    ANSWERED = "answered"
    TIME_OVER = "time over"


TRANSITIONS: dict[tuple[Result, TestEvent], Result] = {
    (Result.PENDING, TestEvent.ANSWERED): Result.PASSED,
    (Result.PENDING, TestEvent.TIME_OVER): Result.FAILED,
    (Result.FAILED, TestEvent.ANSWERED): Result.LATE,
}
"""Anything else leaves a test as it is."""


def step(result: Result, event: TestEvent) -> Result:
    """The test's result after `event`."""
    return TRANSITIONS.get((result, event), result)


def observed(newest_first: Sequence[Result]) -> Observed:
    """From the ended tests: one missed is late, two in a row are down (R-TEST-03)."""
    ended = [r for r in newest_first if r is not Result.PENDING][:2]
    if not ended:
        return Observed.UNTESTED
    if ended[0] is not Result.FAILED:
        return Observed.UP
    return Observed.DOWN if len(ended) == 2 and ended[1] is Result.FAILED else Observed.LATE


@dataclass(frozen=True, slots=True)
class Measure:
    """Round trip, and the peer's clock less ours within ± the uncertainty, in ms."""

    rtt_ms: int
    offset_ms: int
    offset_uncertainty_ms: int


def measure(sent: Moment, received: Moment, answered: Moment, back: Moment) -> Measure:
    """Round trip and clock offset from four timestamps (RFC 5905, section 8).

    `sent` and `back` are read on our clock, `received` and `answered` on the peer's.
    """
    rtt = max((back.ms - sent.ms) - (answered.ms - received.ms), 0)
    offset = ((received.ms - sent.ms) + (answered.ms - back.ms)) / 2
    return Measure(rtt, round(offset), (rtt + 1) // 2)
