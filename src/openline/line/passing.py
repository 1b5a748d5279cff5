"""A notice that must be passed on to units before its window begins: when both desks are alarmed.

The steps are data. Each is taken once, at its time before the window begins; where several are
over already, as with a notice that comes late, the nearest alone is. What was taken by a clock that
ran ahead is taken again once the clock is right. (World Central Kitchen, 2024: the plan was
announced, and not passed down.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from openline.words.moment import Moment

STEPS_MS = (24 * 3_600_000, 2 * 3_600_000, 15 * 60_000)
"""How long before the window begins each alarm comes."""
STEP_PRECEDENCES = ("priority", "immediate", "flash")
"""And how it sounds."""


@dataclass(frozen=True, slots=True)
class Passing:
    """A notice that was not passed on: its window, and the last step that was `taken_at`."""

    start: Moment
    end: Moment
    taken: int = 0
    """How many steps are behind it: 1 after that of 24 h, 3 after that of 15 min."""
    taken_at: Moment | None = None


def steps_over(passing: Passing, now: Moment) -> int:
    """How many steps' time has come."""
    return sum(1 for before in STEPS_MS if passing.start.ms - before <= now.ms)


def known(passing: Passing, now: Moment) -> Passing:
    """Without what was taken by a clock that ran ahead of `now`."""
    ahead = passing.taken_at is not None and passing.taken_at > now
    return replace(passing, taken=0, taken_at=None) if ahead else passing


def due_at(passing: Passing, now: Moment) -> Moment | None:
    """When the next alarm comes; None when none is left, or the window is over."""
    passing = known(passing, now)
    over = steps_over(passing, now)
    if now >= passing.end:
        return None
    if over > passing.taken:
        return now
    if over == len(STEPS_MS):
        return None
    return Moment(passing.start.ms - STEPS_MS[over])


def take(passing: Passing, now: Moment) -> tuple[Passing, int | None]:
    """The nearest step whose time has come (0 is the earliest), and the state after it."""
    passing = known(passing, now)
    if due_at(passing, now) != now:
        return passing, None
    over = steps_over(passing, now)
    return replace(passing, taken=over, taken_at=now), over - 1
