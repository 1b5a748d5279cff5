"""How far straight segments in space are apart."""

from __future__ import annotations

import numpy as np

from openline.conflict.earth import Floats

_FLAT = 1e-14
"""Of lines at a smaller angle, 1e-7, it does not matter where along them one looks."""


def segments_apart(tail_a: Floats, head_a: Floats, tail_b: Floats, head_b: Floats) -> Floats:
    """Least distances between segments, whose ends are (..., 3); the shapes are broadcast.

    The two lines' nearest points, taken back to the segments' ends by turns; for parallel
    segments any point of the first is as good. A segment may be a point.
    """
    along_a, along_b, out = head_a - tail_a, head_b - tail_b, tail_a - tail_b
    aa, bb, ab = _dot(along_a, along_a), _dot(along_b, along_b), _dot(along_a, along_b)
    ao, bo = _dot(along_a, out), _dot(along_b, out)
    square = aa * bb - ab * ab
    turned = square > _FLAT * aa * bb
    share_a = np.clip(
        np.where(turned, ab * bo - ao * bb, 0.0) / np.where(turned, square, 1.0), 0, 1
    )
    share_b = np.clip(_over(share_a * ab + bo, bb), 0, 1)
    share_a = np.clip(_over(share_b * ab - ao, aa), 0, 1)
    share_b = np.clip(_over(share_a * ab + bo, bb), 0, 1)
    gap = out + share_a[..., None] * along_a - share_b[..., None] * along_b
    return np.sqrt(_dot(gap, gap))


def _dot(a: Floats, b: Floats) -> Floats:
    product: Floats = np.einsum("...i,...i->...", a, b)
    return product


def _over(share: Floats, square: Floats) -> Floats:
    quotient: Floats = share / np.where(square > 0, square, 1.0)
    return quotient
