"""A shape's footprint on the ground, a little too large rather than too small."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from openline.conflict.outline import outline
from openline.words import limits
from openline.words.volume import Circle, Corridor, Volume

_WIDER, _MORE_MM = 1.001, 1_000


def footprint(volume: Volume) -> dict[str, Any]:
    """Everything within the shape, its radius counted in, as `outline` draws it.

    An outline lies inside the round ends that it draws, by at most 0.06 % of their
    radius: so it is drawn around a shape that is that much wider, and 1 m.
    """
    shape = volume.shape
    if isinstance(shape, Circle):
        shape = replace(shape, radius_mm=_widened(shape.radius_mm))
    elif isinstance(shape, Corridor):
        shape = replace(shape, width_mm=_widened(shape.width_mm))
    return outline(replace(volume, shape=shape))


def _widened(mm: int) -> int:
    return min(int(mm * _WIDER) + _MORE_MM, limits.RADIUS_MM)
