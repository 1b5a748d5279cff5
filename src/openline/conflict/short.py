"""The gap of two shapes of a few short geodesic edges that lie near each other, number by number.

Most pairs are such. What cores and their figures find by arrays in a millisecond is
found here in some ten microseconds, by the same geodesics:

- two edges cross, or not, by which sides of each other's plane sections their ends lie
  on; an edge of `_EDGE_M` leaves its section by less than 0.75 m, and nothing nearer
  than `_DOUBT_M` is decided here;
- sections and chords say, to within `_SHARE` and `_ROOM_M`, how far each corner is from
  each edge of the other shape; of the nearest, `across_m` says it exactly.

Lengths are metres, places earth-centred metres, angles degrees.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from math import atan2, cos, dist, hypot, inf, radians, sin
from typing import NamedTuple

from openline.conflict.earth import ERROR_M, GEOD, RADIUS_M
from openline.conflict.sketch import Place, place
from openline.words.volume import Area, Circle, Corridor, Edges, Path, Shape, Volume

_CORNERS = 32
"""A shape of more is no work for single numbers."""
_EDGE_M = 100_000.0
_EXTENT_M = 150_000.0
_APART_M = 100_000.0
_DOUBT_M = 3.0
_SHARE, _ROOM_M = 1e-3, 3.0
_SAME_M = 1e-3
_TURNS = 12


class Corner(NamedTuple):
    """A vertex: degrees, and its place."""

    lon: float
    lat: float
    at: Place


class Edge(NamedTuple):
    """From one corner to the next; `normal` is that of its plane section, of length 1."""

    tail: Corner
    head: Corner
    along: Place
    square: float
    normal: Place
    middle: Place
    half_m: float
    """Of a ball around the middle that holds the edge, its arc too."""


class Short(NamedTuple):
    """A shape, within `extent_m` of `centre` but for its radius."""

    lines: list[list[Corner]]
    edges: list[Edge]
    centre: Place
    extent_m: float
    radius_m: float
    solid: bool


def gap_m(a: Volume, b: Volume, within_m: float) -> float | None:
    """What `geometry.gap_m` finds of two volumes, or None where it must be asked."""
    p, q = short_of(a.shape, a.edges), short_of(b.shape, b.edges)
    if p is None or q is None:
        return None
    reach = p.radius_m + q.radius_m
    apart = dist(p.centre, q.centre) - p.extent_m - q.extent_m
    if apart - reach > within_m:
        return inf
    crosses = apart <= 0 and _crosses(p, q)
    if crosses is None:
        return None
    if not crosses:
        tries = [*_tries(p, q), *_tries(q, p)]
        least = min(tries, key=_first)[0] if tries else inf
        if not _DOUBT_M + _ROOM_M < least < _APART_M:
            return None
        if apart > 0 or not (_holds(p, q) or _holds(q, p)):
            bound = least * (1 + _SHARE) + _ROOM_M
            gap = min(_exactly(*each) for each in tries if each[0] <= bound) - reach
            return gap if gap <= within_m else inf
    if p.solid and q.solid:
        return -inf if within_m > 2 * ERROR_M else None
    return -reach


def short_of(shape: Shape, edges: Edges) -> Short | None:
    """A shape, or None when it is wide, of many or long edges, or of several parts."""
    if isinstance(shape, Circle):
        only = _corner(shape.centre.lon_e7, shape.centre.lat_e7)
        return Short([[only]], [], only.at, 0.0, shape.radius_mm / 1000, False)
    return _drawn(shape, edges)


@lru_cache(maxsize=1024)
def _drawn(shape: Corridor | Area, edges: Edges) -> Short | None:
    paths: tuple[Path, ...]
    match shape:
        case Corridor(path, width_mm):
            paths, radius_m, solid = (path,), width_mm / 2000, False
        case Area((polygon,)):
            paths, radius_m, solid = (polygon.outer, *polygon.holes), 0.0, True
        case _:
            return None
    if edges is not Edges.GEODESIC or sum(map(len, paths)) > _CORNERS:
        return None
    lines = [_line(path) for path in paths]
    drawn = [_edge(tail, head) for line in lines for tail, head in pairwise(line)]
    columns = list(zip(*(corner.at for line in lines for corner in line), strict=True))
    x, y, z = ((min(each) + max(each)) / 2 for each in columns)
    reach = max(dist((x, y, z), corner.at) for line in lines for corner in line)
    # Arcs rise above their chords, the inside of a ring above its hull: as `core.bound` has it.
    extent_m = reach * 1.001 + 10.0
    if extent_m > _EXTENT_M or any(edge.square > _EDGE_M**2 for edge in drawn):
        return None
    if solid and any(len(line) < 4 for line in lines):
        return None  # it encloses nothing
    return Short(lines, drawn, (x, y, z), extent_m, radius_m, solid)


def _corner(lon_e7: int, lat_e7: int) -> Corner:
    lon, lat = lon_e7 / 1e7, lat_e7 / 1e7
    return Corner(lon, lat, place(lon, lat))


def _line(path: Path) -> list[Corner]:
    """Its corners; none repeats the one before."""
    found: list[Corner] = []
    for position in path:
        corner = _corner(position.lon_e7, position.lat_e7)
        if not found or dist(found[-1].at, corner.at) > _SAME_M:
            found.append(corner)
    return found


def _edge(tail: Corner, head: Corner) -> Edge:
    (x1, y1, z1), (x2, y2, z2) = tail.at, head.at
    dx, dy, dz = x2 - x1, y2 - y1, z2 - z1
    nx, ny, nz = y1 * dz - z1 * dy, z1 * dx - x1 * dz, x1 * dy - y1 * dx
    size = hypot(nx, ny, nz)
    length = hypot(dx, dy, dz)
    return Edge(
        tail,
        head,
        (dx, dy, dz),
        length * length,
        (nx / size, ny / size, nz / size),
        ((x1 + x2) / 2, (y1 + y2) / 2, (z1 + z2) / 2),
        length * 0.502 + 1.0,
    )


def _off_m(corner: Corner, edge: Edge) -> float:
    """How far a corner lies to the left of an edge's plane section."""
    (x, y, z), (nx, ny, nz) = corner.at, edge.normal
    return x * nx + y * ny + z * nz


def _crosses(p: Short, q: Short) -> bool | None:
    """Whether an edge of one crosses one of the other; None where that is hard to say."""
    doubtful = False
    for e in p.edges:
        for f in q.edges:
            if dist(e.middle, f.middle) > e.half_m + f.half_m:
                continue
            sides = _sides(e, f)
            if sides != 1 and (others := _sides(f, e)) != 1:
                if sides == others == -1:
                    return True
                doubtful = True
    return None if doubtful else False


def _sides(of: Edge, to: Edge) -> int:
    """1 when an edge's ends lie on one side of another's section, -1 on both, 0 hard to say."""
    tail, head = _off_m(of.tail, to), _off_m(of.head, to)
    if min(abs(tail), abs(head)) < _DOUBT_M:
        return 0
    return 1 if (tail > 0) == (head > 0) else -1


Try = tuple[float, Corner, Edge, float]
"""How far a corner is from an edge, nearly, and how far along the edge: 0 to 1."""


def _first(each: Try) -> float:
    return each[0]


def _tries(p: Short, q: Short) -> Iterator[Try]:
    """Each corner of `p` against each edge of `q`."""
    for line in p.lines:
        for corner in line:
            x, y, z = at = corner.at
            for edge in q.edges:
                (x1, y1, z1), (dx, dy, dz) = edge.tail.at, edge.along
                share = ((x - x1) * dx + (y - y1) * dy + (z - z1) * dz) / edge.square
                if share <= 0:
                    yield dist(at, edge.tail.at), corner, edge, 0.0
                elif share >= 1:
                    yield dist(at, edge.head.at), corner, edge, 1.0
                else:
                    yield abs(_off_m(corner, edge)), corner, edge, share


def _holds(p: Short, q: Short) -> bool:
    """Whether area `p` holds a line of `q`, when no edges of theirs cross or touch."""
    return p.solid and any(_odd(p, line[0]) for line in q.lines)


def _odd(p: Short, corner: Corner) -> bool:
    """Whether a way from a corner to the horizon crosses the rings an odd number of times.

    In the plane that touches the earth there, lines from the earth's centre show sections
    as straight lines.
    """
    x, y, z = corner.at
    ax, ay, az = (-y, x, 0.0) if abs(z) < abs(x) + abs(y) else (0.0, -z, y)
    bx, by, bz = y * az - z * ay, z * ax - x * az, x * ay - y * ax
    odd = False
    for line in p.lines:
        seen = []
        for each in line:
            vx, vy, vz = each.at
            up = vx * x + vy * y + vz * z
            seen.append(((vx * ax + vy * ay + vz * az) / up, (vx * bx + vy * by + vz * bz) / up))
        for (u1, v1), (u2, v2) in pairwise(seen):
            if (v1 > 0) != (v2 > 0) and u1 - v1 * (u2 - u1) / (v2 - v1) > 0:
                odd = not odd
    return odd


def _exactly(_: float, corner: Corner, edge: Edge, share: float) -> float:
    tail, head = edge.tail, edge.head
    return across_m(corner.lon, corner.lat, tail.lon, tail.lat, head.lon, head.lat, share)


def across_m(
    lon: float, lat: float, lon0: float, lat0: float, lon1: float, lat1: float, share: float
) -> float:
    """The geodesic distance of a point from the geodesic between two others.

    From about `share` of the way it steps to the foot of the perpendicular, by the right
    spherical triangle, until the foot moves by no micrometre.
    """
    azimuth, _, length = GEOD.inv(lon0, lat0, lon1, lat1)
    foot = share * length
    for _ in range(_TURNS):
        foot_lon, foot_lat, back = GEOD.fwd(lon0, lat0, azimuth, foot)
        bearing, _, distance = GEOD.inv(foot_lon, foot_lat, lon, lat)
        turn, arc = radians(bearing - back - 180), distance / RADIUS_M
        ahead = RADIUS_M * atan2(sin(arc) * cos(turn), cos(arc))
        moved = min(max(foot + ahead, 0.0), length) - foot
        if abs(moved) < 1e-6:
            break
        foot += moved
    return float(distance)
