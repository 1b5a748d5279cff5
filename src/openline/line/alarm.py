"""Alarms: durable, repeated until a person acknowledges them.

A flash or immediate message raises one, and so does a contradiction in the
record. The station keeps each as a row; this machine says when it sounds next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from openline.words.moment import Moment

REPEAT_MS = {"flash": 15_000, "immediate": 60_000}
OTHER_REPEAT_MS = 300_000


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm; `next_at` is when it sounds again unless it is acknowledged."""

    id: str
    precedence: str
    raised_at: Moment
    next_at: Moment
    count: int = 0
    acknowledged_at: Moment | None = None


def raised(id: str, precedence: str, at: Moment) -> Alarm:
    """A new alarm, to sound at once."""
    return Alarm(id, precedence, at, at)


def sounded(alarm: Alarm, at: Moment) -> Alarm:
    """It sounded: again after the precedence's interval (R-ALARM-01)."""
    return replace(alarm, count=alarm.count + 1, next_at=at.plus_ms(_interval_ms(alarm)))


def due_at(alarm: Alarm, now: Moment) -> Moment:
    """When it sounds next; at once when a clock that was set back has moved that away.

    So it is never silent for longer than two of its intervals (R-ALARM-04).
    """
    set_back = alarm.next_at > now.plus_ms(_interval_ms(alarm))
    return now if set_back or not alarm.count else alarm.next_at


def _interval_ms(alarm: Alarm) -> int:
    return REPEAT_MS.get(alarm.precedence, OTHER_REPEAT_MS)


def acknowledged(alarm: Alarm, at: Moment) -> Alarm:
    """A person acknowledged it; the first time stands."""
    return replace(alarm, acknowledged_at=alarm.acknowledged_at or at)
