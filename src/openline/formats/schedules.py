"""Schedules within a window: line D of a NOTAM, daily periods of a geozone; UTC, as both have them.

What is read whole becomes one activity for each time (R-FMT-35). What is not, what leaves a named
day without its date in the window, and what would be too many stays the whole window, and is said:
a warning may be too wide, and never too narrow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from openline.formats.draft import Draft, Found, Given, Note, settled
from openline.words import filelimits, limits
from openline.words.moment import DAY_MS, Moment, Window

_WEEK = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_YEAR = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAY, _MONTH = "|".join(_WEEK), "|".join(_YEAR)
_TOKEN = re.compile(
    rf"(?:(?P<daily>DAILY|DLY)|(?P<whole>H24)|(?P<from>[0-9]{{4}})-(?P<to>[0-9]{{4}})"
    rf"|(?P<weekday>{_WEEKDAY})(?:-(?P<weekday_to>{_WEEKDAY}))?"
    rf"|(?:(?P<month>{_MONTH}) )?(?P<day>[0-9]{{1,2}})"
    rf"(?:-(?:(?P<month_to>{_MONTH}) )?(?P<day_to>[0-9]{{1,2}}))?)(?: |$)"
)
_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?Z", re.IGNORECASE)
_DAY_S = DAY_MS // 1000
_LAST_MINUTE_S = _DAY_S - 60
"""23:59, which both formats write for the end of a day."""
_LEAP = 2000
"""A year that has every day."""

Dates = Sequence[date]


@dataclass(frozen=True, slots=True)
class Rule:
    """On these days, from `start` until before `end`: seconds of the day, `end` of the next too."""

    days: frozenset[date]
    start: int
    end: int


Reader = Callable[[Dates], frozenset[Rule] | None]
"""What reads a schedule over the dates of a window; None: not understood."""


@dataclass(slots=True)
class Room:
    """How many activities more a file may become."""

    left: int


def each_time(found: Found, given: Given, name: str, read: Reader, room: Room) -> Iterator[Found]:
    """One draft for each time of its schedule, or the one that was found, with a note why.

    `name` says whose the schedule is: line (D of a NOTAM) or zone. What is refused as a whole is
    left as it is, to be refused once.
    """
    whole = settled(found, given, 1, False)
    if not isinstance(found, Draft) or not isinstance(whole, Draft):
        yield found
        return
    window = Window(*(Moment.parse(str(whole.fields[name])) for name in ("start", "end")))
    rules = read(_dates(window))
    times = _times(rules, window) if rules is not None else []
    several = len(times) > 1
    reason = ""
    if not times:
        reason = "schedule-unknown"
    elif len(times) > filelimits.OCCURRENCES:
        reason = "schedule-occurrences"
    elif len(times) - 1 > room.left:
        reason = "schedule-features"
    elif several and len(found.ref) + len(_suffix(times[0])) > limits.ID_CHARS:
        reason = "schedule-ref"
    if reason:
        most = {"occurrences": f"{filelimits.OCCURRENCES:,}", "features": f"{limits.FEATURES:,}"}
        yield replace(found, notes=(Note(reason, {"of": name, **most}), *found.notes))
        return
    room.left -= len(times) - 1
    for number, (start, end) in enumerate(times, 1):
        own = f"{found.ref}{_suffix((start, end))}" if several and found.ref else found.ref
        fields = {
            **found.fields,
            **({"ref": own} if own else {}),
            "start": str(max(start, window.start)),
            "end": str(min(end, window.end)),
        }
        place = f"{found.place}, time {number}" if several else found.place
        # What holds for all of them is said once.
        read_as = Note("schedule-read", {"of": name, "count": str(len(times))})
        yield Draft(place, own, fields, (read_as, *found.notes) if number == 1 else ())


def _suffix(time: tuple[Moment, Moment]) -> str:
    """What tells a time's ref from the others': its beginning, whatever stands beside it."""
    return f"-{datetime.fromtimestamp(time[0].ms // 1000, UTC):%Y%m%dT%H%M}"


def _dates(window: Window) -> list[date]:
    """The dates of the window, and the one before, whose night may reach into it."""
    first = window.start.day
    count = (window.end.day - first).days + 1
    return [first + timedelta(days=number) for number in range(-1, count)]


def _times(rules: frozenset[Rule], window: Window) -> list[tuple[Moment, Moment]]:
    """The times that lie in the window, in order, those that touch as one; ends not cut to it.

    No more than OCCURRENCES and one.
    """
    by_day: dict[date, list[Rule]] = {}
    for rule in rules:
        for day in rule.days:
            by_day.setdefault(day, []).append(rule)
    merged: list[tuple[int, int]] = []
    for day in sorted(by_day):
        midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        for rule in sorted(by_day[day], key=lambda each: (each.start, each.end)):
            start, end = ((midnight + each) * 1000 for each in (rule.start, rule.end))
            if end <= window.start.ms or start >= window.end.ms:
                continue
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        # The next day's may still join the last one.
        if len(merged) > filelimits.OCCURRENCES + 1:
            break
    return [(Moment(start), Moment(end)) for start, end in merged]


# ---- line D ----------------------------------------------------------------------------------


def notam_schedule(text: str) -> Reader:
    """What reads line D (PANS-AIM, appendix 3): days or dates, then hours, as often as needed.

    ``DAILY 0600-1000 AND 1400-1800``, ``MON-FRI 0700-1500 SAT H24``, ``12 14 16 0600-1200``,
    ``MAY 12-JUN 02 2200-0400``. Sunrise and sunset, EXC and all else is not understood.
    """
    words = " ".join(re.sub(r"[,;]|\bAND\b", " ", text.upper()).split()).rstrip(".")
    return lambda dates: _groups(re.sub(r" ?- ?", "-", words), dates)


def _groups(words: str, dates: Dates) -> frozenset[Rule] | None:
    if not words or len(words) > filelimits.SCHEDULE_CHARS:
        return None
    rules: set[Rule] = set()
    days: set[date] = set()
    sort, month, hours = "", "", True
    at = 0
    while at < len(words):
        found = _TOKEN.match(words, at)
        if found is None:
            return None
        at = found.end()
        if found["whole"] or found["from"]:
            clock = _hours(found)
            if clock is None or not sort:
                return None
            rules.add(Rule(frozenset(days), *clock))
            hours = True
            continue
        if hours:
            days, sort, hours = set(), "", False
        own = "daily" if found["daily"] else "weekday" if found["weekday"] else "day"
        if sort not in ("", own):
            # MON-FRI beside 12-15: whether both or either is meant is not said.
            return None
        sort, month = own, found["month"] or month
        named = _named(found, month, dates)
        month = found["month_to"] or month
        if not named and own == "day":
            return None
        days |= named
    return frozenset(rules) if hours else None


def _hours(found: re.Match[str]) -> tuple[int, int] | None:
    if found["whole"]:
        return 0, _DAY_S
    ends = []
    for text in (found["from"], found["to"]):
        hour, minute = int(text[:2]), int(text[2:])
        if hour * 60 + minute > 24 * 60 or minute > 59:
            return None
        ends.append((hour * 60 + minute) * 60)
    return _span(*ends)


def _span(start: int, end: int) -> tuple[int, int] | None:
    """A time of the day; one that ends before it begins, or as it does, ends on the next day."""
    if start >= _DAY_S:
        return None
    if end >= _LAST_MINUTE_S:
        end = _DAY_S
    return start, end if end > start else end + _DAY_S


def _named(found: re.Match[str], month: str, dates: Dates) -> frozenset[date]:
    """The days that a token names; none where it names a date that is not there."""
    if found["daily"]:
        return frozenset(dates)
    if found["weekday"]:
        first = _WEEK.index(found["weekday"])
        last = _WEEK.index(found["weekday_to"] or found["weekday"])
        return _on({(first + step) % 7 for step in range((last - first) % 7 + 1)}, dates)
    # The day before the window belongs to no date that is named.
    within = dates[1:]
    last_day = int(found["day_to"] or found["day"])
    if not month:
        numbers = range(int(found["day"]), last_day + 1)
        chosen = frozenset(each for each in within if each.day in numbers)
        edges = {numbers[0], numbers[-1]} if numbers else {0}
        return chosen if edges <= {each.day for each in chosen} else frozenset()
    try:
        first_date = date(_LEAP, _YEAR.index(month) + 1, int(found["day"]))
        last_date = date(_LEAP, _YEAR.index(found["month_to"] or month) + 1, last_day)
    except ValueError:
        return frozenset()
    begin, end = ((each.month, each.day) for each in (first_date, last_date))
    chosen = frozenset(each for each in within if _between(begin, (each.month, each.day), end))
    return chosen if {begin, end} <= {(each.month, each.day) for each in chosen} else frozenset()


def _between(begin: tuple[int, int], each: tuple[int, int], end: tuple[int, int]) -> bool:
    """Whether a month and day lies from `begin` to `end`, over New Year where these go over it."""
    return begin <= each <= end if begin <= end else each >= begin or each <= end


def _on(weekdays: set[int], dates: Dates) -> frozenset[date]:
    return frozenset(each for each in dates if each.weekday() in weekdays)


# ---- daily periods ---------------------------------------------------------------------------


def daily_periods(schedule: object) -> Reader:
    """What reads ED-269's list of ``{"day": […], "startTime", "endTime"}``, times in UTC with Z."""
    return lambda dates: _periods(schedule, dates)


def _periods(schedule: object, dates: Dates) -> frozenset[Rule] | None:
    if not isinstance(schedule, list) or not 0 < len(schedule) <= filelimits.LAYERS:
        return None
    rules = {_period(each, dates) for each in schedule}
    known = frozenset(rule for rule in rules if rule is not None)
    return known if len(known) == len(rules) else None


def _period(period: object, dates: Dates) -> Rule | None:
    said = {k: v for k, v in period.items() if v is not None} if isinstance(period, Mapping) else {}
    if said.keys() != {"day", "startTime", "endTime"}:
        return None
    named = said["day"] if isinstance(said["day"], list) else [said["day"]]
    if not named or not all(isinstance(day, str) and day in (*_WEEK, "ANY") for day in named):
        return None
    weekdays = set(range(7)) if "ANY" in named else {_WEEK.index(day) for day in named}
    start, end = (_clock(said[name]) for name in ("startTime", "endTime"))
    if start is None or end is None:
        return None
    span = _span(start[0], end[1])
    return Rule(_on(weekdays, dates), *span) if span else None


def _clock(text: object) -> tuple[int, int] | None:
    """The whole seconds before and after a time of day; None unless it is one in UTC."""
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    whole = (hour * 60 + minute) * 60 + second
    if minute > 59 or second > 59 or whole > _DAY_S:
        return None
    return whole, whole + bool(int(found[4] or 0))
