"""Shapes, planned activities and a slow oracle for the tests of the conflict room.

The oracle shares nothing with the engine but pyproj: it samples edges densely,
lays an azimuthal equidistant plane through the middle of the nearest points,
asks shapely there, and repeats until the middle stays.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import cos, exp, log, radians, sqrt, tan

import numpy as np
import shapely
import shapely.ops
from pyproj import Geod, Proj

from openline.conflict.verdict import Planned
from openline.words.moment import Moment, Window
from openline.words.volume import (
    Area,
    Band,
    Circle,
    Corridor,
    Datum,
    Edges,
    Ground,
    Path,
    Polygon,
    Position,
    Separation,
    Shape,
    Unit,
    Volume,
)

GEOD = Geod(ellps="WGS84")
BAND = Band(0, 100_000, Unit.METRE, Datum.AMSL)
WINDOW = Window(Moment(0), Moment(3_600_000))


def at(lon: float, lat: float) -> Position:
    lon = (lon + 180) % 360 - 180
    return Position(round(lon * 1e7), round(lat * 1e7))


def ring(corners: Iterable[tuple[float, float]]) -> Path:
    path = tuple(at(*c) for c in corners)
    return (*path, path[0])


def area(
    *corners: tuple[float, float], holes: Iterable[Iterable[tuple[float, float]]] = ()
) -> Area:
    return Area((Polygon(ring(corners), tuple(ring(h) for h in holes)),))


def box(west: float, south: float, east: float, north: float) -> Area:
    return area((west, south), (east, south), (east, north), (west, north))


def circle(lon: float, lat: float, radius_m: float) -> Circle:
    return Circle(at(lon, lat), round(radius_m * 1000))


def corridor(width_m: float, *points: tuple[float, float]) -> Corridor:
    return Corridor(tuple(at(*p) for p in points), round(width_m * 1000))


def volume(
    shape: Shape, edges: Edges = Edges.GEODESIC, band: Band = BAND, window: Window = WINDOW
) -> Volume:
    return Volume(shape, edges, band, window)


def planned(
    id: str,
    shape: Shape,
    *,
    edges: Edges = Edges.GEODESIC,
    band: Band = BAND,
    window: Window = WINDOW,
    separation: tuple[float, float, float] = (1000, 300, 900),
) -> Planned:
    h, v, t = (round(s * 1000) for s in separation)
    return Planned(id, Volume(shape, edges, band, window), Separation(h, v, t))


def away(lon: float, lat: float, azimuth: float, metres: float) -> tuple[float, float]:
    lon2, lat2, _ = GEOD.fwd(lon, lat, azimuth, metres)
    return lon2, lat2


Points = np.ndarray
"""Longitudes and latitudes, (n, 2)."""


def _between(p: Position, q: Position, edges: Edges, step_m: float) -> Points:
    """Points along the edge from `p`, which is the first, up to but without `q`."""
    azimuth, _, length = GEOD.inv(p.lon, p.lat, q.lon, q.lat)
    if edges is Edges.GEODESIC:
        along = np.linspace(0, length, int(length // step_m) + 1, endpoint=False)
        turns = np.full(len(along), azimuth)
        starts = np.full(len(along), p.lon), np.full(len(along), p.lat)
        points = np.stack(GEOD.fwd(*starts, turns, along)[:2], axis=1)
        points[0] = p.lon, p.lat  # to the last bit, so that a ring closes
        return points
    turn = q.lon - p.lon
    turn -= 360 * round(turn / 360) if abs(turn) > 180 else 0
    run = 111_000 * (abs(turn) * max(cos(radians(p.lat)), cos(radians(q.lat))) + abs(q.lat - p.lat))
    # A parallel bends the more, the nearer it is to its pole: keep within 0.01 m.
    bend = tan(radians(min(89.99, max(abs(p.lat), abs(q.lat), 5)))) / 6.37e6
    share = np.linspace(0, 1, int(run / min(step_m, sqrt(0.08 / bend))) + 1, endpoint=False)
    return np.stack([p.lon + turn * share, p.lat + (q.lat - p.lat) * share], axis=1)


def _sampled(path: Path, edges: Edges, step_m: float) -> Points:
    last = np.array([[path[-1].lon, path[-1].lat]])
    return np.concatenate([*(_between(p, q, edges, step_m) for p, q in pairwise(path)), last])


def _rings(shape: Shape, edges: Edges, step_m: float) -> list[list[Points]]:
    match shape:
        case Circle(centre, _):
            return [[np.array([[centre.lon, centre.lat]])]]
        case Corridor(path, _):
            return [[_sampled(path, edges, step_m)]]
        case Area(polygons):
            return [[_sampled(r, edges, step_m) for r in (p.outer, *p.holes)] for p in polygons]


def _drawn(parts: list[list[Points]], solid: bool, plane: Proj):
    def flat(points: Points) -> Points:
        return np.stack(plane(points[:, 0].copy(), points[:, 1].copy()), axis=1)

    if solid:
        shapes = [shapely.Polygon(flat(rings[0]), [flat(r) for r in rings[1:]]) for rings in parts]
        return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
    points = flat(parts[0][0])
    return shapely.LineString(points) if len(points) > 1 else shapely.Point(points[0])


def oracle_m(a: Volume, b: Volume, step_m: float = 2_500.0) -> float:
    """The distance between two volumes' shapes, slowly."""
    parts = [_rings(v.shape, v.edges, step_m) for v in (a, b)]
    radius = sum(
        {Circle: lambda s: s.radius_mm / 1000, Corridor: lambda s: s.width_mm / 2000}.get(
            type(v.shape), lambda s: 0.0
        )(v.shape)
        for v in (a, b)
    )
    lon, lat = parts[0][0][0][0]
    distance = 0.0
    for _ in range(8):
        plane = Proj(proj="aeqd", lon_0=lon, lat_0=lat, ellps="WGS84")
        first, second = (
            _drawn(p, isinstance(v.shape, Area), plane) for p, v in zip(parts, (a, b), strict=True)
        )
        if first.intersects(second):
            # Only a plane that is centred on the meeting place may say so.
            p = q = first.intersection(second).representative_point()
        else:
            p, q = shapely.ops.nearest_points(first, second)
        ends = [plane(g.x, g.y, inverse=True) for g in (p, q)]
        azimuth, _, distance = GEOD.inv(*ends[0], *ends[1])
        middle, (lon, lat) = (lon, lat), away(*ends[0], azimuth, distance / 2)
        if GEOD.inv(*middle, lon, lat)[2] < 1:  # the plane lies where it should
            break
    return max(0.0, distance - radius)


GROUND = Ground(-20_000, 130_000)
_SPAN = {  # what a height may be in metres above the sea, by how it was given
    Datum.AMSL: (Fraction(0), Fraction(0)),
    Datum.AGL: (Fraction(-20), Fraction(130)),
    Datum.HAE: (Fraction(-110), Fraction(110)),
}


def _metres(band: Band) -> tuple[Fraction, Fraction]:
    unit = Fraction(1) if band.unit is Unit.METRE else Fraction(3048, 10_000)
    return band.lower_milli * unit / 1000, band.upper_milli * unit / 1000


def _vertical(a: Band, b: Band) -> Fraction:
    """The gap in metres over GROUND; negative where they share height."""
    (low_a, high_a), (low_b, high_b) = _metres(a), _metres(b)
    if a.datum is b.datum and low_a == high_a == low_b == high_b:
        return Fraction(-1)  # two flights at one level
    if a.datum is not b.datum:
        low_a, high_a = low_a + _SPAN[a.datum][0], high_a + _SPAN[a.datum][1]
        low_b, high_b = low_b + _SPAN[b.datum][0], high_b + _SPAN[b.datum][1]
    return low_b - high_a if low_a + high_a < low_b + high_b else low_a - high_b


def oracle_conflict(a: Planned, b: Planned, horizontal: float) -> bool | None:
    """Whether they conflict over GROUND, their distance being `horizontal`; None within 0.3 m.

    The first parts of the definition, part by part, in exact numbers.
    """
    s, t = a.separation, b.separation
    first, last = sorted((a.volume.window, b.volume.window), key=lambda w: w.start.ms)
    if last.start.ms - first.end.ms >= max(s.time_ms, t.time_ms):
        return False
    vertical, allowed = _vertical(a.volume.band, b.volume.band), max(s.vertical_mm, t.vertical_mm)
    if vertical * 1000 >= allowed:
        return False
    beyond = horizontal - max(s.horizontal_mm, t.horizontal_mm) / 1000
    return None if abs(beyond) < 0.3 else beyond < 0


class World:
    """Random shapes, reproducible from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def place(self) -> tuple[float, float]:
        r = self.random
        lon = r.uniform(-180, 180)
        return r.choice(
            [
                (lon, r.uniform(-80, 80)),
                (lon, r.choice([1, -1]) * r.uniform(89, 90)),
                (lon, r.choice([90.0, -90.0])),
                (180 - r.uniform(-0.3, 0.3), r.uniform(-70, 70)),
                (lon, r.uniform(-0.2, 0.2)),
            ]
        )

    def size(self, least: float, most: float) -> float:
        return exp(self.random.uniform(log(least), log(most)))

    def star(self, place: tuple[float, float], radius: float, corners: int) -> list:
        r = self.random
        turn = r.uniform(0, 360)
        return [
            away(
                *place,
                turn + (k + r.uniform(-0.3, 0.3)) * 360 / corners,
                radius * r.uniform(0.6, 1),
            )
            for k in range(corners)
        ]

    def shape(self, place: tuple[float, float], radius: float) -> Shape:
        r = self.random
        kinds = ["circle", "star", "star", "holed", "sliver", "corridor", "several", "thin"]
        kind = r.choice(kinds)
        if kind == "circle":
            return circle(*place, radius)
        if kind == "star":
            return area(*self.star(place, radius, r.randint(3, 12)))
        if kind == "holed":
            outer = self.star(place, radius, r.randint(7, 12))
            return area(*outer, holes=[self.star(place, radius * 0.25, r.randint(3, 8))])
        if kind == "sliver":
            azimuth = r.uniform(0, 360)
            side = away(*place, azimuth + 90, r.uniform(1, 20))
            return area(away(*place, azimuth, radius), side, away(*place, azimuth + 180, radius))
        if kind == "several":
            middle = away(*place, r.uniform(0, 360), radius * 2)
            stars = (self.star(p, radius, r.randint(3, 6)) for p in (place, middle))
            return Area(tuple(Polygon(ring(s)) for s in stars))
        if kind == "thin":
            return corridor(
                r.uniform(1, 20), place, away(*place, r.uniform(0, 360), radius * r.uniform(2, 15))
            )
        points = [place]
        heading = r.uniform(0, 360)
        for _ in range(r.randint(1, 6)):
            heading += r.uniform(-40, 40)
            points.append(away(*points[-1], heading, radius * r.uniform(0.2, 1)))
        return corridor(r.uniform(0.05, 0.3) * min(radius, 20_000), *points)

    def edges(self) -> Edges:
        return self.random.choice([Edges.GEODESIC, Edges.GEODESIC, Edges.LONLAT])

    def pair(self) -> tuple[Volume, Volume]:
        place = self.place()
        first, second = self.size(500, 200_000), self.size(500, 100_000)
        other = away(
            *place, self.random.uniform(0, 360), (first + second) * self.random.uniform(0, 1.6)
        )
        return (
            volume(self.shape(place, first), self.edges()),
            volume(self.shape(other, second), self.edges()),
        )

    def near(self, spread: float, share: float) -> tuple[Volume, Volume]:
        """Two shapes of up to `spread` metres, with that share of it between their middles."""
        where = self.place()
        there = away(*where, self.random.uniform(0, 360), share * spread)
        a, b = (volume(self.shape(p, self.size(10, spread))) for p in (where, there))
        return a, b

    def band(self) -> Band:
        r = self.random
        lower = r.choice([0, r.randrange(0, 400_000)])
        return Band(
            lower,
            lower + r.choice([0, r.randrange(0, 200_000)]),
            r.choice(list(Unit)),
            r.choice([Datum.AMSL, *Datum]),
        )

    def window(self) -> Window:
        """An instant, an hour or months, all near to one another."""
        start = self.random.randrange(0, 4_000_000)
        long = self.random.choice([1, 1, 1_000, 3_600_000, 10_000_000_000])
        return Window(Moment(start), Moment(start + long))

    def plans(self) -> tuple[Planned, Planned, float]:
        """Two planned activities and how far apart they are, by the oracle.

        Their separation lies near to that, a little less or a little more.
        """
        a, b = self.pair()
        r, apart = self.random, oracle_m(a, b)
        near = apart + r.choice([-1, 1]) * self.size(0.4, 5_000)
        horizontal = round(min(max(near, 0), 1_000_000) * 1000)
        wide = Separation(horizontal, r.choice([0, 300_000]), r.choice([0, 1, 900_000]))
        less = Separation(r.randrange(0, horizontal + 1), 0, r.choice([0, 900_000]))
        one, other = (
            Planned(id, replace(v, band=self.band(), window=self.window()), separation)
            for id, v, separation in zip("ab", (a, b), r.sample([wide, less], 2), strict=True)
        )
        return one, other, apart
