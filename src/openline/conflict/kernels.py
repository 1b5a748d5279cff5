"""Search in the tree, compiled where numba is; imported by `compiled.py` alone.

Importing numba takes a second, and compiling this half a minute; what is compiled
is kept on disk where a folder can be written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from openline.conflict import boxes, rows, verdict
from openline.conflict.addresses import addresses, ahead, opened, trailing_zeros
from openline.conflict.chords import BEYOND, NO, decide, run_of, vertical
from openline.conflict.corners import CORNER, CORNERS
from openline.conflict.earth import ERROR_M
from openline.conflict.measuring import compiled, kept, outline
from openline.conflict.packing import arrange
from openline.conflict.rows import FINDING, ROW, Asked

__all__ = ["arrange", "laid", "pairs", "search", "settle"]
FROM = (
    *("addresses", "boxes", "chords", "corners", "earth", "geodesic"),
    *("measuring", "rows", "short", "sketch", "verdict"),
)
SOURCES = "698f6dced6f287a2"
"""The digest of the files from which functions or numbers are compiled into this one: it changes
with them, and with it what is kept on disk."""
_ROW = ROW.itemsize
_BOX = 4 * boxes.LANE
_NODE = _BOX * boxes.WIDTH
laid = addresses


@compiled
def shrunk(lane: Any, asked: Any, least_m: float, least_ms: float, box: Any) -> Any:
    """Put into `box` what a row's box must meet.

    Each side adds its own separation, and one of the two is enough. So the asked
    one's is taken back, down to the least that anyone has.
    """
    space, time = min(least_m, asked.horizontal_mm / 1000), min(least_ms, asked.time_ms)
    for k in range(8):
        inward = time if k % 4 == 3 else space
        value = np.float64(lane[k])
        box[k] = boxes.down(value + inward) if k < 4 else boxes.up(value - inward)


@compiled
def _among(nodes: Any, chosen: Any, box: Any, met: Any) -> Any:
    """As `_met`, of some nodes on the lowest level; what a box meets is asked in place again."""
    x1, y1, z1, t1, x2, y2, z2, t2 = box[0], box[1], box[2], box[3], box[4], box[5], box[6], box[7]
    count = 0
    for number in chosen:
        node = np.uint64(number)
        lanes: Any = 0
        for k in range(16):
            lane = np.uint64(k)
            lanes |= np.int64((nodes[node, 3, lane] <= t2) & (nodes[node, 7, lane] >= t1)) << k
        if lanes == 0:  # what came one after another most often shares no time
            continue
        lanes = 0
        for k in range(16):
            lane = np.uint64(k)
            meets = (
                (nodes[node, 0, lane] <= x2)
                & (nodes[node, 4, lane] >= x1)
                & (nodes[node, 1, lane] <= y2)
                & (nodes[node, 5, lane] >= y1)
                & (nodes[node, 2, lane] <= z2)
                & (nodes[node, 6, lane] >= z1)
                & (nodes[node, 3, lane] <= t2)
                & (nodes[node, 7, lane] >= t1)
            )
            lanes |= np.int64(meets) << k
        if lanes and count + 16 > len(met):
            met = np.concatenate((met, met))
        while lanes:
            met[count] = 16 * number + trailing_zeros(lanes)
            lanes &= lanes - 1
            count += 1
    return met, count


@compiled
def _met(nodes: Any, levels: Any, box: Any, least: int, address: int, size: int, met: Any) -> Any:
    """Put the rows above `least` whose boxes `box` meets into `met`, which may grow; how many.

    Level by level, so that what is met on one is fetched while others are compared: the nodes
    of the next level, and of rows what stands at `address`, `size` bytes each.
    """
    x1, y1, z1, t1, x2, y2, z2, t2 = box[0], box[1], box[2], box[3], box[4], box[5], box[6], box[7]
    top, count = len(levels) - 2, 0
    if top == 0:
        return _among(nodes, np.arange(levels[1]), box, met)
    reached, begin, end, held = np.empty(512, np.int64), 0, 1, 1
    reached[0] = levels[top]
    for level in range(top, -1, -1):
        for number in reached[begin:end]:
            node = np.uint64(number)
            lanes: Any = 0  # a bit for each that the box meets: in place, a call would cost more
            for k in range(16):
                lane = np.uint64(k)
                meets = (
                    (nodes[node, 0, lane] <= x2)
                    & (nodes[node, 4, lane] >= x1)
                    & (nodes[node, 1, lane] <= y2)
                    & (nodes[node, 5, lane] >= y1)
                    & (nodes[node, 2, lane] <= z2)
                    & (nodes[node, 6, lane] >= z1)
                    & (nodes[node, 3, lane] <= t2)
                    & (nodes[node, 7, lane] >= t1)
                )
                lanes |= np.int64(meets) << k
            if held + 16 > len(reached):
                reached = np.concatenate((reached, reached))
            if count + 16 > len(met):
                met = np.concatenate((met, met))
            first = 16 * (number - levels[level])
            while lanes:
                child = first + trailing_zeros(lanes)
                lanes &= lanes - 1
                if ((child + 1) << (4 * level)) <= least:
                    continue
                if level:
                    reached[held] = levels[level - 1] + child
                    ahead(nodes.ctypes.data + reached[held] * _NODE, _NODE)
                    held += 1
                else:
                    met[count] = child
                    ahead(address + child * size, size)
                    count += 1
        begin, end = end, held
    return met, count


@compiled
def _decided(
    held: Any, met: Any, asked: Any, run: Any, room: Any, exact: bool, found: Any, count: int
) -> Any:
    """Append (row, what is known, gap) for each row that was met and may conflict with `asked`."""
    _, _, table, shapes = held
    corners = room[0, : outline(asked, run, room[0]) if asked.short else 0]
    others = room[1]
    for child in met:
        row = table[child]
        said, gap = decide(asked, run, corners, row, shapes, others, exact)
        if said != NO:
            if count == len(found):
                found = np.concatenate((found, found))
            found[count, 1], found[count, 2], found[count, 3] = child, said, gap
            count += 1
    return found, count


@compiled
def _figures(asked: Any, table: Any, found: Any) -> Any:
    """Fill in what a finding says of each pair whose gap is known; see `search`."""
    for k in range(len(found)):
        row = table[int(found[k, 1])]
        if found[k, 2] >= BEYOND:
            found[k, 3] = np.nan
        separation_m = max(asked.horizontal_mm, row.horizontal_mm) / 1000
        found[k, 2] = found[k, 3] >= separation_m - ERROR_M
        found[k, 4] = max(0, vertical(asked, row)) / 1e7
        found[k, 5], found[k, 6] = verdict.shared_ms(
            asked.start, asked.end, row.start, row.end, max(asked.time_ms, row.time_ms)
        )


@kept
def settle(asked: Any, run: Any, origin: int) -> Any:
    """See `rows.settle`."""
    return rows.settle(asked, run, origin)


def search(
    asked: Asked, least_m: float, least_ms: float, parts: Any, exact: bool
) -> list[list[float]]:
    """Which rows may conflict with `asked`: the part and the row in it; and more.

    When `exact`, what a finding would say: whether it is flagged ``within-error``, the
    horizontal gap in metres, the vertical one, and the begin and end of the time that both
    share. A gap that is not a number is left to the verdict, with all the rest. Else only
    what is known of the two (`chords.decide`).

    No separation in the parts, which `laid` has laid out, is less than `least_m` and `least_ms`.
    """
    known = _search(
        asked.bytes, asked.run, asked.origin, asked.settled, exact, least_m, least_ms, parts,
        asked.found,
    )  # fmt: skip
    if known < 0:
        asked.settle(settle)
        return search(asked, least_m, least_ms, parts, exact)
    asked.settled = True
    if known > len(asked.found):
        asked.found = np.empty((2 * known, FINDING))
        return search(asked, least_m, least_ms, parts, exact)
    if known == 0:
        return []
    said: list[list[float]] = asked.found[:known, : FINDING if exact else 3].tolist()
    return said


@kept
def _search(
    asked: Any, run: Any, origin: int, settled: bool, exact: bool, least_m: float,
    least_ms: float, parts: Any, out: Any,
) -> Any:  # fmt: skip
    """Put into `out` what `search` gives, all of it if there is room; how much there is.

    -1 where it takes more than compiled code to settle what is asked about.
    """
    if not (settled or rows.settle(asked, run, origin)):
        return -1
    box, met = np.empty(8, np.float32), np.empty(64, np.int64)
    one, found, count = asked[:_ROW].view(ROW)[0], out, 0
    shrunk(asked[_ROW : _ROW + _BOX].view(np.float32), one, least_m, least_ms, box)
    for mark in range(len(parts)):
        held = opened(parts[mark])
        nodes, levels, table, _ = held
        met, near = _met(nodes, levels, box, -1, parts[mark, 4], _ROW, met)
        if near:
            before, room = count, np.empty((2, CORNERS), CORNER)
            found, count = _decided(held, met[:near], one, run, room, exact, found, count)
            found[before:count, 0] = mark
            if exact:
                _figures(one, table, found[before:count])
    return count


@kept
def pairs(
    nodes: Any, levels: Any, table: Any, shapes: Any, least_m: float, least_ms: float,
    begin: int, end: int,
) -> Any:  # fmt: skip
    """(n, 3): pairs of rows, the first from `begin` up to `end`, and what is known of each.

    The rows of a leaf lie near each other. So the tree is walked once for all of them, and
    each is held to the boxes that they met together.
    """
    held = (nodes, levels, table.view(ROW), shapes)
    room = np.empty((2, CORNERS), CORNER)
    own, around = np.empty((16, 8), np.float32), np.empty(8, np.float32)
    leaves, others = np.empty(64, np.int64), np.empty(1024, np.int64)
    met, found, count = np.empty(1024, np.int64), np.empty((1024, 4)), 0
    for leaf in range(begin >> 4, (end + 15) >> 4):
        around[:4], around[4:] = np.inf, -np.inf
        for lane in range(16):
            row = min(16 * leaf + lane, len(held[2]) - 1)
            shrunk(nodes[leaf, :, lane], held[2][row], least_m, least_ms, own[lane])
            for k in range(4):
                around[k] = min(around[k], own[lane, k])
                around[k + 4] = max(around[k + 4], own[lane, k + 4])
        leaves, many = _leaves(nodes, levels, around, leaf, leaves)
        others, many = _among(nodes, leaves[:many], around, others)
        near = _gathered(nodes, others[:many], table.ctypes.data)
        every = np.arange(len(near))
        for row in range(max(begin, 16 * leaf), min(end, 16 * leaf + 16)):
            met, places = _among(near, every, own[row & 15], met)
            later = 0
            for place in met[:places]:
                met[later] = others[place]
                later += others[place] > row
            if later:
                asked, before = held[2][row], count
                run = run_of(asked, shapes)
                found, count = _decided(held, met[:later], asked, run, room, False, found, count)
                found[before:count, 0] = row
    return found[:count, :3].astype(np.int64)


@compiled
def _leaves(nodes: Any, levels: Any, box: Any, least: int, met: Any) -> Any:
    """As `_met`, of the leaves from `least` on."""
    if len(levels) == 2:
        met[0] = 0
        return met, 1
    first = levels[1]  # a tree without its leaves is a tree of leaves
    return _met(
        nodes[first:], levels[1:] - first, box, least - 1, nodes.ctypes.data, _NODE, met
    )  # fmt: skip


@compiled
def _gathered(nodes: Any, rows: Any, table: int) -> Any:
    """The boxes of some rows as nodes, in their order. The rows, from `table` on, are fetched."""
    near = np.empty(((len(rows) + 15) >> 4, 8, 16), np.float32)
    for k in range(len(rows)):
        node, lane = np.uint64(rows[k] >> 4), np.uint64(rows[k] & 15)
        to, at = np.uint64(k >> 4), np.uint64(k & 15)
        for side in range(8):
            near[to, side, at] = nodes[node, side, lane]
        ahead(table + rows[k] * _ROW, _ROW)
    for k in range(len(rows), 16 * len(near)):
        near[k >> 4, 0, k & 15] = np.inf  # meets nothing
    return near
