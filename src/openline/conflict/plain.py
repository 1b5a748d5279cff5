"""The same search and the same decisions as `kernels.py`, by numpy: where numba is absent.

It walks the tree level by level, with all nodes of a level at once. Two circles
it decides itself; of any other pair that is near it says ASK, so the exact
verdict decides more often, and the answers are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openline.conflict import rows
from openline.conflict.boxes import OUTWARD, Lanes
from openline.conflict.earth import ERROR_M, LEAST_RADIUS_M, MOST_RADIUS_M, Floats, Ints
from openline.conflict.pool import Run
from openline.conflict.rows import FINDING, ROW, Asked, Bytes, Table

NO, OVERLAP, CONFLICT, ASK = 0, 1, 2, 3
BEYOND = 4
_MARGIN_M = 1e-3
_BITS = 15
_AT_ONCE = 4096
"""Rows whose neighbours are looked for together."""


def settle(asked: Bytes, run: Run, origin: int) -> bool:
    """See `rows.settle`, which takes its numbers from a list in a third of the time."""
    return rows.settle(asked, run.tolist(), origin)


def laid(parts: Sequence[Sequence[NDArray[Any]]]) -> Sequence[Sequence[NDArray[Any]]]:
    """Parts as `search` takes them: as they are."""
    return parts


def search(
    asked: Asked, least_m: float, least_ms: float, parts: Sequence[Sequence[NDArray[Any]]],
    exact: bool,
) -> list[list[float]]:  # fmt: skip
    """See `kernels.search`; of gaps it knows none."""
    asked.settle(settle)
    one, found = asked.table, [np.empty((0, FINDING))]
    box = _shrunk(asked.lane[None, :].astype(np.float64), one, least_m, least_ms)
    for mark, (nodes, levels, table, _) in enumerate(parts):
        marks, met = _walk(nodes, levels, box)
        known = _decide(one[marks], table.view(ROW)[met])
        met, known = met[known != NO], known[known != NO]
        found.append(np.full((len(met), FINDING), np.nan))
        found[-1][:, 0], found[-1][:, 1], found[-1][:, 2] = mark, met, known
    said: list[list[float]] = np.concatenate(found)[:, : FINDING if exact else 3].tolist()
    return said


def pairs(
    nodes: Lanes, levels: Ints, held: Bytes, _shapes: Run, least_m: float, least_ms: float,
    begin: int, end: int,
) -> Ints:  # fmt: skip
    """(n, 3): see `kernels.pairs`."""
    table = held.view(ROW)
    found: list[Any] = [np.empty((0, 3), np.int64)]
    for start in range(begin, end, _AT_ONCE):
        chosen: Ints = np.arange(start, min(end, start + _AT_ONCE))
        boxes: Floats = nodes[chosen >> 4, :, chosen & 15].astype(np.float64)
        alive = boxes[:, 0] <= boxes[:, 4]
        chosen, boxes = chosen[alive], boxes[alive]
        marks, others = _walk(nodes, levels, _shrunk(boxes, table[chosen], least_m, least_ms))
        later = others > chosen[marks]
        mine, others = chosen[marks[later]], others[later]
        said = _decide(table[mine], table[others])
        found.append(np.column_stack([mine, others, said])[said != NO])
    return np.concatenate(found)


def _shrunk(boxes: Floats, asked: Table, least_m: float, least_ms: float) -> Lanes:
    """(n, 8): see `kernels.shrunk`."""
    space = np.minimum(least_m, asked["horizontal_mm"] / 1000)
    inward = np.column_stack([space] * 3 + [np.minimum(least_ms, asked["time_ms"])])
    least, most = boxes[:, :4] + inward, boxes[:, 4:] - inward
    least, most = least - np.abs(least) * OUTWARD, most + np.abs(most) * OUTWARD
    return np.concatenate([least, most], axis=1).astype(np.float32)


def _walk(nodes: Lanes, levels: Ints, boxes: Lanes) -> tuple[Ints, Ints]:
    """Which boxes meet which rows: numbers of both, one pair after another."""
    top = len(levels) - 2
    roots = np.arange(levels[top + 1] - levels[top])
    marks = np.repeat(np.arange(len(boxes)), len(roots))
    reached = np.tile(roots, len(boxes))
    for level in range(top, -1, -1):
        node, box = nodes[levels[level] + reached], boxes[marks]
        least, most = box[:, :4, None], box[:, 4:, None]
        met = ((node[:, :4] <= most) & (node[:, 4:] >= least)).all(axis=1)
        at, lane = np.nonzero(met)
        marks, reached = marks[at], reached[at] * 16 + lane
    return marks, reached


def _arc(chord: Floats, radius: float) -> Floats:
    share = chord / (2 * radius)
    arc: Floats = np.where(share < 1, 2 * radius * np.arcsin(np.minimum(share, 1)), np.inf)
    return arc


def _heights(a: Table, b: Table) -> tuple[Any, Any]:
    """Which pairs are near enough in height, and of which it cannot be said here."""
    low_a, high_a, low_b, high_b = (
        row[end] * np.where(row["unit"] == 0, 10_000, 3_048).astype(np.int64)
        for row in (a, b)
        for end in ("lower", "upper")
    )
    gap = np.maximum(0, np.maximum(low_a - high_b, low_b - high_a))
    separation = np.maximum(a["vertical_mm"], b["vertical_mm"]).astype(np.int64)
    same = (low_a == high_a) & (low_b == high_b) & (low_a == low_b)
    shared = same | ((low_a < high_b) & (low_b < high_a))
    beyond = (a["datum"] != b["datum"]) | (a["to_surface"] | b["to_surface"]).astype(np.bool_)
    return beyond | np.where(separation == 0, shared, gap < separation * 10_000), beyond


def _decide(a: Table, b: Table) -> Ints:
    late, early = np.maximum(a["start"], b["start"]), np.minimum(a["end"], b["end"])
    near, beyond = _heights(a, b)
    near &= late - early < np.maximum(a["time_ms"], b["time_ms"])
    separation = np.maximum(a["horizontal_mm"], b["horizontal_mm"]) / 1000
    limit = separation + ERROR_M
    reach = sum(row["size_mm"] / np.where(row["kind"] == 0, 1000, 2000) for row in (a, b))
    chord = np.sqrt(sum((a[axis] - b[axis]) ** 2 for axis in "xyz"))
    extents = a["extent_m"].astype(np.float64) + b["extent_m"]
    near &= chord - extents - reach < limit + _MARGIN_M
    low, high = _arc(chord, MOST_RADIUS_M) - reach, _arc(chord, LEAST_RADIUS_M) - reach
    said = np.where(high < limit - _MARGIN_M, CONFLICT, ASK)
    said[(high <= -_MARGIN_M) & (high < separation - ERROR_M - _MARGIN_M)] = OVERLAP
    said[low >= limit + _MARGIN_M] = NO
    said[(a["kind"] != 0) | (b["kind"] != 0)] = ASK
    said = np.where(beyond & (said != NO), said + BEYOND, said)
    kept: Ints = np.where(near, said, NO)
    return kept


def arrange(middle: Floats, size: Floats, order: Ints, begin: int, end: int) -> None:  # noqa: ARG001
    """See `kernels.arrange`; by a Morton key, which is quicker here and packs less well."""
    these = middle[:, order[begin:end]]
    least = these.min(axis=1, keepdims=True)
    scale = (2**_BITS - 1) / np.maximum(these.max(axis=1, keepdims=True) - least, 1e-9)
    cells = ((these - least) * scale).astype(np.uint64)
    key = np.zeros(end - begin, dtype=np.uint64)
    for axis in range(4):
        key |= _spread(cells[axis]) << np.uint64(axis)
    order[begin:end] = order[begin:end][np.argsort(key)]


def _spread(cells: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Three zero bits between the bits of each number of up to 16."""
    for shift, mask in (
        (24, 0x000000FF000000FF),
        (12, 0x000F000F000F000F),
        (6, 0x0303030303030303),
        (3, 0x1111111111111111),
    ):
        cells = (cells | cells << np.uint64(shift)) & np.uint64(mask)
    return cells
