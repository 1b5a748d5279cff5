"""Arcs on the WGS 84 ellipsoid, as positions close enough to one another to stand for them."""

from __future__ import annotations

import math

from pyproj import Geod

from openline.formats.shapes import Place, bad_shape
from openline.words import filelimits, limits

_GEOD = Geod(ellps="WGS84")


def arc(centre: Place, radius_m: float, start: float, end: float, clockwise: bool) -> list[Place]:
    """The positions from bearing `start` to bearing `end`, degrees from true north.

    No chord lies further than ARC_ERROR_M inside the arc.
    """
    turn = (end - start) % 360 if clockwise else -((start - end) % 360)
    bearings = _bearings(start, turn, radius_m)
    lons, lats, _ = _GEOD.fwd(
        [centre[0]] * len(bearings),
        [centre[1]] * len(bearings),
        bearings,
        [radius_m] * len(bearings),
    )
    return list(zip(lons, lats, strict=True))


def arc_between(centre: Place, first: Place, last: Place, clockwise: bool) -> list[Place]:
    """The arc from one position to another around a centre; both keep their place.

    Refused where their distances from the centre differ by more than ARC_MISFIT_M.
    """
    start, _, near = _GEOD.inv(*centre, *first)
    end, _, far = _GEOD.inv(*centre, *last)
    if abs(near - far) > filelimits.ARC_MISFIT_M:
        raise bad_shape(
            f"the ends of an arc lie {near:,.0f} m and {far:,.0f} m from its centre",
            f"they may differ by {filelimits.ARC_MISFIT_M} m (ARC_MISFIT_M)",
        )
    # The larger of both: an area is never smaller than what was drawn.
    inner = arc(centre, max(near, far), start, end, clockwise)[1:-1]
    return [first, *inner, last]


def _bearings(start: float, turn: float, radius_m: float) -> list[float]:
    if not 0 < radius_m <= limits.RADIUS_MM / 1000:
        raise bad_shape(f"an arc of {radius_m:,.0f} m", "give more than 0 and at most 1,000 km")
    step = math.degrees(2 * math.acos(1 - min(filelimits.ARC_ERROR_M / radius_m, 1)))
    count = max(1, math.ceil(abs(turn) / step))
    return [start + turn * each / count for each in range(count + 1)]
