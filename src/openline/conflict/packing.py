"""How rows are put in order before a tree is packed over them, compiled by numba."""

from __future__ import annotations

from typing import Any

import numpy as np

from openline.conflict.measuring import compiled, kept


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


@kept
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
