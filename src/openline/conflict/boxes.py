"""Boxes in space and time: earth-centred metres and milliseconds, in float32 rounded outward.

A box is a lane of eight numbers: the least x, y, z and time, then the most.
Sixteen lanes side by side, (8, 16), are a node: one read of memory and one
comparison of vectors for each number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from openline.conflict.earth import ERROR_M

COMPILED = ("lane_of", "down", "up")
"""Functions that run compiled as well (`measuring.py`)."""
LANE = 8
WIDTH = 16
"""Lanes of a node."""
Lanes = NDArray[np.float32]
Lane = tuple[float, ...]
OUTWARD = 1.2e-7
"""More than float32 rounds off (2^-24 of a number), less than two steps of it."""
SLACK_M = ERROR_M + 0.01
"""The horizontal method's error, and what arithmetic may lose."""
EMPTY: Lane = (*[np.inf] * 4, *[-np.inf] * 4)
"""The box that meets nothing."""


def lane_of(
    x1: float, y1: float, z1: float, x2: float, y2: float, z2: float,
    reach_m: float, begins: float, ends: float,
) -> tuple[float, float, float, float, float, float, float, float]:  # fmt: skip
    """The box of a core between two corners, widened by `reach_m`, between two times.

    What it gives becomes float32 without ever moving inward.
    """
    wide = reach_m + SLACK_M
    return (
        down(x1 - wide), down(y1 - wide), down(z1 - wide), down(begins - 1.0),
        up(x2 + wide), up(y2 + wide), up(z2 + wide), up(ends + 1.0),
    )  # fmt: skip


def down(value: float) -> float:
    """`value`, or less: no more than it is when float32 has rounded it."""
    return value - abs(value) * OUTWARD


def up(value: float) -> float:
    """`value`, or more: no less than it is when float32 has rounded it."""
    return value + abs(value) * OUTWARD


def nodes_of(lanes: Lanes) -> Lanes:
    """(n, 8) boxes as (ceil(n / 16), 8, 16) nodes, the last filled up with empty boxes."""
    count = -(-len(lanes) // WIDTH)
    padded = np.empty((count * WIDTH, LANE), dtype=np.float32)
    padded[: len(lanes)] = lanes
    padded[len(lanes) :] = EMPTY
    return np.ascontiguousarray(padded.reshape(count, WIDTH, LANE).transpose(0, 2, 1))


def around(nodes: Lanes) -> Lanes:
    """(n, 8): the box around each node's lanes."""
    return np.concatenate([nodes[:, :4].min(axis=2), nodes[:, 4:].max(axis=2)], axis=1)


def tree_of(lanes: Lanes) -> tuple[Lanes, NDArray[np.int64]]:
    """All nodes over boxes in their order, leaves first, and where each level begins and ends.

    Lane j of node k on a level is the box of node 16 k + j on the level below,
    and on the lowest that of row 16 k + j.
    """
    level = nodes_of(lanes)
    levels = [level]
    while len(level) > 1:
        level = nodes_of(around(level))
        levels.append(level)
    first = np.cumsum([0, *(len(each) for each in levels)]).astype(np.int64)
    return np.concatenate(levels), first
