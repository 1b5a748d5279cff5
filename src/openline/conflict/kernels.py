"""Search in the tree, compiled where numba is; imported by `compiled.py` alone.

Importing numba takes a second, and compiling this some twenty; what is compiled
is kept on disk where a folder can be written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from openline.conflict.chords import NO, compiled, decide

CHORDS = "6abcb03d1465392e"
"""The digest of chords.py: this file changes with it, and with it what is kept on disk."""


@compiled
def _shape_of(rows: Any, row: int, points: Any, first: Any, lone: Any) -> Any:
    """The points of a row; a circle's centre is put into `lone`."""
    if rows[row].kind == 0:
        lone[0, 0], lone[0, 1], lone[0, 2] = rows[row].x, rows[row].y, rows[row].z
        return lone
    at = rows[row].lon
    return points[first[at] : first[at + 1]]


@compiled
def _grown(found: Any, count: int) -> Any:
    larger = np.empty((2 * len(found), found.shape[1]), dtype=np.int64)
    larger[:count] = found[:count]
    return larger


@compiled
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
    stack, lone, scratch = work
    x1, y1, z1, t1, x2, y2, z2, t2 = box[0], box[1], box[2], box[3], box[4], box[5], box[6], box[7]
    top = len(levels) - 2
    for root in range(levels[top + 1] - levels[top]):
        stack[0, 0], stack[0, 1] = top, root
        held = 1
        while held:
            held -= 1
            level, number = stack[held, 0], stack[held, 1]
            node = np.uint64(levels[level] + number)
            met: Any = 0  # a bit for each lane that the box meets: in place, a call would cost more
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
                met |= np.int64(meets) << k
            child = number * 16 - 1
            while met:
                child += 1
                if met & 1 and level > 0:
                    if ((child + 1) << (4 * level)) > least:
                        stack[held, 0], stack[held, 1] = level - 1, child
                        held += 1
                elif met & 1 and child > least:
                    shape = _shape_of(rows, child, points, first, lone)
                    said = decide(asked, asked_points, rows[child], shape, radii, scratch)
                    if said != NO:
                        if count == len(found):
                            found = _grown(found, count)
                        found[count, 0], found[count, 1], found[count, 2] = mark, child, said
                        count += 1
                met >>= 1
    return found, count


@compiled
def _work() -> Any:
    return np.empty((160, 2), np.int64), np.zeros((1, 4)), np.empty((2, 256, 2))


@compiled
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


@compiled
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
