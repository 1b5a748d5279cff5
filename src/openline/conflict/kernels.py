"""Search in the tree, compiled where numba is; imported by `compiled.py` alone.

Importing numba takes a second, and compiling this half a minute; what is compiled
is kept on disk where a folder can be written.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from openline.conflict import boxes, rows
from openline.conflict.chords import NO, decide
from openline.conflict.corners import CORNER, CORNERS
from openline.conflict.measuring import compiled, outline
from openline.conflict.sketch import POINTS

SOURCES = ""
"""The digest of what is compiled here from other files: this one changes with them, and with
it what is kept on disk."""
settle, hold = compiled(rows.settle), compiled(rows.hold)


class Work(NamedTuple):
    """Room that a search uses again and again."""

    stack: Any
    asked: Any
    """The asked shape's corners."""
    corners: Any
    """Another's."""
    traced: Any
    flats: Any


@compiled
def _work() -> Any:
    return Work(
        np.empty((160, 2), np.int64),
        np.empty(CORNERS, CORNER),
        np.empty(CORNERS, CORNER),
        np.empty((2 * POINTS, 4)),
        np.empty((2, 2 * POINTS, 2)),
    )


@compiled
def _run(row: Any, data: Any, first: Any) -> Any:
    """What the pool holds of a row's shape; nothing of a circle."""
    at = row.lon
    return data[first[at] : first[at + 1]] if row.kind != 0 else data[:0]


@compiled
def shrunk(lane: Any, asked: Any, shrink: Any, box: Any) -> Any:
    """Put into `box` what a row's box must meet.

    Each side adds its own separation, and one of the two is enough. So the asked
    one's is taken back, down to the least that any row beside it has.
    """
    space, time = min(shrink[0], asked.horizontal_mm / 1000), min(shrink[1], asked.time_ms)
    for k in range(8):
        inward = time if k % 4 == 3 else space
        value = np.float64(lane[k])
        box[k] = boxes.down(value + inward) if k < 4 else boxes.up(value - inward)


@compiled
def _met(nodes: Any, levels: Any, box: Any, least: int, stack: Any, met: Any) -> Any:
    """Put the rows above `least` whose boxes `box` meets into `met`, which may grow; how many."""
    x1, y1, z1, t1, x2, y2, z2, t2 = box[0], box[1], box[2], box[3], box[4], box[5], box[6], box[7]
    top, count = len(levels) - 2, 0
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
    held: Any, met: Any, asked: Any, mine: Any, points: Any, exact: bool, work: Any,
    found: Any, count: int, mark: int,
) -> Any:  # fmt: skip
    """Append (mark, row, said, gap) for each row that was met and may conflict with `asked`."""
    _, _, table, all_points, first_point, vertices, first = held
    for child in met:
        row = table[child]
        said, gap = decide(
            asked, mine, points, row, _run(row, vertices, first),
            _run(row, all_points, first_point), exact, work,
        )  # fmt: skip
        if said != NO:
            if count == len(found):
                found = np.concatenate((found, found))
            found[count, 0], found[count, 1], found[count, 2] = mark, child, said
            found[count, 3] = gap
            count += 1
    return found, count


@compiled
def search(
    nodes: Any, levels: Any, table: Any, points: Any, first_point: Any, vertices: Any, first: Any,
    asked: Any, asked_points: Any, asked_vertices: Any, lane: Any, shrink: Any,
) -> Any:  # fmt: skip
    """(n, 3): rows that may conflict with the one asked about, what is known, and the gap."""
    work, box = _work(), np.empty(8, np.float32)
    one = asked[0]
    shrunk(lane, one, shrink, box)
    mine = work.asked[: outline(one, asked_vertices, work.asked) if one.short else 0]
    held = (nodes, levels, table, points, first_point, vertices, first)
    met, count = _met(nodes, levels, box, -1, work.stack, np.empty(64, np.int64))
    found, count = _decided(
        held, met[:count], one, mine, asked_points, True, work, np.empty((8, 4)), 0, 0
    )
    return found[:count, 1:]


@compiled
def pairs(
    nodes: Any, levels: Any, table: Any, points: Any, first_point: Any, vertices: Any, first: Any,
    begin: int, end: int, shrink: Any,
) -> Any:  # fmt: skip
    """(n, 3): pairs of rows, the first from `begin` up to `end`, and what is known of each."""
    work, box, lane = _work(), np.empty(8, np.float32), np.empty(8, np.float32)
    held = (nodes, levels, table, points, first_point, vertices, first)
    met, found, count = np.empty(1024, np.int64), np.empty((1024, 4)), 0
    for row in range(begin, end):
        if nodes[row >> 4, 0, row & 15] > nodes[row >> 4, 4, row & 15]:
            continue
        one = table[row]
        for k in range(8):
            lane[k] = nodes[row >> 4, k, row & 15]
        shrunk(lane, one, shrink, box)
        met, near = _met(nodes, levels, box, row, work.stack, met)
        if near == 0:
            continue
        run = _run(one, vertices, first)
        mine = work.asked[: outline(one, run, work.asked) if one.short else 0]
        found, count = _decided(
            held, met[:near], one, mine, _run(one, points, first_point), False, work,
            found, count, row,
        )  # fmt: skip
    return found[:count, :3].astype(np.int64)


@compiled
def _select(values: Any, order: Any, low: int, high: int, place: int) -> Any:
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


@compiled
def arrange(middle: Any, size: Any, order: Any, begin: int, end: int) -> Any:
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
