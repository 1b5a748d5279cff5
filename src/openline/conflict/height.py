"""The gap between two altitude bands, exactly, in whole 1e-7 m.

Bands of one datum are compared directly; two bands above ground are taken to
stand on the same ground. Other pairs are brought to one datum by widening
until the true band is surely inside: ground to mean sea level by the lowest
and highest ground, mean sea level to the ellipsoid by the greatest height of
the EGM96 geoid (-107 m to +86 m), rounded out.
"""

from __future__ import annotations

from dataclasses import dataclass

from openline.words.volume import Band, Datum, Ground, Unit

PER_MM = 10_000
_PER_MILLIFOOT = 3_048
GEOID_MM = 110_000
"""No geoid height is greater, up or down."""


@dataclass(frozen=True, slots=True)
class HeightGap:
    """`gap` in 1e-7 m (0 when they meet), whether they share height, and how it was found."""

    gap: int
    shared: bool
    flags: frozenset[str]

    @property
    def metres(self) -> float:
        """The gap in metres."""
        return self.gap / (PER_MM * 1000)


def height_gap(a: Band, b: Band, ground: Ground) -> HeightGap:
    """The least vertical gap between two bands over `ground`; symmetric."""
    (low_a, high_a), (low_b, high_b) = (_on_common_datum(*p, ground) for p in ((a, b), (b, a)))
    flags = set()
    if a.datum is not b.datum:
        datums = {a.datum, b.datum}
        flags |= {"ground"} if Datum.AGL in datums else set()
        flags |= {"datum"} if Datum.HAE in datums else set()
    # A band may be a single level: it shares height with what it lies inside, or is equal to.
    shared = (low_a < high_b and low_b < high_a) or (low_a == high_a == low_b == high_b)
    return HeightGap(max(0, low_a - high_b, low_b - high_a), shared, frozenset(flags))


def _on_common_datum(band: Band, other: Band, ground: Ground) -> tuple[int, int]:
    scale = PER_MM if band.unit is Unit.METRE else _PER_MILLIFOOT
    low, high = band.lower_milli * scale, band.upper_milli * scale
    if band.datum is other.datum:
        return low, high
    if band.datum is Datum.AGL:
        low, high = low + ground.lowest_mm * PER_MM, high + ground.highest_mm * PER_MM
    if other.datum is Datum.HAE:
        low, high = low - GEOID_MM * PER_MM, high + GEOID_MM * PER_MM
    return low, high
