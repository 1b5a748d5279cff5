"""What is known of two rows, compiled by numba: from chords, or exactly where that is quick.

Chords decide conservatively. `low` and `high` bound the true gap of two shapes from
both sides; what lies between the bounds is left to the exact verdict. Two circles,
and shapes of a few short edges (`short.py`), are measured here.
"""

from __future__ import annotations

from math import radians
from typing import Any

import numpy as np

from openline.conflict import geodesic
from openline.conflict.earth import ERROR_M, GEOD, LEAST_RADIUS_M, MOST_RADIUS_M, PIECE_M
from openline.conflict.measuring import compiled, gap_of, outline
from openline.conflict.sketch import POINTS

NO, OVERLAP, CONFLICT, ASK = 0, 1, 2, 3
"""What is known of a pair: no conflict; one with distance 0 and no flag; one; nothing."""
BEYOND = 4
"""Added where heights have two datums or a band reaches the ground: the verdict must say."""
_MARGIN_M = 1e-3
_STRAY_M = 0.8
"""A piece and the geodesic it stands for are never so far apart (earth.py, `_traced`)."""
_INSIDE_M = 3.0
"""How far within a ring a point lies that is called inside."""
_NEAR_M = 900_000.0
"""So far apart `geodesic.py` is trusted."""
_A, _B = GEOD.a, GEOD.b


@compiled
def _apart(a: Any, b: Any) -> Any:
    dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
    return np.sqrt(dx * dx + dy * dy + dz * dz)


@compiled
def _reach(row: Any) -> Any:
    return row.size_mm / 1000 if row.kind == 0 else row.size_mm / 2000


@compiled
def _arc(chord: float, radius: float) -> Any:
    """The arc over a chord; `inf` over half a circle or more."""
    return 2 * radius * np.arcsin(chord / (2 * radius)) if chord < 2 * radius else np.inf


@compiled
def vertical(a: Any, b: Any) -> Any:
    """How far apart the bands of two rows of one datum are, in 1e-7 m; less than 0: how deep."""
    scale_a = 10_000 if a.unit == 0 else 3_048
    scale_b = 10_000 if b.unit == 0 else 3_048
    low_a, high_a = np.int64(a.lower) * scale_a, np.int64(a.upper) * scale_a
    low_b, high_b = np.int64(b.lower) * scale_b, np.int64(b.upper) * scale_b
    return max(low_a - high_b, low_b - high_a)


@compiled
def _height(a: Any, b: Any) -> Any:
    """0 too far apart in height, 1 near enough, 2 not to be said here."""
    if a.datum != b.datum or a.to_surface or b.to_surface:
        return 2
    apart = vertical(a, b)
    separation = max(a.vertical_mm, b.vertical_mm)
    if separation == 0:
        level = a.lower == a.upper and b.lower == b.upper
        return 1 if apart < 0 or (apart == 0 and level) else 0
    return 1 if apart < np.int64(separation) * 10_000 else 0


@compiled
def _pieces_apart(p: Any, i: int, q: Any, j: int) -> Any:
    """Distance of two straight pieces, and by how much their arcs may differ from them."""
    i2, j2 = (i + 1 if p[i, 3] else i), (j + 1 if q[j, 3] else j)
    ux, uy, uz = p[i2, 0] - p[i, 0], p[i2, 1] - p[i, 1], p[i2, 2] - p[i, 2]
    vx, vy, vz = q[j2, 0] - q[j, 0], q[j2, 1] - q[j, 1], q[j2, 2] - q[j, 2]
    wx, wy, wz = p[i, 0] - q[j, 0], p[i, 1] - q[j, 1], p[i, 2] - q[j, 2]
    a, e = ux * ux + uy * uy + uz * uz, vx * vx + vy * vy + vz * vz
    f = vx * wx + vy * wy + vz * wz
    c = ux * wx + uy * wy + uz * wz
    b = ux * vx + uy * vy + uz * vz
    s, t = 0.0, 0.0
    if a > 0:
        square = a * e - b * b
        s = min(1.0, max(0.0, (b * f - c * e) / square)) if square > 1e-9 * a * e else 0.0
    if e > 0:
        t = (b * s + f) / e
        if t < 0 or t > 1:
            t = min(1.0, max(0.0, t))
            s = min(1.0, max(0.0, (b * t - c) / a)) if a > 0 else 0.0
    elif a > 0:
        s = min(1.0, max(0.0, -c / a))
    dx, dy, dz = wx + s * ux - t * vx, wy + s * uy - t * vy, wz + s * uz - t * vz
    return np.sqrt(dx * dx + dy * dy + dz * dz), a + e


@compiled
def _flat(points: Any, up: Any, out: Any) -> Any:
    """Points in the gnomonic plane that faces `up` (a row's centre), in metres near it."""
    length = np.sqrt(up.x * up.x + up.y * up.y + up.z * up.z)
    kx, ky, kz = up.x / length, up.y / length, up.z / length
    ax, ay, az = (0.0, -kz, ky) if abs(kx) < 0.6 else (kz, 0.0, -kx)
    size = np.sqrt(ax * ax + ay * ay + az * az)
    ax, ay, az = ax / size, ay / size, az / size
    bx, by, bz = ky * az - kz * ay, kz * ax - kx * az, kx * ay - ky * ax
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        share = length / (x * kx + y * ky + z * kz)
        out[i, 0] = (x * ax + y * ay + z * az) * share
        out[i, 1] = (x * bx + y * by + z * bz) * share


@compiled
def _inside(ring: Any, joined: Any, x: float, y: float) -> Any:
    """Whether a point lies inside flat rings, and the square of its distance to them."""
    odd, near = False, np.inf
    for i in range(len(joined)):
        if joined[i, 3] == 0:
            continue
        x1, y1, x2, y2 = ring[i, 0], ring[i, 1], ring[i + 1, 0], ring[i + 1, 1]
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
        dx, dy = x2 - x1, y2 - y1
        square = dx * dx + dy * dy
        share = ((x - x1) * dx + (y - y1) * dy) / square if square > 0 else 0.0
        share = min(1.0, max(0.0, share))
        ex, ey = x1 + share * dx - x, y1 + share * dy - y
        near = min(near, ex * ex + ey * ey)
    return odd, near


@compiled
def _holds(a: Any, points_a: Any, points_b: Any, flat_a: Any, flat_b: Any) -> Any:
    """Whether area `a` holds a point of `b`: 0 none, 1 one well within, 2 hard to say."""
    _flat(points_a, a, flat_a)
    _flat(points_b, a, flat_b)
    found = 0
    for j in range(len(points_b)):
        odd, near = _inside(flat_a, points_a, flat_b[j, 0], flat_b[j, 1])
        if near < _INSIDE_M * _INSIDE_M:
            found = 2
        elif odd:
            return 1
    return found


@compiled
def _shapes(a: Any, points_a: Any, b: Any, points_b: Any, scratch: Any, enough: float) -> Any:
    """Bounds on the gap of two shapes whose traced points are known."""
    reach = _reach(a) + _reach(b)
    doubtful = False
    for turn in range(2):
        if turn == 0 and a.kind == 2:
            held = _holds(a, points_a, points_b, scratch[0], scratch[1])
        elif turn == 1 and b.kind == 2:
            held = _holds(b, points_b, points_a, scratch[0], scratch[1])
        else:
            continue
        if held == 1:
            return -np.inf, (-np.inf if a.kind == 2 and b.kind == 2 else -reach)
        doubtful = doubtful or held == 2
    least, most = np.inf, np.inf
    for i in range(len(points_a)):
        if points_a[i, 3] == 0 and len(points_a) > 1:
            continue
        for j in range(len(points_b)):
            if points_b[j, 3] == 0 and len(points_b) > 1:
                continue
            apart, squares = _pieces_apart(points_a, i, points_b, j)
            rise = squares / (8 * LEAST_RADIUS_M) + 2 * _STRAY_M
            least, most = min(least, apart - rise), min(most, apart + rise)
        if most < enough:
            break
    low = -np.inf if doubtful or least <= 0 else _arc(least, MOST_RADIUS_M) - reach
    return low, _arc(most, LEAST_RADIUS_M) - reach


@compiled
def _between(a: Any, run_a: Any, corners_a: Any, b: Any, run_b: Any, corners_b: Any,
    enough: float) -> Any:  # fmt: skip
    """Bounds on the gap of two shapes of which one is not short; none where nothing is known."""
    out = np.empty((2, 2 * POINTS, 4))
    points_a = _traced(corners_a, out[0]) if a.short else _pointed(run_a, out[0])
    points_b = _traced(corners_b, out[1]) if b.short else _pointed(run_b, out[1])
    if len(points_a) == 0 or len(points_b) == 0:
        return -np.inf, np.inf
    return _shapes(a, points_a, b, points_b, np.empty((2, 2 * POINTS, 2)), enough)


@compiled
def _pointed(run: Any, out: Any) -> Any:
    """The traced points among a shape's numbers."""
    first = 1 + run[0]
    count = (len(run) - first) // 4
    for k in range(count):
        at = first + 4 * k
        out[k, 0], out[k, 1], out[k, 2] = run[at] / 100, run[at + 1] / 100, run[at + 2] / 100
        out[k, 3] = run[at + 3]
    return out[:count]


@compiled
def _traced(corners: Any, out: Any) -> Any:
    """Points along the edges of a short shape: its chords, lifted to the ground.

    A plane section, which strays from the geodesic by less than 0.75 m over the longest
    edge of a short shape.
    """
    count = 0
    for k in range(len(corners)):
        c = corners[k]
        out[count, 0], out[count, 1], out[count, 2], out[count, 3] = c.x, c.y, c.z, c.joined
        count += 1
        if c.joined == 0:
            continue
        pieces = int(np.ceil(np.sqrt(c.square) / PIECE_M))
        for piece in range(1, pieces):
            share = piece / pieces
            x, y, z = c.x + c.ux * share, c.y + c.uy * share, c.z + c.uz * share
            up = 1 / np.sqrt((x * x + y * y) / (_A * _A) + z * z / (_B * _B))
            out[count, 0], out[count, 1], out[count, 2], out[count, 3] = x * up, y * up, z * up, 1.0
            count += 1
    return out[:count]


@compiled
def _circles(a: Any, b: Any) -> Any:
    """The gap of two circles."""
    lon_a, lat_a, lon_b, lat_b = a.lon, a.lat, b.lon, b.lat
    if lon_b < lon_a or (lon_b == lon_a and lat_b < lat_a):
        lon_a, lat_a, lon_b, lat_b = lon_b, lat_b, lon_a, lat_a
    length, _ = geodesic.inverse(
        radians(lon_a / 1e7), radians(lat_a / 1e7), radians(lon_b / 1e7), radians(lat_b / 1e7)
    )
    return length - _reach(a) - _reach(b)


@compiled
def run_of(row: Any, shapes: Any) -> Any:
    """The numbers of a row's shape; none of a circle."""
    return shapes[row.lon : row.lon + row.lat] if row.kind != 0 else shapes[:0]


@compiled
def decide(
    a: Any, run_a: Any, corners_a: Any, b: Any, shapes_b: Any, room: Any, exact: bool
) -> Any:
    """What is known of two rows, and their gap in metres.

    The gap is not a number where it is not known exactly, and less than any other where
    the two overlap for sure. `run_a` are the numbers of a's shape, `corners_a` its
    corners when it is short; `shapes_b` is the pool of `b`, whose corners are put into
    `room`. Unless `exact`, a gap is reckoned only where the answer hangs on it.
    """
    if max(a.start, b.start) - min(a.end, b.end) >= max(a.time_ms, b.time_ms):
        return NO, np.nan
    height = _height(a, b)
    if height == 0:
        return NO, np.nan
    beyond = BEYOND if height == 2 else 0
    separation = max(a.horizontal_mm, b.horizontal_mm) / 1000
    within = separation + ERROR_M
    chord, reach = _apart(a, b), _reach(a) + _reach(b)
    apart = chord - a.extent_m - b.extent_m
    if apart - reach >= within + _MARGIN_M:
        return NO, np.nan
    low, high, gap = -np.inf, np.inf, np.nan
    if a.kind == 0 and b.kind == 0:
        low, high = _arc(chord, MOST_RADIUS_M) - reach, _arc(chord, LEAST_RADIUS_M) - reach
        enough = -_MARGIN_M if exact else within - _MARGIN_M
        if low < within + _MARGIN_M and high >= enough and chord < _NEAR_M:
            low = high = gap = _circles(a, b)
    elif a.short and b.short:
        corners = room[: outline(b, run_of(b, shapes_b), room)]
        enough = -np.inf if exact else within - 2 * _MARGIN_M
        gap = gap_of(
            corners_a, a.kind == 2, corners, b.kind == 2,
            apart, reach, within + 2 * _MARGIN_M, enough,
        )  # fmt: skip
        if not np.isnan(gap):
            low = high = gap
    else:
        corners = room[: outline(b, run_of(b, shapes_b), room) if b.short else 0]
        enough = reach - 10 if separation >= 1 else -np.inf
        low, high = _between(a, run_a, corners_a, b, run_of(b, shapes_b), corners, enough)
    if low >= within + _MARGIN_M:
        return NO, np.nan
    if high >= within - _MARGIN_M:
        return ASK + beyond, np.nan
    flagged = separation - ERROR_M
    if high <= -_MARGIN_M and high < flagged - _MARGIN_M:
        return OVERLAP + beyond, -np.inf
    return CONFLICT + beyond, gap if abs(gap - flagged) >= _MARGIN_M else np.nan
