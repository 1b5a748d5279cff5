"""What is written for one corner or one number at a time, made fit for compiled code.

`short.py`, `corners.py` and `geodesic.py` run as they stand; here numba is told that
it may compile them, and what to take in place of `pyproj`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from numba.extending import overload, register_jitable

from openline.conflict import boxes, corners, geodesic, rows, short, sketch, verdict

Function = Callable[..., Any]


def compiled(function: Function) -> Function:
    """Compiled on the first call, by whatever calls it: no other process has to know."""
    made: Function = numba.njit(nogil=True, error_model="numpy")(function)
    return made


def kept(function: Function) -> Function:
    """Compiled with all that it calls, and kept on disk where a folder can be written.

    It is kept for as long as the file of the function stays as it is.
    """
    try:
        made: Function = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # no folder for the cache
        made = compiled(function)
    return made


for _module in (geodesic, corners, boxes, sketch, short, rows, verdict):
    for _name in _module.COMPILED:
        register_jitable(getattr(_module, _name))


overload(short.across_m, strict=False)(lambda *_: geodesic.across_m)


gap_of = compiled(short.gap_of)


@compiled
def outline(row: Any, run: Any, out: Any) -> Any:
    """Put the corners of a short shape's row into `out`, whose numbers are `run`; how many."""
    if row.kind == 0:
        c = out[0]
        c.lon, c.lat = row.lon / 1e7, row.lat / 1e7
        c.x, c.y, c.z, c.joined = row.x, row.y, row.z, 0.0
        return 1
    if row.kind == 1:
        return _line(run, 1, run[0] // 2, out, 0)
    count, at = 0, 2
    for _ in range(run[1]):
        count = _line(run, at + 1, run[at], out, count)
        at += 1 + 2 * run[at]
    return count


@compiled
def _line(run: Any, at: int, length: int, out: Any, count: int) -> Any:
    """Put one path or ring into `out` from `count` on; as `corners.py` does."""
    begin = count
    for k in range(length):
        lon, lat = run[at + 2 * k] / 1e7, run[at + 2 * k + 1] / 1e7
        x, y, z = corners.place(lon, lat)
        if count > begin:
            tail = out[count - 1]
            if corners.dist_m(tail.x, tail.y, tail.z, x, y, z) <= corners.SAME_M:
                continue
            tail.joined = 1.0
            (
                tail.ux, tail.uy, tail.uz, tail.square, tail.nx, tail.ny, tail.nz,
                tail.mx, tail.my, tail.mz, tail.half_m,
            ) = corners.edge(tail.x, tail.y, tail.z, x, y, z)  # fmt: skip
        c = out[count]
        c.lon, c.lat, c.x, c.y, c.z, c.joined = lon, lat, x, y, z, 0.0
        count += 1
    return count
