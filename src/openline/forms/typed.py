"""Fields that together make a value of openline.words, whose constructor judges them.

A form's ``[typed]`` table names a value and the fields it is made of, so that
a window which ends before it begins is refused the same way in every form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from openline.forms.schema import Wire
from openline.words.moment import Moment, Window
from openline.words.volume import Band, Datum, Ground, Separation, Unit


def _whole(wire: Wire) -> int:
    assert isinstance(wire, int)
    return wire


def window_of(start: Wire, end: Wire) -> Window:
    """The span from `start` to `end`; raises ``bad-window`` (R-WORD-04)."""
    return Window(Moment(_whole(start)), Moment(_whole(end)))


def band_of(lower: Wire, upper: Wire, unit: Wire, datum: Wire) -> Band:
    """The altitude band; raises ``bad-band`` (R-WORD-08)."""
    return Band(_whole(lower), _whole(upper), Unit(str(unit)), Datum(str(datum)))


def separation_of(wire: Wire) -> Separation:
    """The separation in a group of that name; raises ``bad-separation`` (R-WORD-09)."""
    assert isinstance(wire, dict)
    parts = (wire["horizontal_m"], wire["vertical_m"], wire["time_s"])
    return Separation(*(_whole(part) for part in parts))


def ground_of(lowest: Wire, highest: Wire) -> Ground:
    """The theatre's ground; raises ``bad-ground`` (R-WORD-10)."""
    return Ground(_whole(lowest), _whole(highest))


TYPED: Mapping[str, Callable[..., object]] = {
    "window": window_of,
    "band": band_of,
    "separation": separation_of,
    "ground": ground_of,
}
