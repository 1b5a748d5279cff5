"""Search in the tree, compiled where numba is; imported by `compiled.py` alone.

Importing numba takes a second, and compiling this half a minute; what is compiled
is kept on disk where a folder can be written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from openline.conflict import boxes, rows, verdict
from openline.conflict.chords import BEYOND, NO, decide, run_of, vertical
from openline.conflict.corners import CORNER, CORNERS
from openline.conflict.earth import ERROR_M
from openline.conflict.measuring import compiled, kept, outline
from openline.conflict.packing import arrange
from openline.conflict.rows import ROW

__all__ = ["arrange", "hold", "pairs", "search", "settle"]
FROM = (
    *("boxes", "chords", "corners", "earth", "geodesic"),
    *("measuring", "rows", "short", "sketch", "verdict"),
)
SOURCES = "78a18b262a75ef01"
"""The digest of the files from which functions or numbers are compiled into this one: it changes
with them, and with it what is kept on disk."""


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
def _among(nodes: Any, box: Any, met: Any) -> Any:
    """As `_met`, of leaves without a tree over them; what a box meets is asked in place again."""
    x1, y1, z1, t1, x2, y2, z2, t2 = box[0], box[1], box[2], box[3], box[4], box[5], box[6], box[7]
    count = 0
    for leaf in range(len(nodes)):
        node = np.uint64(leaf)
        lanes: Any = 0
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
        row = 16 * leaf
        while lanes:
            if lanes & 1:
                met[count] = row
                count += 1
            lanes >>= 1
            row += 1
    return met, count


@compiled
def _met(nodes: Any, levels: Any, box: Any, least: int, stack: Any, met: Any) -> Any:
    """Put the rows above `least` whose boxes `box` meets into `met`, which may grow; how many."""
    x1, y1, z1, t1, x2, y2, z2, t2 = box[0], box[1], box[2], box[3], box[4], box[5], box[6], box[7]
    top, count = len(levels) - 2, 0
    if top == 0:
        return _among(nodes[: levels[1]], box, met)
    for root in range(levels[top + 1] - levels[top]):
        stack[0, 0], stack[0, 1] = top, root
        held = 1
        while held:
            held -= 1
            level, number = stack[held, 0], stack[held, 1]
            node = np.uint64(levels[level] + number)
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
            child = number * 16 - 1
            if count + 16 > len(met):
                met = np.concatenate((met, met))
            while lanes:
                child += 1
                if lanes & 1 and level > 0:
                    if ((child + 1) << (4 * level)) > least:
                        stack[held, 0], stack[held, 1] = level - 1, child
                        held += 1
                elif lanes & 1 and child > least:
                    met[count] = child
                    count += 1
                lanes >>= 1
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
def settle(asked: Any, run: Any, box: Any, lane: Any, origin: int) -> Any:
    """See `rows.settle`."""
    return rows.settle(asked, run, box, lane, origin)


@kept
def hold(asked: Any, lane: Any, table: Any, nodes: Any, number: int) -> Any:
    """See `rows.hold`."""
    return rows.hold(asked, lane, table, nodes, number)


@kept
def search(
    asked: Any, run: Any, lane: Any, least_m: float, least_ms: float,
    nodes0: Any, levels0: Any, table0: Any, shapes0: Any,
    nodes1: Any, levels1: Any, table1: Any, shapes1: Any,
    nodes2: Any, levels2: Any, table2: Any, shapes2: Any,
) -> Any:  # fmt: skip
    """(n, 7): what may conflict with the one asked about, and what a finding would say of it.

    That is: the part and the row in it, whether it is flagged ``within-error``, the
    horizontal gap in metres, the vertical one, and the begin and end of the time that both
    share. A gap that is not a number is left to the verdict, with all the rest.

    Three parts are searched, given array by array, since numba is slow to take tuples. `run`
    are the numbers of the asked one's shape, `lane` is its box; no separation in the
    parts is less than `least_m` and `least_ms`.
    """
    parts = (
        (nodes0, levels0, table0.view(ROW), shapes0),
        (nodes1, levels1, table1.view(ROW), shapes1),
        (nodes2, levels2, table2.view(ROW), shapes2),
    )
    box, stack = np.empty(8, np.float32), _stack()
    met, found, count = np.empty(64, np.int64), np.empty((8, 7)), 0
    one = asked.view(ROW)[0]
    shrunk(lane, one, least_m, least_ms, box)
    for mark in range(3):
        held = parts[mark]
        met, near = _met(held[0], held[1], box, -1, stack, met)
        if near:
            before, room = count, np.empty((2, CORNERS), CORNER)
            found, count = _decided(held, met[:near], one, run, room, True, found, count)
            found[before:count, 0] = mark
            _figures(one, held[2], found[before:count])
    return found[:count]


@kept
def pairs(
    nodes: Any, levels: Any, table: Any, shapes: Any, least_m: float, least_ms: float,
    begin: int, end: int,
) -> Any:  # fmt: skip
    """(n, 3): pairs of rows, the first from `begin` up to `end`, and what is known of each.

    The rows of a leaf lie near each other. So the tree is walked once for all of them, and
    each is held to the leaves that were met.
    """
    held = (nodes, levels, table.view(ROW), shapes)
    room, stack = np.empty((2, CORNERS), CORNER), _stack()
    boxes, around = np.empty((16, 8), np.float32), np.empty(8, np.float32)
    leaves, met = np.empty(64, np.int64), np.empty(1024, np.int64)
    found, count = np.empty((1024, 4)), 0
    for leaf in range(begin >> 4, (end + 15) >> 4):
        around[:4], around[4:] = np.inf, -np.inf
        for lane in range(16):
            row = min(16 * leaf + lane, len(held[2]) - 1)
            shrunk(nodes[leaf, :, lane], held[2][row], least_m, least_ms, boxes[lane])
            for k in range(4):
                around[k] = min(around[k], boxes[lane, k])
                around[k + 4] = max(around[k + 4], boxes[lane, k + 4])
        if len(levels) > 2:  # a tree without its leaves is a tree of leaves
            leaves, many = _met(
                nodes[levels[1] :], levels[1:] - levels[1], around, leaf - 1, stack, leaves
            )
        else:
            leaves[0], many = 0, 1
        near = nodes[leaves[:many]]
        for row in range(max(begin, 16 * leaf), min(end, 16 * leaf + 16)):
            met, places = _among(near, boxes[row & 15], met)
            later = 0
            for place in met[:places]:
                other = 16 * leaves[place >> 4] + (place & 15)
                met[later] = other
                later += other > row
            if later:
                asked, before = held[2][row], count
                run = run_of(asked, shapes)
                found, count = _decided(held, met[:later], asked, run, room, False, found, count)
                found[before:count, 0] = row
    return found[:count, :3].astype(np.int64)


@compiled
def _stack() -> Any:
    return np.empty((160, 2), np.int64)
