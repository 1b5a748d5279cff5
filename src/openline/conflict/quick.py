"""Findings straight from rows of numbers, equal to what `verdict` makes of the activities.

For pairs of one datum whose heights and times are known to be too close.
"""

from __future__ import annotations

from typing import Any

from openline.conflict.earth import ERROR_M
from openline.conflict.geometry import points_apart_m
from openline.conflict.height import PER_MM
from openline.conflict.rows import PLACES
from openline.conflict.verdict import WITHIN_ERROR, Finding, shared_time
from openline.words.moment import Window

Values = tuple[Any, ...]
HORIZONTAL, TIME = PLACES["horizontal_mm"], PLACES["time_ms"]
_START, _END, _LON, _LAT, _SIZE = (PLACES[n] for n in ("start", "end", "lon", "lat", "size_mm"))
_LOWER, _UPPER, _UNIT = (PLACES[n] for n in ("lower", "upper", "unit"))
_SCALES = (PER_MM, 3_048)
"""1e-7 m in a thousandth of each unit of altitude."""


def overlap(id_a: str, a: Values, id_b: str, b: Values) -> Finding:
    """The finding of two that overlap on the ground for sure."""
    return _finding(id_a, a, id_b, b, 0.0, ())


def of_circles(id_a: str, a: Values, id_b: str, b: Values) -> Finding | None:
    """The finding of two circles that are near each other."""
    reach = a[_SIZE] / 1000 + b[_SIZE] / 1000
    gap = points_apart_m(a[_LON], a[_LAT], b[_LON], b[_LAT]) - reach
    separation_m = max(a[HORIZONTAL], b[HORIZONTAL]) / 1000
    if gap >= separation_m + ERROR_M:
        return None
    flags = (WITHIN_ERROR,) if gap >= separation_m - ERROR_M else ()
    return _finding(id_a, a, id_b, b, max(0.0, gap), flags)


def _finding(
    id_a: str, a: Values, id_b: str, b: Values, horizontal_m: float, flags: tuple[str, ...]
) -> Finding:
    window = _window(a, b)
    scale_a, scale_b = _SCALES[a[_UNIT]], _SCALES[b[_UNIT]]
    below, above = (
        a[_LOWER] * scale_a - b[_UPPER] * scale_b,
        b[_LOWER] * scale_b - a[_UPPER] * scale_a,
    )
    vertical_m = max(0, below, above) / (PER_MM * 1000)
    first, second = (id_a, id_b) if id_a <= id_b else (id_b, id_a)
    return Finding(first, second, horizontal_m, vertical_m, window, flags)


def _window(a: Values, b: Values) -> Window:
    window = shared_time(a[_START], a[_END], b[_START], b[_END], max(a[TIME], b[TIME]))
    if window is None:
        raise AssertionError("two windows that the search had found to be near")
    return window
