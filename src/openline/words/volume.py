"""Volumes: where, how high and when, with units and datum in the types.

Positions are whole 1e-7 degrees (about 1 cm) on WGS 84, lengths whole
millimetres, altitudes whole thousandths of their own unit: what one side signs
is bit for bit what the other compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Window

MM_PER_FOOT = 304.8


class Datum(StrEnum):
    """What an altitude is measured from."""

    AMSL = "AMSL"
    HAE = "HAE"
    AGL = "AGL"


class Unit(StrEnum):
    """The unit an altitude was announced in."""

    METRE = "m"
    FOOT = "ft"


class Edges(StrEnum):
    """How two vertices are joined."""

    GEODESIC = "geodesic"
    LONLAT = "lonlat"


def _refuse(code: str, message: str, rule: str, next: str) -> OpenlineError:
    return OpenlineError(code, message, rule=rule, next=next)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Longitude and latitude on WGS 84, in 1e-7 degree."""

    lon_e7: int
    lat_e7: int

    def __post_init__(self) -> None:
        if not (abs(self.lat_e7) <= 900_000_000 and abs(self.lon_e7) <= 1_800_000_000):
            lat, lon = self.lat_e7 / 1e7, self.lon_e7 / 1e7
            raise _refuse(
                "bad-position",
                f"latitude {lat:.10g}, longitude {lon:.10g}: not on earth",
                "R-WORD-05",
                "latitude lies within ±90, longitude within ±180; GeoJSON puts longitude first",
            )

    @property
    def lon(self) -> float:
        """Longitude in degrees."""
        return self.lon_e7 / 1e7

    @property
    def lat(self) -> float:
        """Latitude in degrees."""
        return self.lat_e7 / 1e7


Path = tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Polygon:
    """Closed rings (first position repeated last): one outer, any holes. Orientation is free."""

    outer: Path
    holes: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        for ring in (self.outer, *self.holes):
            if len(ring) < 4 or ring[0] != ring[-1]:
                raise _refuse(
                    "bad-ring",
                    "a ring has fewer than four positions or does not close",
                    "R-WORD-06",
                    "repeat the first position as the last",
                )


@dataclass(frozen=True, slots=True)
class Area:
    """One or more polygons."""

    polygons: tuple[Polygon, ...]

    def __post_init__(self) -> None:
        count = sum(len(r) for p in self.polygons for r in (p.outer, *p.holes))
        if not self.polygons or count > limits.VERTICES:
            raise _refuse(
                "bad-area",
                f"an area with {len(self.polygons)} polygons and {count} vertices",
                "R-WORD-06",
                f"give at least one polygon and at most {limits.VERTICES} vertices (VERTICES)",
            )


def _check_length(mm: int, what: str) -> None:
    if not 0 < mm <= limits.RADIUS_MM:
        raise _refuse(
            "bad-length",
            f"a {what} of {mm / 1000:g} m",
            "R-WORD-07",
            f"give more than 0 and at most {limits.RADIUS_MM // 1000} m (RADIUS_MM)",
        )


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything within `radius_mm` of a position."""

    centre: Position
    radius_mm: int

    def __post_init__(self) -> None:
        _check_length(self.radius_mm, "radius")


@dataclass(frozen=True, slots=True)
class Corridor:
    """Everything within half of `width_mm` of a path."""

    path: Path
    width_mm: int

    def __post_init__(self) -> None:
        _check_length(self.width_mm, "corridor width")
        if not 2 <= len(self.path) <= limits.VERTICES:
            raise _refuse(
                "bad-path",
                f"a path of {len(self.path)} positions",
                "R-WORD-07",
                f"give 2 to {limits.VERTICES} positions (VERTICES)",
            )


Shape = Area | Circle | Corridor


@dataclass(frozen=True, slots=True)
class Band:
    """An altitude band: thousandths of `unit` above `datum`."""

    lower_milli: int
    upper_milli: int
    unit: Unit
    datum: Datum

    def __post_init__(self) -> None:
        span = limits.ALTITUDE_MILLI
        if not -span <= self.lower_milli <= self.upper_milli <= span:
            raise _refuse(
                "bad-band",
                f"altitudes {self.lower_milli / 1000:g} to {self.upper_milli / 1000:g} {self.unit}",
                "R-WORD-08",
                "the lower altitude comes first, both within ±100,000",
            )

    @property
    def lower_m(self) -> float:
        """The lower altitude in metres above the datum."""
        return self._metres(self.lower_milli)

    @property
    def upper_m(self) -> float:
        """The upper altitude in metres above the datum."""
        return self._metres(self.upper_milli)

    def _metres(self, milli: int) -> float:
        return milli / 1000 if self.unit is Unit.METRE else milli * MM_PER_FOOT / 1e6


@dataclass(frozen=True, slots=True)
class Separation:
    """How close is too close, in each of the three ways."""

    horizontal_mm: int
    vertical_mm: int
    time_ms: int

    def __post_init__(self) -> None:
        lengths = (self.horizontal_mm, self.vertical_mm)
        if not all(0 <= mm <= limits.SEPARATION_MM for mm in lengths) or not (
            0 <= self.time_ms <= limits.SEPARATION_MS
        ):
            raise _refuse(
                "bad-separation",
                "a separation that is negative, over 1,000 km or over 7 days",
                "R-WORD-09",
                "give horizontal_m, vertical_m and time_s within those bounds",
            )

    def larger(self, other: Separation) -> Separation:
        """The larger of both in each way."""
        return Separation(
            max(self.horizontal_mm, other.horizontal_mm),
            max(self.vertical_mm, other.vertical_mm),
            max(self.time_ms, other.time_ms),
        )


DEFAULT_SEPARATION = Separation(1_000_000, 300_000, 900_000)
"""1,000 m, 300 m, 900 s (contract)."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The lowest and highest ground of a theatre, in millimetres AMSL."""

    lowest_mm: int
    highest_mm: int

    def __post_init__(self) -> None:
        if self.lowest_mm > self.highest_mm:
            raise _refuse(
                "bad-ground",
                "the theatre's lowest ground lies above its highest",
                "R-WORD-10",
                "give the lowest ground first",
            )

    def widest(self, other: Ground) -> Ground:
        """Ground that covers both."""
        return Ground(min(self.lowest_mm, other.lowest_mm), max(self.highest_mm, other.highest_mm))


EARTH = Ground(-500_000, 8_850_000)
"""The earth's dry land, rounded outwards: Dead Sea shore to Everest."""


@dataclass(frozen=True, slots=True)
class Volume:
    """A shape, an altitude band and a time window."""

    shape: Shape
    edges: Edges
    band: Band
    window: Window
