"""How far apart two shapes are, over the earth's surface.

Distances are lengths of the shortest geodesics on WGS 84, in metres, right at
the poles and across the antimeridian, because all work is in earth-centred
coordinates. In three steps: balls around shapes, blocks and pieces set bounds
that cannot be wrong; chords narrow them to a few pairs of a point and a piece
(on a surface curved like the earth two edges that do not cross are nearest at
an end of one of them); Karney's geodesics decide. Whether cores cross or hold
one another is asked in the gnomonic plane of each.

Error: below `ERROR_M` (0.25 m) for edges and distances of any length that a
shape may have. With geodesic edges it is about 1 cm; edges straight in
longitude and latitude take the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from openline.conflict import short
from openline.conflict.core import Core, core_of
from openline.conflict.earth import ERROR_M, GEOD, RADIUS_M, Floats, Ints, relaxed, sag
from openline.conflict.segments import segments_apart
from openline.conflict.short import across_m
from openline.words.volume import Circle, Volume

_BLOCK = 64
_AT_ONCE = 1 << 16
_FEW = 256
_ROUNDING_M = 0.01


def horizontal_m(a: Volume, b: Volume) -> float:
    """Least distance between two volumes' shapes in metres, 0 when they overlap."""
    return max(0.0, gap_between_m(a, b))


def gap_between_m(a: Volume, b: Volume, within_m: float = inf) -> float:
    """`gap_m` of two volumes' shapes. Circles and shapes of few short edges need no core."""
    if isinstance(a.shape, Circle) and isinstance(b.shape, Circle):
        p, q = a.shape.centre, b.shape.centre
        reach = a.shape.radius_mm / 1000 + b.shape.radius_mm / 1000
        return points_apart_m(p.lon_e7, p.lat_e7, q.lon_e7, q.lat_e7) - reach
    gap = short.gap_m(a, b, within_m)
    if gap is None:
        return gap_m(core_of(a.shape, a.edges), core_of(b.shape, b.edges), within_m)
    return gap


def points_apart_m(lon_a: int, lat_a: int, lon_b: int, lat_b: int) -> float:
    """The geodesic between two points, given in 1e-7 degree; the same in both orders."""
    if (lon_b, lat_b) < (lon_a, lat_a):
        lon_a, lat_a, lon_b, lat_b = lon_b, lat_b, lon_a, lat_a
    _, _, distance = GEOD.inv(lon_a / 1e7, lat_a / 1e7, lon_b / 1e7, lat_b / 1e7)
    return float(distance)


def gap_m(a: Core, b: Core, within_m: float = inf) -> float:
    """Least distance; negative when they overlap by at least so much; `inf` beyond `within_m`."""
    reach = a.radius_m + b.radius_m
    apart = a.ball.gap_m(b.ball)
    if apart - reach > within_m:
        return inf
    if apart <= 0 and (_meets(a, b) or _meets(b, a)):
        if not (a.solid and b.solid):
            return -reach
        # Areas that share a border meet as well; the difference matters only near zero.
        sure = within_m > 2 * ERROR_M or _overlaps_well(a, b) or _overlaps_well(b, a)
        return -inf if sure else 0.0
    gap = _distance(a, b, within_m + reach) - reach
    return gap if gap <= within_m else inf


def _outline_in(plane_of: Core, core: Core) -> BaseGeometry:
    """The pieces (or the point) of `core`, as far as the plane of `plane_of` shows them."""
    shown = plane_of.plane.shows(core.xyz)
    if len(core.xyz) == 1:
        return shapely.Point(plane_of.plane.project(core.xyz)[0]) if shown[0] else shapely.Point()
    whole = shown[core.start] & shown[core.end]
    flat = plane_of.plane.project(np.where(shown[:, None], core.xyz, plane_of.plane.frame[0]))
    pieces = np.stack([flat[core.start[whole]], flat[core.end[whole]]], axis=1)
    lines: Any = shapely.linestrings(pieces)
    drawn: BaseGeometry = shapely.multilinestrings(lines)
    return drawn


def _meets(a: Core, b: Core) -> bool:
    """Whether the outline of `b` has a point in the core of `a`."""
    return bool(a.figure.intersects(_outline_in(a, b)))


def _overlaps_well(a: Core, b: Core) -> bool:
    """Whether area `a`, taken in by ERROR_M, still meets area `b`, as seen from `a`."""
    smaller = a.figure.buffer(-ERROR_M / RADIUS_M, join_style="mitre")
    if smaller.is_empty:
        return False
    if smaller.intersects(_outline_in(a, b)):
        return True
    inner = a.plane.lift(np.array(smaller.representative_point().coords))
    return bool(b.plane.shows(inner)[0]) and bool(
        b.figure.intersects(shapely.Point(b.plane.project(inner)[0]))
    )


def _distance(a: Core, b: Core, within_m: float) -> float:
    """Least distance between the pieces of two cores that do not cross; `inf` beyond `within_m`."""
    i, j = _near_pieces(a, b, within_m)
    if not len(i):
        return inf
    tried = [_Tries(a, points, b, j) for points in (a.start[i], a.end[i])] + [
        _Tries(b, points, a, i) for points in (b.start[j], b.end[j])
    ]
    bound = relaxed(min(float(t.most.min()) for t in tried))
    return min(t.exactly(bound) for t in tried)


def _near_pieces(a: Core, b: Core, within_m: float) -> tuple[Ints, Ints]:
    """Pairs of pieces among which the nearest pair is."""
    bound = within_m
    kept: list[tuple[Ints, Ints, Floats]] = []
    for slice_a, slice_b, least in _near_blocks(a, b, within_m):
        if least > bound:
            break
        middles = a.middle[slice_a, None] - b.middle[None, slice_b]
        apart = np.sqrt(np.einsum("ijk,ijk->ij", middles, middles))
        halves = a.half[slice_a, None] + b.half[None, slice_b]
        bound = min(bound, relaxed(float((apart + halves).min())))
        i, j = np.nonzero(apart - halves <= bound)
        closest = (apart - halves)[i, j]
        i, j = i + slice_a.start, j + slice_b.start
        if len(i) > _FEW:
            closest, bound = _by_chords(a, b, i, j, bound)
            near = closest <= bound
            i, j, closest = i[near], j[near], closest[near]
        kept.append((i, j, closest))
    if not kept:
        none = np.zeros(0, dtype=np.int64)
        return none, none
    i, j, least_of = (np.concatenate(column) for column in zip(*kept, strict=True))
    near = least_of <= bound
    return i[near], j[near]


def _near_blocks(a: Core, b: Core, within_m: float) -> Iterator[tuple[slice, slice, float]]:
    """Pairs of runs of pieces with a lower bound on their distance, the nearest first."""
    if len(a.half) * len(b.half) <= _AT_ONCE:
        yield slice(0, len(a.half)), slice(0, len(b.half)), 0.0
        return
    (tail_a, head_a, radius_a), (tail_b, head_b, radius_b) = _blocks(a), _blocks(b)
    apart = segments_apart(tail_a[:, None], head_a[:, None], tail_b[None], head_b[None])
    radii = radius_a[:, None] + radius_b[None]
    i, j = np.nonzero(apart - radii <= within_m)
    least = (apart - radii)[i, j]
    for k in np.argsort(least, kind="stable"):
        at, by = int(i[k]) * _BLOCK, int(j[k]) * _BLOCK
        yield slice(at, at + _BLOCK), slice(by, by + _BLOCK), float(least[k])


def _by_chords(a: Core, b: Core, i: Ints, j: Ints, bound: float) -> tuple[Floats, float]:
    """How close pairs of pieces are at least, and a closer `bound` on the nearest pair."""
    ends = a.xyz[a.start[i]], a.xyz[a.end[i]], b.xyz[b.start[j]], b.xyz[b.end[j]]
    apart = segments_apart(*ends)
    rise = sag(2 * a.half[i]) + sag(2 * b.half[j])
    return apart - rise - _ROUNDING_M, min(bound, relaxed(float((apart + rise).min())))


def _blocks(core: Core) -> tuple[Floats, Floats, Floats]:
    """Runs of `_BLOCK` pieces within a radius (n,) of segments, whose tails and heads (n, 3) are.

    A run of a long way is thin, however often it turns: a ball around it would reach too far.
    """
    count = len(core.half)
    first = np.arange(0, count, _BLOCK)
    lengths = np.diff(np.append(first, count))
    tails, heads = core.xyz[core.start], core.xyz[core.end]
    centre = np.add.reduceat(tails + heads, first) / (2 * lengths[:, None])
    out = np.stack([tails, heads], axis=1) - np.repeat(centre, lengths, axis=0)[:, None]
    spread = np.add.reduceat(np.einsum("kni,knj->kij", out, out), first)
    along = np.linalg.eigh(spread)[1][:, :, -1]
    share = np.einsum("kni,ki->kn", out, np.repeat(along, lengths, axis=0))
    aside = np.linalg.norm(
        out - share[..., None] * np.repeat(along, lengths, axis=0)[:, None], axis=-1
    )
    radius = np.maximum.reduceat(aside.max(axis=1) + sag(2 * core.half), first)
    least, most = (
        np.minimum.reduceat(share.min(axis=1), first),
        np.maximum.reduceat(share.max(axis=1), first),
    )
    return centre + least[:, None] * along, centre + most[:, None] * along, radius


class _Tries:
    """Pairs of a point of one core and a piece of another, with bounds from their chords."""

    def __init__(self, of: Core, points: Ints, to: Core, pieces: Ints) -> None:
        self.of, self.points, self.to, self.pieces = of, points, to, pieces
        tail, head = to.xyz[to.start[pieces]], to.xyz[to.end[pieces]]
        along, out = head - tail, of.xyz[points] - tail
        square = np.einsum("ij,ij->i", along, along)
        share = np.einsum("ij,ij->i", out, along) / np.where(square > 0, square, 1.0)
        self.share = np.clip(share, 0.0, 1.0)
        apart = np.linalg.norm(out - self.share[:, None] * along, axis=1)
        rise = sag(np.sqrt(square))
        self.least, self.most = apart - rise, apart + rise

    def exactly(self, bound: float) -> float:
        """The least geodesic distance among the pairs not surely beyond `bound`, else `inf`."""
        chosen = np.flatnonzero(self.least <= bound)
        nearest = inf
        for at in chosen[np.argsort(self.least[chosen])].tolist():
            if self.least[at] >= nearest:
                break
            point, piece = self.points[at], self.pieces[at]
            tail, head = self.to.start[piece], self.to.end[piece]
            found = across_m(
                *(self.of.lon.item(point), self.of.lat.item(point)),
                *(self.to.lon.item(tail), self.to.lat.item(tail)),
                *(self.to.lon.item(head), self.to.lat.item(head)),
                self.share.item(at),
            )
            nearest = min(nearest, found)
        return nearest
