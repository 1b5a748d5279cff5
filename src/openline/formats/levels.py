"""Altitudes as files write them: SFC, 2500FT AMSL, 300 m AGL, FL195, UNL.

A form's band has one unit and one datum. What a file says in two is put into one only where the
result is certain to hold all that was said, with a note that says so; else it is refused. A flight
level is a pressure and no altitude: it is refused unless it is asked to be widened (ADR 0025).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import Enum

from openline.formats.draft import Given, Note
from openline.forms.kinds import unscaled
from openline.words import filelimits, limits
from openline.words.errors import OpenlineError
from openline.words.volume import EARTH, MM_PER_FOOT

_DATUMS = {
    **dict.fromkeys(("AMSL", "MSL", "ASL", "ALT"), "AMSL"),
    **dict.fromkeys(("AGL", "ASFC", "GND", "SFC", "AGND"), "AGL"),
    **dict.fromkeys(("HAE", "W84", "WGS84"), "HAE"),
}
_UNITS = {
    **dict.fromkeys(("FT", "F", "FEET", "FOOT", "'"), "ft"),
    **dict.fromkeys(("M", "MTR", "METER", "METRE", "METERS", "METRES", "М"), "m"),
}
_WORDS = re.compile(
    r"(?P<number>[+-]?\d+(?:\.\d+)?)\s*(?P<unit>[A-ZМ']+)?[\s.]*(?P<datum>[A-Z0-9]+)?"
)
_FLIGHT = re.compile(r"(?:FL|F)\s*(\d{1,3})")
_GROUND = ("SFC", "GND", "SURFACE", "GROUND")
_UNLIMITED = ("UNL", "UNLTD", "UNLIM", "UNLIMITED")
_MM = {"ft": Decimal(str(MM_PER_FOOT)), "m": Decimal(1000)}
_GEOID_MM = 110_000
"""How far AMSL and HAE are apart at the most (R-CONF-14)."""


class _Kind(Enum):
    GROUND = "the ground"
    UNLIMITED = "unlimited"
    FLIGHT = "a flight level"
    HEIGHT = "a height"


@dataclass(frozen=True, slots=True)
class Level:
    """One limit: of a height `milli` thousandths of its unit, of a flight level its feet."""

    kind: _Kind
    milli: int = 0
    unit: str = ""
    datum: str = ""


GROUND = Level(_Kind.GROUND)
UNLIMITED = Level(_Kind.UNLIMITED)


def height(number: str | int | float | Decimal, unit: str, datum: str) -> Level:
    """So many units above the datum, both in words of any file; empty: not said."""
    try:
        value = Decimal(str(number)[: limits.NUMBER_CHARS])
    except ArithmeticError:
        raise _bad(str(number)) from None
    if not value.is_finite() or abs(value) > limits.ALTITUDE_MILLI:
        raise _bad(str(number))
    said = (unit.upper(), datum.upper())
    if (unit and said[0] not in _UNITS) or (datum and said[1] not in _DATUMS):
        raise _bad(f"{number} {unit} {datum}")
    return Level(
        _Kind.HEIGHT,
        int(value * 1000),
        _UNITS.get(said[0], ""),
        _DATUMS.get(said[1], ""),
    )


def read_level(text: str) -> Level:
    """One limit as text; raises ``bad-altitude`` (ours)."""
    plain = " ".join(text.upper().split())
    if len(plain) > limits.NUMBER_CHARS:
        raise _bad(text)
    if plain in _GROUND:
        return GROUND
    if plain in _UNLIMITED:
        return UNLIMITED
    flight = _FLIGHT.fullmatch(plain)
    if flight:
        return Level(_Kind.FLIGHT, int(flight[1]) * 100_000, "ft")
    found = _WORDS.fullmatch(plain)
    if not found:
        raise _bad(text)
    unit, datum = found["unit"] or "", found["datum"] or ""
    if unit and not datum and unit not in _UNITS:
        unit, datum = _run_together(unit)
    return height(found["number"], unit, datum)


def _run_together(word: str) -> tuple[str, str]:
    """FTAMSL, or a datum alone."""
    for unit in sorted(_UNITS, key=len, reverse=True):
        if word.startswith(unit) and word[len(unit) :] in _DATUMS:
            return unit, word[len(unit) :]
    return "", word


def _bad(text: str) -> OpenlineError:
    return OpenlineError(
        "bad-altitude",
        f"{text[:40]!r} is no altitude",
        rule="R-FMT-14",
        next="write it like SFC, 2500 FT AMSL, 300 M AGL, FL195 or UNL",
    )


def band(lower: Level, upper: Level, given: Given) -> tuple[dict[str, object], list[Note]]:
    """The form's fields lower, upper, unit and datum, as far as they are said, with notes.

    Raises ``flight-level`` or ``bad-altitude`` (ours).
    """
    notes: list[Note] = []
    low, high = (_said(level, given) for level in (lower, upper))
    if _Kind.FLIGHT in (low.kind, high.kind):
        low, high = (
            _from_flight_level(level, given, up) for level, up in ((low, False), (high, True))
        )
        feet, part = filelimits.FLIGHT_LEVEL_MARGIN_FT, filelimits.FLIGHT_LEVEL_MARGIN_PERCENT
        notes.append(Note("flight-levels", {"feet": f"{feet:,}", "percent": str(part)}))
    if low.kind is _Kind.UNLIMITED or (high.kind is _Kind.GROUND and low.kind is not _Kind.GROUND):
        raise OpenlineError(
            "bad-altitude",
            f"the lower limit is {low.kind.value} and the upper {high.kind.value}",
            rule="R-FMT-14",
            next="give the lower one first",
        )
    said = [level for level in (low, high) if level.kind is _Kind.HEIGHT]
    if not all(level.unit and level.datum for level in said):
        return _open(low, high, said), notes
    low, high = _upper_first(low, high, notes)
    low = _lowered(low, high, notes)
    if low.unit != high.unit:
        low, high = _in_metres(low, ROUND_FLOOR), _in_metres(high, ROUND_CEILING)
    ends = {name: unscaled(each.milli, 3) for name, each in (("lower", low), ("upper", high))}
    return {**ends, "unit": high.unit, "datum": high.datum}, notes


def _open(low: Level, high: Level, said: list[Level]) -> dict[str, object]:
    """What is said of a band whose unit or datum is not: whoever asks refuses it for that."""
    fields: dict[str, object] = {
        name: unscaled(each.milli, 3) for name, each in (("lower", low), ("upper", high))
    }
    for name, parts in (("unit", [x.unit for x in said]), ("datum", [x.datum for x in said])):
        if all(parts):
            fields[name] = parts[-1]
    return fields


def _said(level: Level, given: Given) -> Level:
    """A height with the unit and datum that are given for all, where it has none of its own."""
    if level.kind is not _Kind.HEIGHT:
        return level
    unit = level.unit or given.value("unit") or ""
    return replace(level, unit=unit, datum=level.datum or given.value("datum") or "")


def _from_flight_level(level: Level, given: Given, up: bool) -> Level:
    if level.kind is not _Kind.FLIGHT:
        return level
    if given.flight_levels != "widen":
        raise OpenlineError(
            "flight-level",
            f"FL{level.milli // 100_000:03d} is a pressure and no altitude",
            rule="R-FMT-15",
            next="give an altitude, or --flight-levels widen for a band that surely holds it",
        )
    margin = filelimits.FLIGHT_LEVEL_MARGIN_FT * 1000
    margin += level.milli * filelimits.FLIGHT_LEVEL_MARGIN_PERCENT // 100
    return Level(_Kind.HEIGHT, level.milli + (margin if up else -margin), "ft", "AMSL")


def _upper_first(low: Level, high: Level, notes: list[Note]) -> tuple[Level, Level]:
    """The upper limit as a height, where it is none."""
    if high.kind is _Kind.GROUND:
        return GROUND, Level(_Kind.HEIGHT, 0, "m", "AGL")
    if high.kind is _Kind.UNLIMITED:
        datum = low.datum if low.kind is _Kind.HEIGHT else "AGL"
        notes.append(Note("unlimited", {"metres": f"{limits.ALTITUDE_MILLI // 1000:,}"}))
        return low, Level(_Kind.HEIGHT, limits.ALTITUDE_MILLI, "m", datum)
    return low, high


def _lowered(low: Level, high: Level, notes: list[Note]) -> Level:
    """The lower limit in the upper one's datum, at or below what was said."""
    if low.kind is _Kind.GROUND:
        low = Level(_Kind.HEIGHT, 0, high.unit, "AGL")
    if low.datum == high.datum:
        return low
    if low.datum != "AGL":
        raise OpenlineError(
            "bad-altitude",
            f"the lower limit is {low.datum} and the upper {high.datum}",
            rule="R-FMT-14",
            next="give both above one datum: the ground's height is not known here",
        )
    unit = low.unit
    ground_mm = EARTH.lowest_mm - (_GEOID_MM if high.datum == "HAE" else 0)
    ground = (Decimal(ground_mm) * 1000 / _MM[unit]).to_integral_value(ROUND_FLOOR)
    if unit == "ft":
        ground = (ground / 1000).to_integral_value(ROUND_FLOOR) * 1000
    whole = low.milli + int(ground)
    taken = f"{unscaled(whole, 3):,} {unit} {high.datum}"
    notes.append(Note("above-ground" if low.milli else "from-ground", {"height": taken}))
    return Level(_Kind.HEIGHT, whole, unit, high.datum)


def _in_metres(level: Level, rounding: str) -> Level:
    mm = level.milli * _MM[level.unit] / 1000
    return replace(level, milli=int(mm.to_integral_value(rounding)), unit="m")
