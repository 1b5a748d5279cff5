"""Findings straight from rows of numbers, equal to what `verdict` makes of the activities.

For pairs of one datum whose heights and times are known to be too close.
"""

from __future__ import annotations

from typing import Any

from openline.conflict.earth import ERROR_M
from openline.conflict.height import PER_MM
from openline.conflict.rows import PLACES
from openline.conflict.verdict import WITHIN_ERROR, Finding, shared_time
from openline.words.moment import Window

Values = tuple[Any, ...]
_HORIZONTAL, _TIME = PLACES["horizontal_mm"], PLACES["time_ms"]
_START, _END = PLACES["start"], PLACES["end"]
_LOWER, _UPPER, _UNIT = (PLACES[n] for n in ("lower", "upper", "unit"))
_SCALES = (PER_MM, 3_048)
"""1e-7 m in a thousandth of each unit of altitude."""


def finding_of(id_a: str, a: Values, id_b: str, b: Values, gap_m: float) -> Finding:
    """The finding of two that are known to conflict, and how far apart they are."""
    window = _window(a, b)
    separation_m = max(a[_HORIZONTAL], b[_HORIZONTAL]) / 1000
    flags = (WITHIN_ERROR,) if gap_m >= separation_m - ERROR_M else ()
    scale_a, scale_b = _SCALES[a[_UNIT]], _SCALES[b[_UNIT]]
    below, above = (
        a[_LOWER] * scale_a - b[_UPPER] * scale_b,
        b[_LOWER] * scale_b - a[_UPPER] * scale_a,
    )
    vertical_m = max(0, below, above) / (PER_MM * 1000)
    first, second = (id_a, id_b) if id_a <= id_b else (id_b, id_a)
    return Finding(first, second, max(0.0, gap_m), vertical_m, window, flags)


def _window(a: Values, b: Values) -> Window:
    window = shared_time(a[_START], a[_END], b[_START], b[_END], max(a[_TIME], b[_TIME]))
    if window is None:
        raise AssertionError("two windows that the search had found to be near")
    return window
