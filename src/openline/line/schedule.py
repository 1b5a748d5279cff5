"""A line's hours of testing: times of day, each in its time zone, on weekdays, without holidays.

Each side proposes hours and the union holds, so a holiday takes away the hours of the side that
keeps it and no others. Time zones come as an argument: their tables are files. Where clocks are
put forward over an hour of the schedule, it is kept as late as if they had not been; where they
are put back over one, it is kept the first time. So every local day has each of its hours once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from openline.words import limits
from openline.words.moment import DAY_MS, Moment

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_SEARCHED = 7 * (limits.LIST_ITEMS + 2)
"""As many holidays as a list holds can fall on one weekday; a week later one is kept."""

Zones = Callable[[str], tzinfo]
"""The time zone of an IANA name."""


@dataclass(frozen=True, slots=True)
class Hour:
    """One time of day, HH:MM in `zone`, on `weekdays`, though not on `holidays` (local dates)."""

    time: str
    zone: str = "UTC"
    weekdays: tuple[str, ...] = WEEKDAYS
    holidays: frozenset[date] = frozenset()

    def on(self, day: date, zones: Zones) -> Moment | None:
        """When it is kept on the local date `day`; None where it is not."""
        if WEEKDAYS[day.weekday()] not in self.weekdays or day in self.holidays:
            return None
        local = datetime.combine(day, time.fromisoformat(self.time), zones(self.zone))
        try:
            since = local.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        except OverflowError:
            return None  # at either end of the calendar
        ms = since // timedelta(milliseconds=1)
        return Moment(ms) if limits.EARLIEST_MS <= ms <= limits.LATEST_MS else None


Schedule = tuple[Hour, ...]
DEFAULT: Schedule = (Hour("09:30"), Hour("15:30"))
"""Twice a day, UTC (field.md: the hours of the Panmunjom line)."""


def next_due(schedule: Sequence[Hour], after: Moment, zones: Zones) -> Moment:
    """The first instant of the schedule later than `after` (R-TEST-01)."""
    found = [at for hour in schedule if (at := _nearest(hour, after, zones, 1)) is not None]
    return min(found, default=Moment(limits.LATEST_MS))


def last_due(schedule: Sequence[Hour], at: Moment, zones: Zones) -> Moment:
    """The last instant of the schedule not later than `at`; 1970 where there was none."""
    found = [due for hour in schedule if (due := _nearest(hour, at, zones, -1)) is not None]
    return max(found, default=Moment(limits.EARLIEST_MS))


def _nearest(hour: Hour, at: Moment, zones: Zones, step: int) -> Moment | None:
    """The next (`step` 1) or the last (-1) time that one hour is kept, seen from `at`."""
    # A local date is at most a day away from the UTC date of the same instant.
    first = at.plus_ms(-step * DAY_MS).day
    for ahead in range(DAYS_SEARCHED):
        try:
            day = first + timedelta(days=step * ahead)
        except OverflowError:
            return None
        due = hour.on(day, zones)
        if due is not None and (due > at if step > 0 else due <= at):
            return due
    return None
