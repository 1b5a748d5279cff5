"""The gap between two altitude bands, in whole 1e-7 m.

Bands of one datum are compared directly and exactly; two bands above ground are
taken to stand on the same ground. Other pairs are brought to mean sea level, by
widening until the true band is surely inside: a band above ground by the lowest
and highest ground below it, a band above the ellipsoid by the lowest and highest
geoid in its footprint, or, where no geoid grid was asked, by the greatest heights
that the EGM96 geoid has anywhere (-107 m to +86 m), rounded out.
"""

from __future__ import annotations

from dataclasses import dataclass

from openline.words.volume import EARTH, Band, Datum, Ground, Unit

PER_MM = 10_000
_PER_MILLIFOOT = 3_048


@dataclass(frozen=True, slots=True)
class Geoid:
    """The lowest and highest geoid in a footprint, in millimetres above the ellipsoid.

    `error_mm` is by how much either may be wrong; within it a verdict is doubtful.
    """

    lowest_mm: int
    highest_mm: int
    error_mm: int = 0


ANY_GEOID = Geoid(-110_000, 110_000)
"""Surely right, wherever it is: what holds without a grid."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A band where it stands: the ground and the geoid below it.

    With `to_surface` what happens in it reaches the ground: its band begins there,
    at the lowest ground of both that are compared.
    """

    band: Band
    ground: Ground = EARTH
    geoid: Geoid = ANY_GEOID
    to_surface: bool = False


@dataclass(frozen=True, slots=True)
class HeightGap:
    """How two bands lie to one another, and how that was found.

    `apart` is the gap in 1e-7 m, negative by how much they overlap; `level` says
    that both are one and the same level; `error` is how wrong `apart` may be.
    """

    apart: int
    level: bool
    error: int
    flags: frozenset[str]

    @property
    def metres(self) -> float:
        """The gap in metres, 0 when they meet."""
        return max(0, self.apart) / (PER_MM * 1000)

    def closer_than(self, separation_mm: int) -> bool:
        """Whether they are closer; what lies within the error of the separation is.

        To share height is to be closer than any separation, to touch is not.
        """
        shares = self.level and not separation_mm
        return shares or self.apart < separation_mm * PER_MM + self.error

    def doubtful(self, separation_mm: int) -> bool:
        """Whether they are closer by less than the error."""
        return self.error > 0 and self.apart >= separation_mm * PER_MM - self.error


def height_gap(a: Standing, b: Standing) -> HeightGap:
    """The least vertical gap between two bands; symmetric."""
    datums = {a.band.datum, b.band.datum}
    common = a.band.datum if len(datums) == 1 else Datum.AMSL
    lowest_mm = min(a.ground.lowest_mm, b.ground.lowest_mm)
    low_a, high_a = _on(common, a, lowest_mm)
    low_b, high_b = _on(common, b, lowest_mm)
    flags: set[str] = set()
    error = 0
    reaches = (a.to_surface or b.to_surface) and common is not Datum.AGL
    if reaches or (len(datums) > 1 and Datum.AGL in datums):
        flags.add("ground")
    if len(datums) > 1 and Datum.HAE in datums:
        geoid = a.geoid if a.band.datum is Datum.HAE else b.geoid
        error = geoid.error_mm * PER_MM
        flags |= {"datum"} if geoid == ANY_GEOID else set()
    # A band may be a single level: it shares height with what it lies inside, or is equal to.
    level = low_a == high_a == low_b == high_b
    return HeightGap(max(low_a - high_b, low_b - high_a), level, error, frozenset(flags))


def _on(common: Datum, its: Standing, lowest_mm: int) -> tuple[int, int]:
    """A band on the datum on which it is compared, where the lowest ground is that."""
    band = its.band
    scale = PER_MM if band.unit is Unit.METRE else _PER_MILLIFOOT
    low, high = band.lower_milli * scale, band.upper_milli * scale
    if band.datum is not common:
        if band.datum is Datum.AGL:
            below, above = its.ground.lowest_mm, its.ground.highest_mm
        else:
            below, above = -its.geoid.highest_mm, -its.geoid.lowest_mm
        low, high = low + below * PER_MM, high + above * PER_MM
    if its.to_surface:
        low = min(low, _surface_mm(common, its.geoid, lowest_mm) * PER_MM)
    return low, high


def _surface_mm(datum: Datum, geoid: Geoid, lowest_mm: int) -> int:
    """The lowest ground on a datum."""
    if datum is Datum.AGL:
        return 0
    if datum is Datum.AMSL:
        return lowest_mm
    return lowest_mm + geoid.lowest_mm - geoid.error_mm
