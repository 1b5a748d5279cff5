"""Contact clocks: how long since each pair, at each level, last spoke.

A line that tests well while nobody speaks is two facts, not one (field.md), so
tests never count here. Days are UTC calendar dates subtracted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openline.line.call import Call, CallState, state_at
from openline.words.moment import Moment

LEVELS = ("desk", "commander", "chief", "minister", "leader")
CERTAINTIES = ("reported", "claimed", "certain", "confirmed")
"""Weakest first. Claimed and confirmed: by one side, by both; the others were entered by hand."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One substantive exchange at a level."""

    level: str
    at: Moment
    certainty: str
    source: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of one level: the last contact, and what was sought since."""

    level: str
    last: Contact | None
    days: int | None
    sought: int
    declined: int
    unanswered: int


def clock(level: str, contacts: Iterable[Contact], calls: Iterable[Call], at: Moment) -> Clock:
    """The clock of `level` as it stood `at` that time (R-CLOCK-01, R-CLOCK-02).

    Calls count from the last contact on: they are what was tried in the silence.
    """
    known = [c for c in contacts if c.level == level and c.at <= at]
    last = max(known, key=lambda c: (c.at, CERTAINTIES.index(c.certainty)), default=None)
    since = last.at if last else Moment(0)
    tried = [state_at(c, at) for c in calls if c.level == level and since <= c.asked_at <= at]
    return Clock(
        level,
        last,
        at.days_since(last.at) if last else None,
        len(tried),
        tried.count(CallState.DECLINED),
        tried.count(CallState.UNANSWERED),
    )
