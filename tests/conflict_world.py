"""Shapes, planned activities and a slow oracle for the tests of the conflict room.

The oracle shares nothing with the engine but pyproj: it samples edges densely,
lays an azimuthal equidistant plane through the middle of the nearest points,
asks shapely there, and repeats until the middle stays.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import pairwise
from math import cos, exp, log, radians, sqrt, tan

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


def _between(p: Position, q: Position, edges: Edges, step_m: float) -> list[tuple[float, float]]:
    """Points along the edge from `p`, which is the first, up to but without `q`."""
    _, _, length = GEOD.inv(p.lon, p.lat, q.lon, q.lat)
    if edges is Edges.GEODESIC:
        count = int(length // step_m)
        inner = GEOD.npts(p.lon, p.lat, q.lon, q.lat, count) if count else []
        return [(p.lon, p.lat), *inner]
    turn = q.lon - p.lon
    turn -= 360 * round(turn / 360) if abs(turn) > 180 else 0
    run = 111_000 * (abs(turn) * max(cos(radians(p.lat)), cos(radians(q.lat))) + abs(q.lat - p.lat))
    # A parallel bends the more, the nearer it is to its pole: keep within 0.01 m.
    bend = tan(radians(min(89.99, max(abs(p.lat), abs(q.lat), 5)))) / 6.37e6
    count = int(run / min(step_m, sqrt(0.08 / bend))) + 1
    return [(p.lon + turn * k / count, p.lat + (q.lat - p.lat) * k / count) for k in range(count)]


def _sampled(path: Path, edges: Edges, step_m: float) -> list[tuple[float, float]]:
    points = [point for p, q in pairwise(path) for point in _between(p, q, edges, step_m)]
    return [*points, (path[-1].lon, path[-1].lat)]


def _rings(shape: Shape, edges: Edges, step_m: float) -> list[list[list[tuple[float, float]]]]:
    match shape:
        case Circle(centre, _):
            return [[[(centre.lon, centre.lat)]]]
        case Corridor(path, _):
            return [[_sampled(path, edges, step_m)]]
        case Area(polygons):
            return [[_sampled(r, edges, step_m) for r in (p.outer, *p.holes)] for p in polygons]


def _drawn(parts: list[list[list[tuple[float, float]]]], solid: bool, lon: float, lat: float):
    plane = Proj(proj="aeqd", lon_0=lon, lat_0=lat, ellps="WGS84")

    def flat(points):
        xs, ys = plane([p[0] for p in points], [p[1] for p in points])
        return list(zip(xs, ys, strict=True))

    if solid:
        shapes = [shapely.Polygon(flat(rings[0]), [flat(r) for r in rings[1:]]) for rings in parts]
        return shapely.union_all(shapes), plane
    points = flat(parts[0][0])
    return (shapely.LineString(points) if len(points) > 1 else shapely.Point(points[0])), plane


def oracle_m(a: Volume, b: Volume, step_m: float = 1000.0) -> float:
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
    for _ in range(6):
        (first, plane), (second, _) = (
            _drawn(p, isinstance(v.shape, Area), lon, lat)
            for p, v in zip(parts, (a, b), strict=True)
        )
        if first.intersects(second):
            # Only a plane that is centred on the meeting place may say so.
            p = q = first.intersection(second).representative_point()
        else:
            p, q = shapely.ops.nearest_points(first, second)
        ends = [plane(g.x, g.y, inverse=True) for g in (p, q)]
        azimuth, _, distance = GEOD.inv(*ends[0], *ends[1])
        lon, lat = away(*ends[0], azimuth, distance / 2)
    return max(0.0, distance - radius)


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
        kind = r.choice(["circle", "star", "star", "holed", "sliver", "corridor", "several"])
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
