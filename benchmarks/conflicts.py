"""How fast conflicts are found, beside a plane: quick, and wrong where the earth is round.

The peer is shapely on an equirectangular plane about the theatre's middle:
`shapely.distance` for a pair, an STRtree for one against all.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import shapely

from benchmarks.plan import Plan
from openline.conflict.core import core_of
from openline.conflict.geometry import gap_m
from openline.conflict.index import Index, conflicts_of
from openline.conflict.verdict import Planned, verdict
from openline.words.moment import Moment, Window
from openline.words.volume import (
    DEFAULT_SEPARATION,
    Area,
    Band,
    Datum,
    Edges,
    Polygon,
    Position,
    Unit,
    Volume,
)

SEED = 2022
MIDDLE = (23.0, 50.0)
THEATRE_M = 300_000
"""The activities lie in a square of this side."""
SIZE_M = (2_000, 15_000)
CORNERS = (5, 12)
APART_M = 40_000
"""The two of a pair lie at most so far apart: some conflict, most are near."""
DEGREE_M = 111_195.0
SEPARATION_M = DEFAULT_SEPARATION.horizontal_mm / 1000
WINDOW = Window(Moment(0), Moment(3_600_000))
BAND = Band(0, 1_000_000, Unit.METRE, Datum.AGL)

Flat = tuple[float, float]


@dataclass(frozen=True)
class Conflicts:
    """Rates a second, ours and the plane's."""

    pairs: int
    found: int
    cold_per_second: float
    """Each shape is seen for the first time."""
    cached_per_second: float
    """Each shape was seen before."""
    plane_built_per_second: float
    plane_per_second: float
    plane_error_m: float
    """The greatest difference between the plane's distance of a pair and ours."""
    activities: int
    checks_per_second: float
    """Activities checked against all others, through the index."""
    plane_checks_per_second: float


@dataclass(frozen=True)
class Made:
    """One activity, for us and for the plane."""

    planned: Planned
    corners: tuple[Flat, ...]

    def polygon(self) -> shapely.Polygon:
        """Its outline in the plane, in metres."""
        return shapely.Polygon(self.corners)


def measure(plan: Plan) -> Conflicts:
    """Pairs one by one, then everyone against everyone."""
    chance = Random(SEED)
    pairs = [_pair(chance, k) for k in range(plan.pairs)]
    ours: list[bool] = []

    def judge() -> None:
        ours[:] = [verdict(a.planned, b.planned) is not None for a, b in pairs]

    flat: list[tuple[shapely.Polygon, shapely.Polygon]] = []
    theirs: list[float] = []

    def build() -> None:
        flat[:] = [(a.polygon(), b.polygon()) for a, b in pairs]
        compare()

    def compare() -> None:
        theirs[:] = [float(shapely.distance(a, b)) for a, b in flat]

    cold, cached = _rate(judge, len(pairs)), _rate(judge, len(pairs))
    built, plane = _rate(build, len(pairs)), _rate(compare, len(pairs))
    crowd = [_activity(chance, f"{k:05}", _anywhere(chance)) for k in range(plan.activities)]
    checks, plane_checks = _everyone(crowd)
    return Conflicts(
        pairs=len(pairs),
        found=sum(ours),
        cold_per_second=cold,
        cached_per_second=cached,
        plane_built_per_second=built,
        plane_per_second=plane,
        plane_error_m=max(
            abs(_distance_m(pair) - flat_m) for pair, flat_m in zip(pairs, theirs, strict=True)
        ),
        activities=len(crowd),
        checks_per_second=checks,
        plane_checks_per_second=plane_checks,
    )


def _distance_m(pair: tuple[Made, Made]) -> float:
    a, b = (core_of(made.planned.volume.shape, made.planned.volume.edges) for made in pair)
    return max(0.0, gap_m(a, b, math.inf))


def _everyone(crowd: Sequence[Made]) -> tuple[float, float]:
    index = Index(each.planned for each in crowd)
    polygons = [each.polygon() for each in crowd]
    tree = shapely.STRtree(polygons)

    def check() -> None:
        for each in crowd:
            conflicts_of(each.planned, index.near(each.planned))

    def check_plane() -> None:
        for polygon in polygons:
            tree.query(polygon, predicate="dwithin", distance=SEPARATION_M)

    return _rate(check, len(crowd)), _rate(check_plane, len(crowd))


def _rate(act: Callable[[], None], count: int) -> float:
    begun = time.perf_counter()
    act()
    return count / (time.perf_counter() - begun)


def _pair(chance: Random, number: int) -> tuple[Made, Made]:
    x, y = _anywhere(chance)
    turn, apart = chance.uniform(0, math.tau), chance.uniform(0, APART_M)
    other = x + apart * math.cos(turn), y + apart * math.sin(turn)
    return (
        _activity(chance, f"{number:05}a", (x, y)),
        _activity(chance, f"{number:05}b", other),
    )


def _anywhere(chance: Random) -> Flat:
    half = THEATRE_M / 2
    return chance.uniform(-half, half), chance.uniform(-half, half)


def _activity(chance: Random, id: str, middle: Flat) -> Made:
    """A star-shaped outline around `middle`, in metres from the theatre's."""
    turns = sorted(chance.uniform(0, math.tau) for _ in range(chance.randint(*CORNERS)))
    size = chance.uniform(*SIZE_M)
    corners = []
    for turn in turns:
        out = size * chance.uniform(0.5, 1)
        corners.append((middle[0] + out * math.cos(turn), middle[1] + out * math.sin(turn)))
    ring = tuple(_position(corner) for corner in (*corners, corners[0]))
    volume = Volume(Area((Polygon(ring),)), Edges.GEODESIC, BAND, WINDOW)
    return Made(Planned(id, volume, DEFAULT_SEPARATION), tuple(corners))


def _position(flat: Flat) -> Position:
    lon, lat = MIDDLE
    across = DEGREE_M * math.cos(math.radians(lat))
    return Position(round((lon + flat[0] / across) * 1e7), round((lat + flat[1] / DEGREE_M) * 1e7))
