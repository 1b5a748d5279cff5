"""Whether two planned activities conflict: in area, altitude and time together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from openline.conflict.earth import ERROR_M
from openline.conflict.geometry import gap_between_m
from openline.conflict.height import ANY_GEOID, Geoid, Standing, height_gap
from openline.words import limits
from openline.words.moment import Moment, Window
from openline.words.volume import EARTH, Ground, Separation, Volume

WITHIN_ERROR = "within-error"
COMPILED = ("shared_ms",)
"""Functions that run compiled as well (`measuring.py`)."""
_LONGEST_MS = limits.WINDOW_MS


@dataclass(frozen=True, slots=True)
class Planned:
    """One volume of an activity, and how close is too close to it.

    `ground` is what is known of the ground below it, else the line's holds; `geoid`
    what is known of the geoid. With `to_surface` it delivers weapons, which reach
    the ground.
    """

    id: str
    volume: Volume
    separation: Separation
    ground: Ground | None = None
    geoid: Geoid = ANY_GEOID
    to_surface: bool = False

    def standing(self, ground: Ground) -> Standing:
        """Its band over its own ground, or over `ground` where it has none."""
        return Standing(self.volume.band, self.ground or ground, self.geoid, self.to_surface)


class Finding(NamedTuple):
    """Two planned activities too close together; `a` sorts before `b`.

    `horizontal_m` and `vertical_m` are the least distances in metres (0 when
    they overlap); from `start_ms` to `end_ms` lasts the time that they share, separation
    counted in. `flags`, sorted: ``datum`` (any geoid was allowed for), ``ground`` (a height
    above ground was lifted, or a band taken down to the ground), ``within-error``
    (nearer to the separation than the error of the method, or of the geoid's grid).
    """

    a: str
    b: str
    horizontal_m: float
    vertical_m: float
    start_ms: int
    end_ms: int
    flags: tuple[str, ...]

    @property
    def window(self) -> Window:
        """The time that they share."""
        return Window(Moment(self.start_ms), Moment(self.end_ms))


def verdict(a: Planned, b: Planned, ground: Ground = EARTH) -> Finding | None:
    """The conflict of two planned activities, or None. Symmetric.

    They conflict iff horizontal distance, vertical gap and gap in time are each
    less than the larger of both separations. To overlap is to be closer than
    any separation: a separation of zero asks for true overlap. Equality is no
    conflict, but a horizontal distance within `ERROR_M` of the separation is
    one, flagged, and so is a vertical gap within the error of a geoid's grid.
    `ground` holds for those that have no ground of their own. Raises what `core_of`
    raises for shapes that `check_shape` refuses.
    """
    if b.id < a.id:
        a, b = b, a
    larger = a.separation.larger(b.separation)
    first, second = a.volume.window, b.volume.window
    times = first.start.ms, first.end.ms, second.start.ms, second.end.ms
    if max(times[0], times[2]) - min(times[1], times[3]) >= larger.time_ms:
        # Windows are half-open: with a separation of 0 no instant belongs to both.
        return None
    start_ms, end_ms = shared_ms(*times, larger.time_ms)
    height = height_gap(a.standing(ground), b.standing(ground))
    if not height.closer_than(larger.vertical_mm):
        return None
    separation_m = larger.horizontal_mm / 1000
    gap = gap_between_m(a.volume, b.volume, separation_m + ERROR_M)
    if gap >= separation_m + ERROR_M:
        return None
    doubtful = gap >= separation_m - ERROR_M or height.doubtful(larger.vertical_mm)
    flags = tuple(sorted(height.flags | ({WITHIN_ERROR} if doubtful else set())))
    return Finding(a.id, b.id, max(0.0, gap), height.metres, start_ms, end_ms, flags)


def shared_ms(
    start_a: int, end_a: int, start_b: int, end_b: int, separation_ms: int
) -> tuple[int, int]:
    """The time that two windows share, in milliseconds, when each reaches so far beyond the other.

    They must be nearer than that.
    """
    late, first_end = max(start_a, start_b), min(end_a, end_b)
    start = max(start_a + start_b - late, late - separation_ms)
    return start, min(end_a + end_b - first_end, first_end + separation_ms, start + _LONGEST_MS)
