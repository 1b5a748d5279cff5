"""Watches from an iCalendar file (RFC 5545): who is on watch when.

Each event is a watch of the person, or the persons between commas, that its summary names. Events
that repeat are counted out; changed and cancelled times of them are followed. Times need a zone:
a floating time, or a day without hours, names no instant and is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NoReturn

from dateutil.rrule import rruleset, rrulestr  # type: ignore[import-untyped]
from icalendar import Calendar

from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

Event = Any
"""A component of the library's, whose parts can be of any type that a file says."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REPEATS = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


@dataclass(frozen=True, slots=True)
class Shift:
    """One watch: whose, from `start` until `end`, and the event's uid."""

    person: str
    start: Moment
    end: Moment
    uid: str


def read_watches(data: bytes, since: Moment, until: Moment) -> list[Shift]:
    """The watches of an iCalendar file that overlap `since` to `until`, by their start.

    Raises ``bad-calendar`` (ours), with the event, when any of it cannot be read for certain: a
    file is taken whole or not at all.
    """
    if len(data) > limits.FILE_BYTES:
        _refuse(f"a file of {len(data):,} bytes", f"give at most {limits.FILE_BYTES:,}")
    try:
        calendar = Calendar.from_ical(data)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        _refuse("it is no iCalendar file", "export it from the calendar again, as .ics")
    events = list(islice(calendar.walk("VEVENT"), limits.ICALENDAR_EVENTS + 1))
    if len(events) > limits.ICALENDAR_EVENTS:
        _too_many()
    moved = {_moved(event) for event in events if "RECURRENCE-ID" in event}
    found: list[Shift] = []
    for event in events:
        for shift in _shifts(event, moved, until):
            if shift.end > since:
                found.append(shift)
            if len(found) > limits.ICALENDAR_EVENTS:
                _too_many()
    return sorted(found, key=lambda each: (each.start, each.person))


def _moved(event: Event) -> tuple[str, int]:
    return _uid(event), _instant(event, _time(event, "RECURRENCE-ID")).ms


def _shifts(event: Event, moved: set[tuple[str, int]], until: Moment) -> Iterator[Shift]:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    people = [name.strip() for name in str(event.get("SUMMARY", "")).split(",") if name.strip()]
    if not people or any(len(name) > limits.NAME_CHARS for name in people):
        _refuse(_named(event, "its summary names no person"), "give each watch its person's name")
    uid, lasting = _uid(event), _lasting_ms(event)
    for start in _starts(event, until):
        if "RECURRENCE-ID" not in event and (uid, start.ms) in moved:
            continue
        for person in people:
            yield Shift(person, start, start.plus_ms(lasting), uid)


def _starts(event: Event, until: Moment) -> Iterator[Moment]:
    """When an event begins, each time that it does before `until`."""
    first = _time(event, "DTSTART")
    times: Iterable[datetime] = [first]
    if "RRULE" in event or "RDATE" in event:
        times = _repeated(event, first, _EPOCH + timedelta(milliseconds=until.ms))
    for count, at in enumerate(times):
        start = _instant(event, at)
        if start >= until:
            return
        if count >= limits.ICALENDAR_EVENTS:
            _too_many()
        yield start


def _repeated(event: Event, first: datetime, last: datetime) -> Iterable[datetime]:
    """The times of an event that repeats; a rule without an end is counted out until `last`."""
    times = rruleset()
    times.rdate(first)
    for rule in _all(event, "RRULE"):
        try:
            if str(rule.get("FREQ", [""])[0]).upper() not in _REPEATS:
                raise ValueError
            # Counted here: a counted rule that never comes true would be followed for millennia.
            most = int(rule.pop("COUNT", [limits.ICALENDAR_EVENTS + 1])[0])
            made: Any = rrulestr(rule.to_ical().decode(), dtstart=first)
            ends = made._until
            for at in islice(made.replace(until=last if ends is None else min(ends, last)), most):
                times.rdate(at)
        except (ValueError, TypeError, KeyError, OverflowError, AttributeError):
            advice = "let it repeat by days, weeks, months or years"
            _refuse(_named(event, "how it repeats cannot be read"), advice)
    for name, put in (("RDATE", times.rdate), ("EXDATE", times.exdate)):
        for dates in _all(event, name):
            for each in getattr(dates, "dts", ()):
                put(_aware(event, getattr(each, "dt", None)))
    found: Iterable[datetime] = times
    return found


def _all(event: Event, name: str) -> list[Any]:
    found = event.get(name, [])
    return found if isinstance(found, list) else [found]


def _time(event: Event, name: str) -> datetime:
    if name not in event:
        _refuse(_named(event, f"it has no {name}"), "give it one")
    return _aware(event, getattr(event[name], "dt", None))


def _lasting_ms(event: Event) -> int:
    lasting: Any
    if "DTEND" in event:
        lasting = _time(event, "DTEND") - _time(event, "DTSTART")
    else:
        lasting = getattr(event.get("DURATION"), "dt", None)
    if not isinstance(lasting, timedelta):
        _refuse(_named(event, "it has no end"), "give it an end or a duration")
    ms = lasting // timedelta(milliseconds=1)
    if not 0 < ms <= limits.WATCH_MS:
        hours = limits.WATCH_MS // 3_600_000
        _refuse(_named(event, "it lasts no time, or too long"), f"at most {hours} h (WATCH_MS)")
    return ms


def _aware(event: Event, at: object) -> datetime:
    if not isinstance(at, datetime) or at.tzinfo is None or at.utcoffset() is None:
        _refuse(
            _named(event, "one of its times has no time zone, or is a day without hours"),
            "give each watch a time of day with its zone, or in UTC",
        )
    return at


def _instant(event: Event, at: datetime) -> Moment:
    try:
        return Moment((at.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1))
    except (OpenlineError, OverflowError):
        _refuse(_named(event, "one of its times lies beyond all calendars"), "correct it")


def _uid(event: Event) -> str:
    return str(event.get("UID", ""))[: limits.FIELD_CHARS]


def _named(event: Event, what: str) -> str:
    return f"event {str(event.get('SUMMARY', ''))[:40]!r}: {what}"


def _too_many() -> NoReturn:
    most = f"{limits.ICALENDAR_EVENTS:,} (ICALENDAR_EVENTS)"
    _refuse(f"more watches than {most}", "import a shorter time")


def _refuse(what: str, advice: str) -> NoReturn:
    raise OpenlineError(
        "bad-calendar", f"the calendar is refused: {what}", rule="R-WATCH-02", next=advice
    )
