"""Times as people write them in tables: with an offset, or on the wall clock of a named zone.

A wall-clock time without a zone names no instant and is refused (R-FMT-16), as is one that the
change to or from summer time leaves out or has twice, a day without hours, and a date whose day
and month could have changed places. 24:00 is the end of its day (ISO 8601), and so an instant of
the next one.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})"),
    re.compile(r"(?P<d>\d{1,2})[ -](?P<month>[a-z]{3})[a-z]*\.?[ -](?P<y>\d{4})"),
    re.compile(r"(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>\d{4})"),
)
_TIME = re.compile(
    r"(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2}))?\s*"
    r"(?P<off>z|utc|[+-]\d{2}:?\d{2})?"
)
_DAY = timedelta(days=1)
_EXAMPLE = "write it like 2026-04-02 08:00 with a zone, or 2026-04-02T08:00:00+03:00"


def _bad(text: str, why: str, advice: str = _EXAMPLE) -> OpenlineError:
    return OpenlineError(
        "bad-time", f"{text[:40]!r} is no time: {why}", rule="R-FMT-16", next=advice
    )


def western(text: str) -> str:
    """`text` with the digits of every script as 0 to 9, and Arabic's decimal sign as a point."""
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return plain.replace("\u066b", ".")


def zone_named(name: str) -> ZoneInfo:
    """The zone of that IANA name, like Europe/Kyiv; raises ``unknown-zone`` (ours).

    Abbreviations (EST, CET) are refused: they mean one thing here and another there.
    """
    plain = name.strip()
    try:
        if plain in ("UTC", "Z"):
            return ZoneInfo("UTC")
        if "/" in plain and len(plain) <= limits.FIELD_CHARS:
            return ZoneInfo(plain)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise OpenlineError(
        "unknown-zone",
        f"{plain[:40]!r} is no time zone",
        rule="R-FMT-16",
        next="name it as the IANA database does, like Europe/Kyiv, or UTC",
    )


def read_date(text: str, order: str = "") -> date:
    """A calendar date; `order` (dmy, mdy) says how 03/04/2026 is meant."""
    plain = western(text).strip().lower()
    for pattern in _DATES:
        found = pattern.fullmatch(plain)
        if found:
            return _date(text, found.groupdict(), order)
    raise _bad(text, "its date is written in an unknown manner", "write it like 2026-04-02")


def _date(text: str, parts: dict[str, str | None], order: str) -> date:
    year, month, day = parts["y"], parts.get("m"), parts.get("d")
    if parts.get("a"):
        if not order:
            raise _bad(
                text,
                "day and month can be taken for one another",
                "write it like 2026-04-02, or say --dates dmy or --dates mdy",
            )
        day, month = (parts["a"], parts["b"]) if order == "dmy" else (parts["b"], parts["a"])
    name = parts.get("month")
    if name:
        if name not in _MONTHS:
            raise _bad(text, f"no month is called {name!r}", "write it like 2026-04-02")
        month = str(_MONTHS.index(name) + 1)
    try:
        return date(int(year or 0), int(month or 0), int(day or 0))
    except ValueError:
        raise _bad(text, "there is no such day", "correct it") from None


def read_clock(text: str) -> tuple[timedelta, timedelta | None]:
    """How long after midnight a clock shows, up to 24:00, and its offset where it has one."""
    found = _TIME.fullmatch(western(text).strip().lower())
    if not found:
        raise _bad(text, "its time of day is missing or unclear", "write it like 08:00")
    hour, minute, second = int(found["h"]), int(found["min"]), int(found["s"] or 0)
    clock = timedelta(hours=hour, minutes=minute, seconds=second)
    if minute > 59 or second > 59 or clock > _DAY:
        raise _bad(text, "there is no such time of day", "write it like 08:00")
    off = found["off"]
    if off is None or off in ("z", "utc"):
        return clock, None if off is None else timedelta()
    sign, hours, minutes = (-1 if off[0] == "-" else 1), int(off[1:3]), int(off[-2:])
    if hours > 23 or minutes > 59:
        raise _bad(text, "there is no such offset", "write it like +03:00")
    return clock, sign * timedelta(hours=hours, minutes=minutes)


def on_day(day: date, clock: str, zone: str) -> str:
    """A day's time of day as RFC 3339 in UTC; 24:00 is where the day ends."""
    since, offset = read_clock(clock)
    try:
        at = datetime.combine(day, time()) + since
    except OverflowError:
        raise _bad(clock, "it lies beyond all calendars") from None
    return instant(at, zone, offset, ends=since == _DAY)


def read_when(text: str, zone: str, order: str = "") -> str:
    """Date and time of day in one text, as RFC 3339 in UTC."""
    plain = " ".join(text.strip().split())
    with suppress(OpenlineError):
        return str(Moment.parse(western(plain)))
    colon = plain.find(":")
    if colon < 0:
        read_date(plain, order)
        raise _bad(text, "it has no time of day", "add it, like 2026-04-02 08:00")
    joined = re.search(r"(?<=\d)[Tt](?=\d)", plain)
    cut = joined.start() if joined else plain.rfind(" ", 0, colon)
    clock = plain[cut + 1 :]
    read_clock(clock)
    return on_day(read_date(plain[: max(cut, 0)], order), clock, zone)


def instant(at: datetime, zone: str, offset: timedelta | None = None, *, ends: bool = False) -> str:
    """A wall-clock time as RFC 3339 in UTC: by its offset, else by the zone's rules.

    It may be where the day before `ends`: that is one instant even where the clocks change then.
    """
    text = at.isoformat(" ", "minutes")
    if offset is not None:
        return _rfc3339(text, at, offset)
    if not zone:
        raise _bad(
            text,
            "it has no zone",
            "add a column with the zone, or give --zone, like --zone Europe/Kyiv",
        )
    named = zone_named(zone)
    first, second = _offsets(at, named)
    if ends and first != second:
        first, second = _offsets(at - timedelta(microseconds=1), named)
    if first is None or first != second:
        raise _bad(
            f"{text} {zone}"[:40],
            "the clocks are changed then, and it is left out or comes twice",
            "write it with its offset, like 2026-10-25T03:30:00+03:00",
        )
    return _rfc3339(text, at, first)


def _offsets(at: datetime, zone: ZoneInfo) -> tuple[timedelta | None, timedelta | None]:
    """Two that differ where the clocks leave a time out or have it twice."""
    before, after = (at.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return before, after


def _rfc3339(text: str, at: datetime, offset: timedelta) -> str:
    # Not `at - offset`, which may lie beyond the calendar.
    since = at.replace(tzinfo=None) - datetime(1970, 1, 1)
    try:
        return str(Moment((since - offset) // timedelta(milliseconds=1)))
    except OpenlineError:
        raise _bad(text, "it lies beyond all calendars") from None
