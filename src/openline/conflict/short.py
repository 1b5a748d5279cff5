"""The gap of two shapes of a few short geodesic edges that lie near each other, number by number.

Most pairs are such. What cores and their figures find by arrays in a millisecond is
found here in some ten microseconds, by the same geodesics:

- two edges cross, or not, by which sides of each other's plane sections their ends lie
  on; an edge of `EDGE_M` leaves its section by less than 0.75 m, and nothing nearer
  than `_DOUBT_M` is decided here;
- sections and chords say, to within `_SHARE` and `_ROOM_M`, how far each corner is from
  each edge of the other shape; of the nearest, `across_m` says it exactly.

Lengths are metres, places earth-centred metres, angles degrees. What stands here runs
as it is, on lists of `Corner`s, and compiled, on arrays of `CORNER` (`kernels.py`).
"""

from __future__ import annotations

from math import inf, nan, radians

from openline.conflict.corners import Corner, Outline, dist_m, short_of
from openline.conflict.earth import ERROR_M, GEOD
from openline.conflict.geodesic import FOOT_M, TURNS, step_to_foot
from openline.words.volume import Volume

COMPILED = (
    "gap_of", "_off_m", "_crosses", "_sides", "_nearly", "_least", "_exactly", "_holds", "_odd",
)  # fmt: skip
"""Functions that run compiled as well (`measuring.py`)."""
_APART_M = 100_000.0
_DOUBT_M = 3.0
_SHARE, _ROOM_M = 1e-3, 3.0
_NONE, _CROSS, _UNSURE = 0, 1, 2


def gap_m(a: Volume, b: Volume, within_m: float) -> float | None:
    """What `geometry.gap_m` finds of two volumes, or None where it must be asked."""
    p, q = short_of(a.shape, a.edges), short_of(b.shape, b.edges)
    if p is None or q is None:
        return None
    apart = dist_m(*p.centre, *q.centre) - p.extent_m - q.extent_m
    reach = p.radius_m + q.radius_m
    if apart - reach > within_m:
        return inf
    found = gap_of(p.outline, p.solid, q.outline, q.solid, apart, reach, within_m)
    return None if found != found else found  # noqa: PLR0124 (not a number)


def gap_of(
    p: Outline,
    p_solid: bool,
    q: Outline,
    q_solid: bool,
    apart: float,
    reach: float,
    within_m: float,
    enough_m: float = -inf,
) -> float:
    """As `gap_m`, of outlines whose balls lie `apart`; not a number where it must be asked.

    Of a gap that is surely no more than `enough_m` it gives a bound.
    """
    crosses = _crosses(p, q) if apart <= 0 else _NONE
    if crosses != _CROSS:
        least = min(_least(p, q), _least(q, p))
        if least >= _APART_M:
            return nan
        bound = least * (1 + _SHARE) + _ROOM_M
        if crosses == _UNSURE or least <= _DOUBT_M + _ROOM_M:
            return bound - reach if bound - reach <= enough_m else nan
        if apart > 0 or not ((p_solid and _holds(p, q)) or (q_solid and _holds(q, p))):
            if least * (1 - _SHARE) - _ROOM_M - reach > within_m:
                return inf
            if bound - reach <= enough_m:
                return bound - reach
            gap = min(_exactly(p, q, bound), _exactly(q, p, bound)) - reach
            return gap if gap <= within_m else inf
    if p_solid and q_solid:
        return -inf if within_m > 2 * ERROR_M else nan
    return -reach


def _off_m(corner: Corner, edge: Corner) -> float:
    """How far a corner lies to the left of an edge's plane section."""
    return corner.x * edge.nx + corner.y * edge.ny + corner.z * edge.nz


def _crosses(p: Outline, q: Outline) -> int:
    """Whether an edge of one crosses one of the other, or that is hard to say."""
    found = _NONE
    for i in range(len(p) - 1):
        for j in range(len(q) - 1):
            e, f = p[i], q[j]
            if e.joined == 0 or f.joined == 0:
                continue
            dx, dy, dz, near = e.mx - f.mx, e.my - f.my, e.mz - f.mz, e.half_m + f.half_m
            if dx * dx + dy * dy + dz * dz > near * near:
                continue
            sides = _sides(e, p[i + 1], f)
            if sides != 1:
                others = _sides(f, q[j + 1], e)
                if sides == -1 and others == -1:
                    return _CROSS
                if others != 1:
                    found = _UNSURE
    return found


def _sides(tail: Corner, head: Corner, edge: Corner) -> int:
    """1 when two corners lie on one side of an edge's section, -1 on both, 0 hard to say."""
    first, last = _off_m(tail, edge), _off_m(head, edge)
    if min(abs(first), abs(last)) < _DOUBT_M:
        return 0
    return 1 if (first > 0) == (last > 0) else -1


def _nearly(c: Corner, e: Corner, head: Corner) -> tuple[float, float]:
    """How far a corner is from an edge, to within `_SHARE` and `_ROOM_M`; and how far along."""
    along = (c.x - e.x) * e.ux + (c.y - e.y) * e.uy + (c.z - e.z) * e.uz
    if along <= 0:
        return dist_m(c.x, c.y, c.z, e.x, e.y, e.z), 0.0
    if along >= e.square:
        return dist_m(c.x, c.y, c.z, head.x, head.y, head.z), 1.0
    return abs(_off_m(c, e)), along / e.square


def _least(p: Outline, q: Outline) -> float:
    """How far the corners of `p` are from the edges of `q`, nearly."""
    least = inf
    for i in range(len(p)):
        for j in range(len(q) - 1):
            if q[j].joined != 0:
                least = min(least, _nearly(p[i], q[j], q[j + 1])[0])
    return least


def _exactly(p: Outline, q: Outline, bound: float) -> float:
    """The least geodesic distance of those of them that may be the least of all."""
    least = inf
    for i in range(len(p)):
        for j in range(len(q) - 1):
            if q[j].joined != 0:
                nearly, share = _nearly(p[i], q[j], q[j + 1])
                if nearly <= bound:
                    c, e, head = p[i], q[j], q[j + 1]
                    exact = across_m(c.lon, c.lat, e.lon, e.lat, head.lon, head.lat, share)
                    least = min(least, exact)
    return least


def _holds(p: Outline, q: Outline) -> bool:
    """Whether rings `p` hold a line of `q`, when no edges of theirs cross or touch."""
    for j in range(len(q)):  # noqa: SIM110 (numba has no generators)
        if (j == 0 or q[j - 1].joined == 0) and _odd(p, q[j]):
            return True
    return False


def _odd(p: Outline, corner: Corner) -> bool:
    """Whether a way from a corner to the horizon crosses the rings an odd number of times.

    In the plane that touches the earth there, lines from the earth's centre show sections
    as straight lines.
    """
    x, y, z = corner.x, corner.y, corner.z
    ax, ay, az = (-y, x, 0.0) if abs(z) < abs(x) + abs(y) else (0.0, -z, y)
    bx, by, bz = y * az - z * ay, z * ax - x * az, x * ay - y * ax
    odd = False
    u1, v1 = 0.0, 0.0
    for i in range(len(p)):
        c = p[i]
        up = c.x * x + c.y * y + c.z * z
        u2, v2 = (c.x * ax + c.y * ay + c.z * az) / up, (c.x * bx + c.y * by + c.z * bz) / up
        if i > 0 and p[i - 1].joined != 0 and (v1 > 0) != (v2 > 0):
            odd = odd != (u1 - v1 * (u2 - u1) / (v2 - v1) > 0)
        u1, v1 = u2, v2
    return odd


def across_m(
    lon: float, lat: float, lon0: float, lat0: float, lon1: float, lat1: float, share: float
) -> float:
    """The geodesic distance of a point from the geodesic between two others.

    From about `share` of the way it steps to the foot of the perpendicular, by the right
    spherical triangle, until the foot moves by no micrometre.
    """
    azimuth, _, length = GEOD.inv(lon0, lat0, lon1, lat1)
    foot = share * length
    for _ in range(TURNS):
        foot_lon, foot_lat, back = GEOD.fwd(lon0, lat0, azimuth, foot)
        bearing, _, distance = GEOD.inv(foot_lon, foot_lat, lon, lat)
        moved = step_to_foot(radians(bearing - back - 180), distance, foot, length)
        if abs(moved) < FOOT_M:
            break
        foot += moved
    return float(distance)
