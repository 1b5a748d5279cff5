"""Coordinates in any of three notations, with which of them it was: for typing them twice.

Decimal degrees and degrees, minutes, seconds are read by `coordinates`; MGRS, the grid of maps
and radios, by the library of that name, from two digits of each half (1 km) to five (1 m).
"""

from __future__ import annotations

import re
import warnings
from decimal import Decimal

from mgrs import MGRS

from openline.formats.coordinates import read_coordinates
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.volume import Position

# The library warns of squares at the border of their band, which are read all the same.
warnings.filterwarnings("ignore", "Warning in .Convert_", RuntimeWarning)
DECIMAL, DMS, GRID = "decimal", "dms", "mgrs"
_GRID = re.compile(r"(\d{1,2}[C-HJ-NP-X]|[ABYZ])[A-HJ-NP-Z]{2}(\d{4}|\d{6}|\d{8}|\d{10})")
_NUMBER = re.compile(r"\d+")
_COMPACT_DIGITS = 4
"""A half with so many digits before its point has minutes among them."""


def read_notation(text: str) -> tuple[Position, str]:
    """The position in `text`, and its notation: ``decimal``, ``dms`` or ``mgrs``.

    Of a square of MGRS it is the middle. Raises ``bad-coordinates``, ``bad-position``.
    """
    packed = "".join(text.upper().split())
    if len(text) <= limits.COORDINATES_CHARS and (square := _GRID.fullmatch(packed)):
        return _middle(packed, len(square[2]) // 2), GRID
    position = read_coordinates(text)
    digits = [len(number) for number in _NUMBER.findall(re.sub(r"[.,]\d+", "", text))]
    has_minutes = len(digits) > 2 or max(digits) >= _COMPACT_DIGITS
    return position, DMS if has_minutes else DECIMAL


def notations_of(position: Position) -> dict[str, str]:
    """The position in each notation, each of which reads back within a metre."""
    lat, lon = (Decimal(each).scaleb(-7) for each in (position.lat_e7, position.lon_e7))
    halves = ((lat, "NS"), (lon, "EW"))
    grid = MGRS().toMGRS(position.lat, position.lon, MGRSPrecision=5)
    return {
        DECIMAL: f"{lat:f}, {lon:f}",
        DMS: " ".join(_sexagesimal(angle, letters) for angle, letters in halves),
        GRID: str(grid),
    }


def _sexagesimal(angle: Decimal, letters: str) -> str:
    hundredths = int((abs(angle) * 360_000).to_integral_value())
    seconds, hundredths = divmod(hundredths, 100)
    minutes, seconds = divmod(seconds, 60)
    degrees, minutes = divmod(minutes, 60)
    return f"{degrees}°{minutes:02}'{seconds:02}.{hundredths:02}\"{letters[angle < 0]}"


def _middle(square: str, digits: int) -> Position:
    # The library gives a square's south-western corner: a 5 behind each half is its middle.
    head, half = square[: -2 * digits], square[-2 * digits :]
    east, north = half[:digits], half[digits:]
    inside = f"{head}{east}5{north}5" if digits < 5 else square
    try:
        lat, lon = MGRS().toLatLon(inside)
    except Exception as error:  # the library has an error of its own, and a plain one
        raise OpenlineError(
            "bad-coordinates",
            f"{square!r} is no square of MGRS",
            rule="R-ACT-15",
            next="write it like 42SVF 87399 63610",
        ) from error
    return Position(round(lon * 10**7), round(lat * 10**7))
