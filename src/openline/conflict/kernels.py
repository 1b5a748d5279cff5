"""What is compiled where numba is: search in the tree, and what chords can decide of two rows.

Imported by `compiled.py` alone, since importing numba takes its time. Every
constant arrives as an argument, so that no cache outlives a changed one.

Chords decide conservatively. `low` and `high` bound the true gap of two shapes
from both sides; what lies between the bounds is left to the exact verdict.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

NO, OVERLAP, CONFLICT, ASK = 0, 1, 2, 3
"""What is known of a pair: no conflict; one with distance 0 and no flag; one; nothing."""
BEYOND = 4
"""Added where heights have two datums or a band reaches the ground: the verdict must say."""
_MARGIN_M = 1e-3
_STRAY_M = 0.02
"""A piece and the plane section between its ends are never so far apart (earth.py)."""
_INSIDE_M = 3.0
"""How far within a ring a point lies that is called inside."""


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiled on the first call, and kept on disk where a folder can be written."""
    try:
        made: Callable[..., Any] = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # no folder for the cache
        made = numba.njit(nogil=True, error_model="numpy")(function)
    return made


@_compiled
def _apart(a: Any, b: Any) -> float:
    dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
    return np.sqrt(dx * dx + dy * dy + dz * dz)


@_compiled
def _reach(row: Any) -> float:
    return row.size_mm / 1000 if row.kind == 0 else row.size_mm / 2000


@_compiled
def _arc(chord: float, radius: float) -> float:
    """The arc over a chord; `inf` over half a circle or more."""
    return 2 * radius * np.arcsin(chord / (2 * radius)) if chord < 2 * radius else np.inf


@_compiled
def _height(a: Any, b: Any) -> int:
    """0 too far apart in height, 1 near enough, 2 not to be said here."""
    if a.datum != b.datum or a.to_surface or b.to_surface:
        return 2
    scale_a = 10_000 if a.unit == 0 else 3_048
    scale_b = 10_000 if b.unit == 0 else 3_048
    low_a, high_a = np.int64(a.lower) * scale_a, np.int64(a.upper) * scale_a
    low_b, high_b = np.int64(b.lower) * scale_b, np.int64(b.upper) * scale_b
    gap = max(0, low_a - high_b, low_b - high_a)
    separation = max(a.vertical_mm, b.vertical_mm)
    if separation == 0:
        same = low_a == high_a and low_b == high_b and low_a == low_b
        return 1 if same or (low_a < high_b and low_b < high_a) else 0
    return 1 if gap < np.int64(separation) * 10_000 else 0


@_compiled
def _pieces_apart(p: Any, i: int, q: Any, j: int) -> tuple[float, float]:
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


@_compiled
def _flat(points: Any, up: Any, out: Any) -> None:
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


@_compiled
def _inside(ring: Any, joined: Any, x: float, y: float) -> tuple[bool, float]:
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


@_compiled
def _holds(a: Any, points_a: Any, points_b: Any, flat_a: Any, flat_b: Any) -> int:
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


@_compiled
def _shapes(
    a: Any, points_a: Any, b: Any, points_b: Any, radii: Any, scratch: Any, enough: float
) -> tuple[float, float]:
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
            rise = squares / (8 * radii[0]) + 2 * _STRAY_M
            least, most = min(least, apart - rise), min(most, apart + rise)
        if most < enough:
            break
    low = -np.inf if doubtful or least <= 0 else _arc(least, radii[1]) - reach
    return low, _arc(most, radii[0]) - reach


@_compiled
def decide(a: Any, points_a: Any, b: Any, points_b: Any, radii: Any, scratch: Any) -> int:
    """What chords say of two rows. `radii` are the least and most radius of curvature, the error.

    `points_a` and `points_b` are a shape's traced points, of a circle its
    centre, and nothing where they are not known.
    """
    if max(a.start, b.start) - min(a.end, b.end) >= max(a.time_ms, b.time_ms):
        return NO
    height = _height(a, b)
    if height == 0:
        return NO
    beyond = BEYOND if height == 2 else 0
    separation = max(a.horizontal_mm, b.horizontal_mm) / 1000
    error = radii[2]
    chord, reach = _apart(a, b), _reach(a) + _reach(b)
    if chord - a.extent_m - b.extent_m - reach >= separation + error + _MARGIN_M:
        return NO
    if a.kind == 0 and b.kind == 0:
        low, high = _arc(chord, radii[1]) - reach, _arc(chord, radii[0]) - reach
    elif len(points_a) == 0 or len(points_b) == 0:
        return ASK + beyond
    else:
        enough = reach - 10 if separation >= 1 else -np.inf
        low, high = _shapes(a, points_a, b, points_b, radii, scratch, enough)
    if low >= separation + error + _MARGIN_M:
        return NO
    if high <= -_MARGIN_M and high < separation - error - _MARGIN_M:
        return OVERLAP + beyond
    return (CONFLICT if high < separation + error - _MARGIN_M else ASK) + beyond


@_compiled
def _shape_of(rows: Any, row: int, points: Any, first: Any, lone: Any) -> Any:
    """The points of a row; a circle's centre is put into `lone`."""
    if rows[row].kind == 0:
        lone[0, 0], lone[0, 1], lone[0, 2] = rows[row].x, rows[row].y, rows[row].z
        return lone
    at = rows[row].lon
    return points[first[at] : first[at + 1]]


@_compiled
def _lanes(nodes: Any, number: int, box: Any, hit: Any) -> None:
    """Which of a node's sixteen boxes meet `box`."""
    x1, y1, z1, t1, x2, y2, z2, t2 = box
    for lane in range(16):
        hit[lane] = (
            (nodes[number, 0, lane] <= x2) & (nodes[number, 4, lane] >= x1)
            & (nodes[number, 1, lane] <= y2) & (nodes[number, 5, lane] >= y1)
            & (nodes[number, 2, lane] <= z2) & (nodes[number, 6, lane] >= z1)
            & (nodes[number, 3, lane] <= t2) & (nodes[number, 7, lane] >= t1)
        )  # fmt: skip


@_compiled
def _grown(found: Any, count: int) -> Any:
    larger = np.empty((2 * len(found), found.shape[1]), dtype=np.int64)
    larger[:count] = found[:count]
    return larger


@_compiled
def _walk(
    nodes: Any,
    levels: Any,
    box: Any,
    least: int,
    rows: Any,
    points: Any,
    first: Any,
    asked: Any,
    asked_points: Any,
    radii: Any,
    work: Any,
    found: Any,
    count: int,
    mark: int,
) -> Any:
    """Append (mark, row, verdict) for each row above `least` that may conflict with `asked`."""
    stack, hit, lone, scratch = work
    sides = (box[0], box[1], box[2], box[3], box[4], box[5], box[6], box[7])
    top = len(levels) - 2
    for root in range(levels[top + 1] - levels[top]):
        stack[0, 0], stack[0, 1] = top, root
        held = 1
        while held:
            held -= 1
            level, number = stack[held, 0], stack[held, 1]
            _lanes(nodes, levels[level] + number, sides, hit)
            for lane in range(16):
                if not hit[lane]:
                    continue
                child = number * 16 + lane
                if level > 0:
                    if ((child + 1) << (4 * level)) > least:
                        stack[held, 0], stack[held, 1] = level - 1, child
                        held += 1
                    continue
                if child <= least:
                    continue
                shape = _shape_of(rows, child, points, first, lone)
                said = decide(asked, asked_points, rows[child], shape, radii, scratch)
                if said:
                    if count == len(found):
                        found = _grown(found, count)
                    found[count, 0], found[count, 1], found[count, 2] = mark, child, said
                    count += 1
    return found, count


@_compiled
def _work() -> Any:
    lone = np.zeros((1, 4))
    return (
        np.empty((160, 2), np.int64), np.zeros(16, np.bool_), lone, np.empty((2, 256, 2)),
    )  # fmt: skip


@_compiled
def search(
    nodes: Any,
    levels: Any,
    rows: Any,
    points: Any,
    first: Any,
    asked: Any,
    asked_points: Any,
    box: Any,
    radii: Any,
) -> Any:
    """(n, 3): rows that may conflict with the first row of `asked`, and what is known of each."""
    found = np.empty((32, 3), np.int64)
    work = _work()
    if asked[0].kind == 0:
        asked_points = np.zeros((1, 4))
        asked_points[0, 0], asked_points[0, 1] = asked[0].x, asked[0].y
        asked_points[0, 2] = asked[0].z
    found, count = _walk(
        nodes, levels, box, -1, rows, points, first, asked[0], asked_points, radii, work,
        found, 0, 0,
    )  # fmt: skip
    return found[:count]


@_compiled
def pairs(
    nodes: Any,
    levels: Any,
    rows: Any,
    points: Any,
    first: Any,
    begin: int,
    end: int,
    shrink: Any,
    radii: Any,
) -> Any:
    """(n, 3): pairs of rows, the first from `begin` up to `end`, and what is known of each."""
    found = np.empty((1024, 3), np.int64)
    work, own = _work(), np.zeros((1, 4))
    box = np.empty(8, np.float32)
    count = 0
    for row in range(begin, end):
        node, lane = row >> 4, row & 15
        if nodes[node, 0, lane] > nodes[node, 4, lane]:
            continue
        asked = rows[row]
        space, time = min(shrink[0], asked.horizontal_mm / 1000), min(shrink[1], asked.time_ms)
        for k in range(8):
            value = np.float64(nodes[node, k, lane])
            inward = time if k % 4 == 3 else space
            value += inward if k < 4 else -inward
            box[k] = value - abs(value) * 1.2e-7 if k < 4 else value + abs(value) * 1.2e-7
        asked_points = _shape_of(rows, row, points, first, own)
        found, count = _walk(
            nodes, levels, box, row, rows, points, first, asked, asked_points, radii, work,
            found, count, row,
        )  # fmt: skip
    return found[:count]


@_compiled
def _select(values: Any, order: Any, low: int, high: int, place: int) -> None:
    """Reorder `order[low:high]` so that what stands before `place` has no larger values."""
    high -= 1
    while low < high:
        pivot = values[order[(low + high) >> 1]]
        i, j = low, high
        while i <= j:
            while values[order[i]] < pivot:
                i += 1
            while values[order[j]] > pivot:
                j -= 1
            if i <= j:
                order[i], order[j] = order[j], order[i]
                i += 1
                j -= 1
        if place <= j:
            high = j
        elif place >= i:
            low = i
        else:
            return


@_compiled
def arrange(middle: Any, size: Any, order: Any, begin: int, end: int) -> None:
    """Sort `order[begin:end]` in place so that boxes near each other share a node on each level.

    It is halved again and again where a node ends, across the side that is
    longest for the size of the boxes. `middle` is (4, n), `size` (4,).
    """
    stack = np.empty((128, 2), np.int64)
    stack[0, 0], stack[0, 1] = begin, end
    held = 1
    while held:
        held -= 1
        low, high = stack[held, 0], stack[held, 1]
        step = 16
        while step * 16 < high - low:
            step *= 16
        while step > 1:
            place = (low + high + step) // (2 * step) * step
            if low < place < high:
                break
            step >>= 4
        if step < 16:
            continue
        longest, axis = -1.0, 0
        for k in range(4):
            least, most = np.inf, -np.inf
            for at in range(low, high):
                value = middle[k, order[at]]
                least, most = min(least, value), max(most, value)
            length = (most - least) / size[k]
            if length > longest:
                longest, axis = length, k
        _select(middle[axis], order, low, high, place)
        stack[held, 0], stack[held, 1] = low, place
        stack[held + 1, 0], stack[held + 1, 1] = place, high
        held += 2
