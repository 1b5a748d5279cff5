"""Coordinates as people say and write them: decimal degrees, degrees with minutes, MGRS.

Latitude first unless letters say otherwise, as in ISO 6709 and in speech; GeoJSON's order,
longitude first, is for files. Nothing is guessed: what can be read two ways is refused. MGRS, the
grid of maps and radios, is read and written by the library of that name.
"""

from __future__ import annotations

import math
import re
import threading
import warnings
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import product

from mgrs import MGRS
from mgrs.core import MGRSError

from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.volume import Position

DECIMAL, DMS, GRID = "decimal", "dms", "mgrs"
_MARKS = re.compile("[°º˚′’‘'″”“\"]")
_LETTERS = "NSEW"
_COMMA = re.compile("(?<=[0-9]),(?=[0-9])")
_WHOLE_PAIR = re.compile(r"\s*[+\-−]?[0-9]+,[0-9]+\s*")
_TOKEN = re.compile(r"[NSEW]|[+\-−]?[0-9]+(?:\.[0-9]+)?|,")
_E7 = Decimal(10**7)
_COMPACT = {("NS", 4): 2, ("NS", 6): 2, ("EW", 5): 3, ("EW", 7): 3}
"""Digits run together, as in aviation (352010N 0400822E): how many of them are degrees."""
_SQUARE = re.compile(
    r"(?P<zone>[0-9]{1,2}(?=[C-X])|(?=[ABYZ]))"
    r"(?P<square>[A-HJ-NP-Z][A-HJ-NP-Z][A-HJ-NP-Z])(?P<digits>[0-9]*)"
)
"""Beyond 84° north and 80° south a square has no zone, and its first letter is A, B, Y or Z."""
_AROUND = (0, 5e-5, -5e-5, 2e-4, -2e-4)
"""Steps of some 5 and 20 m, in degrees of latitude."""
_AT_A_POLE = 1e-6
"""The least cosine of a latitude by which a step is widened."""
# The library warns of squares at the border of their band, which are read all the same.
warnings.filterwarnings("ignore", "Warning in .Convert_", RuntimeWarning)
# It converts in variables of its own, which two threads would share.
_ONE_AT_A_TIME = threading.Lock()
_SQUARE_DIGITS = (8, 10)
_EXAMPLES = (
    "write 35.3361 40.1408 (latitude first), 35°20'10\"N 40°08'27\"E, or MGRS: 37SFV0367410913"
)


def read_coordinates(text: str) -> Position:
    """The position in `text`; raises ``bad-coordinates``, ``bad-position``.

    `text` is two decimal numbers (latitude, longitude), or two with the letters N, S, E, W, each
    in degrees, degrees and minutes, or degrees, minutes and seconds, with or without their marks,
    or a square of MGRS of 1 m or 10 m, which stands for its middle. A comma between two digits is
    a decimal one where it cannot part two numbers.
    """
    return read_notation(text)[0]


def read_notation(text: str) -> tuple[Position, str]:
    """The same, and its notation: ``decimal``, ``dms`` (with minutes) or ``mgrs``."""
    if len(text) > limits.COORDINATES_CHARS:
        raise _bad(text, f"it is longer than {limits.COORDINATES_CHARS} (COORDINATES_CHARS)")
    if found := _SQUARE.fullmatch("".join(text.upper().split())):
        return _in_square(text, found), GRID
    if not _COMMA.search(text):
        return _angles(text, text)
    if _WHOLE_PAIR.fullmatch(text):
        raise _two_ways(text)
    readings = set()
    refusals = []
    for comma in (" ", "."):
        try:
            readings.add(_angles(text, _COMMA.sub(comma, text)))
        except OpenlineError as error:
            refusals.append(error)
    if not readings:
        raise refusals[0]
    if len(readings) > 1:
        raise _two_ways(text)
    return readings.pop()


def _two_ways(text: str) -> OpenlineError:
    why = "its comma may part two numbers or belong into one"
    return _bad(text, why, "write decimals with a point, and a space behind a comma that parts")


def _angles(text: str, read: str) -> tuple[Position, str]:
    """The position that `read` writes in two angles; errors name `text`, as it was given."""
    tokens = _tokens(text, read)
    if not any(token in _LETTERS for token in tokens):
        numbers = [part for part in tokens if part != ","]
        if len(numbers) != 2 or tokens.count(",") > 1:
            raise _bad(text, "without letters it must be two decimal numbers")
        latitude, longitude = (Decimal(number) for number in numbers)
        return _position(latitude, longitude), DECIMAL
    halves = {
        ("NS" if letter in "NS" else "EW"): _parts(text, letter, numbers)
        for letter, numbers in _halves(text, [part for part in tokens if part != ","])
    }
    if len(halves) != 2:
        raise _bad(text, "it needs one of N and S and one of E and W")
    latitude, longitude = (_angle(text, *halves[axis]) for axis in ("NS", "EW"))
    has_minutes = any(len(parts) > 1 for _, parts in halves.values())
    return _position(latitude, longitude), DMS if has_minutes else DECIMAL


def _in_square(text: str, found: re.Match[str]) -> Position:
    """The middle of a square of 1 m, and within a metre that of one of 10 m."""
    digits = found["digits"]
    if len(digits) not in _SQUARE_DIGITS:
        size = "100 m or more" if len(digits) % 2 == 0 else "no size at all"
        raise _bad(text, f"its square has {size}", "give MGRS with 8 or 10 digits", "R-FMT-33")
    half = len(digits) // 2
    east, north = digits[:half], digits[half:]
    # A square of 10 m has its middle at the digit 5 of the next place.
    east, north = (part if half == 5 else f"{part}5" for part in (east, north))
    name = found["zone"].lstrip("0") + found["square"]
    try:
        with _ONE_AT_A_TIME:
            lat, lon = MGRS().toLatLon(f"{name}{east}{north}")
        # The library reads squares that are in no zone as well. One that lies across the border
        # of its zone has a middle beyond it, so that the places around it tell.
        wide = 1 / max(math.cos(math.radians(lat)), _AT_A_POLE)
        around = ((wide * aside, up) for aside, up in product(_AROUND, repeat=2))
        is_there = any(_grid(lat + up, lon + aside).startswith(name) for aside, up in around)
    except (MGRSError, ValueError):
        is_there = False
    if not is_there:
        raise _bad(text, "MGRS has no such square", "check zone, band and letters", "R-FMT-33")
    return Position(round(_turned(lon) * 10**7), round(lat * 10**7))


def _grid(lat: float, lon: float) -> str:
    """The square of 1 m in which a place lies, or would if it were no further than a pole."""
    with _ONE_AT_A_TIME:
        return str(MGRS().toMGRS(max(-90, min(90, lat)), _turned(lon))).lstrip("0")


def _turned(lon: float) -> float:
    """A longitude within ±180."""
    return (lon + 180) % 360 - 180


def _tokens(text: str, read: str) -> list[str]:
    plain = _MARKS.sub(" ", read.upper()).strip()
    left = _TOKEN.sub("", plain)
    if left.strip():
        raise _bad(text, f"{left.split()[0][:10]!r} has no meaning in it")
    return [token.replace("−", "-") for token in _TOKEN.findall(plain)]


def _halves(text: str, tokens: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Each letter with its numbers; both letters lead, or both follow."""
    leads = tokens[0] in _LETTERS
    found: list[tuple[str, list[str]]] = []
    numbers: list[str] = []
    for token in reversed(tokens) if leads else tokens:
        if token in _LETTERS:
            found.append((token, numbers[::-1] if leads else numbers))
            numbers = []
        else:
            numbers.append(token)
    if numbers or len(found) != 2:
        raise _bad(text, "each letter needs its own degrees before it, or each behind it")
    return found


def _parts(text: str, letter: str, numbers: Sequence[str]) -> tuple[str, list[str]]:
    """The letter of a half, and its degrees, minutes and seconds as far as it has them."""
    axis = "NS" if letter in "NS" else "EW"
    if not 1 <= len(numbers) <= 3 or any(number[0] in "+-" for number in numbers):
        raise _bad(text, "each half has degrees, minutes and seconds, without signs")
    if any("." in number for number in numbers[:-1]):
        raise _bad(text, "only the last part of each half has a fraction")
    whole, _, fraction = numbers[0].partition(".")
    degrees_digits = _COMPACT.get((axis, len(whole))) if len(numbers) == 1 else None
    if degrees_digits is None:
        return letter, list(numbers)
    rest = whole[degrees_digits:]
    parts = [whole[:degrees_digits], *(rest[at : at + 2] for at in range(0, len(rest), 2))]
    if fraction:
        parts[-1] += f".{fraction}"
    return letter, parts


def _angle(text: str, letter: str, parts: Sequence[str]) -> Decimal:
    degrees, minutes, seconds = (*map(Decimal, parts), Decimal(0), Decimal(0))[:3]
    if minutes >= 60 or seconds >= 60:
        raise _bad(text, "minutes and seconds are less than 60")
    angle = degrees + minutes / 60 + seconds / 3600
    return -angle if letter in "SW" else angle


def _position(latitude: Decimal, longitude: Decimal) -> Position:
    lon, lat = (
        int((angle * _E7).to_integral_value(ROUND_HALF_EVEN)) for angle in (longitude, latitude)
    )
    return Position(lon, lat)


def _bad(text: str, why: str, advice: str = "", rule: str = "R-FMT-11") -> OpenlineError:
    return OpenlineError(
        "bad-coordinates",
        f"{text[: limits.COORDINATES_CHARS]!r} is no position: {why}",
        rule=rule,
        next=advice or _EXAMPLES,
    )


def notations_of(position: Position) -> dict[str, str]:
    """The position in each notation, latitude first; each reads back within a metre."""
    lat, lon = (Decimal(each).scaleb(-7) for each in (position.lat_e7, position.lon_e7))
    return {
        DECIMAL: f"{lat:f}, {lon:f}",
        DMS: f"{_sexagesimal(lat, 'NS', 2)} {_sexagesimal(lon, 'EW', 3)}",
        GRID: _grid(position.lat, position.lon),
    }


def _sexagesimal(angle: Decimal, letters: str, width: int) -> str:
    """Degrees, minutes and seconds to a hundredth, 0.3 m."""
    hundredths = int((abs(angle) * 360_000).to_integral_value())
    minutes, rest = divmod(hundredths, 6_000)
    degrees, minutes = divmod(minutes, 60)
    letter = letters[angle < 0]
    return f"{degrees:0{width}d}°{minutes:02d}′{rest // 100:02d}.{rest % 100:02d}″{letter}"
