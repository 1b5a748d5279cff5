"""The earth as the engine sees it: WGS 84, geodesics, and planes that keep great circles straight.

Angles are degrees, lengths metres, `xyz` arrays of shape (n, 3) in the
earth-centred, earth-fixed frame, on the ellipsoid (height 0).

Geodesics are Karney's (C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87,
2013), by `pyproj.Geod`. `Plane` is the gnomonic projection from the earth's
centre: in it every plane section through the centre is straight, and a geodesic
piece of `PIECE_M` leaves its section by less than 1 cm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from openline.words import limits
from openline.words.errors import OpenlineError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GEOD = Geod(ellps="WGS84")
RADIUS_M = 6_371_000.0
ERROR_M = 0.25
"""Bound on the error of a horizontal distance: two lon/lat edges off by `LONLAT_M` each, two
pieces off their plane sections by 1 cm each, and room to spare."""
PIECE_M = 10_000.0
"""No piece of an edge is longer."""
LONLAT_M = 0.05
"""How far a piece of a lon/lat edge may stray from the straight line in longitude and latitude."""
HALF_VIEW_DEG = 85.0
"""A shape lies within this angle of its own centre, so that one plane can show it whole."""

# Radii of curvature of the ellipsoid lie between b²/a and a²/b; these bracket them.
LEAST_RADIUS_M, MOST_RADIUS_M = 6_335_000.0, 6_400_000.0
_HORIZON = 0.035
_KEPT = 1 - GEOD.es


def ecef(lon: Floats, lat: Floats) -> Floats:
    """Points on the ellipsoid, (n, 3) metres. One place has one value, whatever its spelling."""
    lam = np.radians(np.where(lon == -180.0, 180.0, lon))
    phi = np.radians(lat)
    cos_phi = np.where(np.abs(lat) == 90.0, 0.0, np.cos(phi))
    sin_phi = np.sin(phi)
    normal = GEOD.a / np.sqrt(1 - GEOD.es * sin_phi**2)
    return np.stack(
        [
            normal * cos_phi * np.cos(lam),
            normal * cos_phi * np.sin(lam),
            normal * _KEPT * sin_phi,
        ],
        axis=-1,
    )


def sag(chord_m: Floats) -> Floats:
    """How far an arc rises above its chord, at most."""
    return chord_m**2 / (8 * LEAST_RADIUS_M)


def relaxed(chord_m: float) -> float:
    """The longest chord whose geodesic may be no longer than the geodesic over `chord_m`.

    Curvature differs with place and direction, so chords order geodesics only
    up to this slack (0.02 m at 100 km, 650 m at 3,000 km).
    """
    if chord_m >= 2 * LEAST_RADIUS_M:
        return np.inf
    longest = 2 * LEAST_RADIUS_M * np.arcsin(chord_m / (2 * LEAST_RADIUS_M))
    return float(2 * MOST_RADIUS_M * np.sin(min(longest / (2 * MOST_RADIUS_M), np.pi / 2))) + 1e-6


def trace(lon: Floats, lat: Floats, lonlat: bool, budget: int) -> tuple[Floats, Floats]:
    """The vertices with enough points between them: geodesic pieces of at most `PIECE_M`.

    With `lonlat`, edges are straight in longitude and latitude, and a jump of
    more than 180 degrees crosses the antimeridian. Raises ``too-long`` when
    that takes more than `budget` pieces.
    """
    if len(lon) < 2:
        return lon, lat
    if lonlat:
        jump = np.diff(lon)
        jump = np.where(np.abs(jump) > 180, jump - np.copysign(360.0, jump), jump)
        count = _lonlat_pieces(jump, lat)
    else:
        azimuth, _, length = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
        count = np.ceil(length / PIECE_M)
    pieces = np.maximum(count, 1).astype(np.int64)
    if pieces.sum() > budget:
        raise OpenlineError(
            "too-long",
            "an outline whose edges need too many pieces to follow the earth",
            rule="R-CONF-23",
            next=f"announce it in parts; one part may need {limits.PIECES} pieces (PIECES)",
        )
    edge = np.repeat(np.arange(len(pieces)), pieces)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = step / pieces[edge]
    if lonlat:
        mid_lon = lon[edge] + jump[edge] * share
        mid_lon = np.where(np.abs(mid_lon) > 180, mid_lon - np.copysign(360.0, mid_lon), mid_lon)
        mid_lat = lat[edge] + np.diff(lat)[edge] * share
    else:
        mid_lon, mid_lat, _ = GEOD.fwd(lon[edge], lat[edge], azimuth[edge], length[edge] * share)
    whole = step == 0
    mid_lon, mid_lat = np.where(whole, lon[edge], mid_lon), np.where(whole, lat[edge], mid_lat)
    return np.append(mid_lon, lon[-1]), np.append(mid_lat, lat[-1])


def _lonlat_pieces(jump: Floats, lat: Floats) -> Floats:
    """Pieces per edge that keep within LONLAT_M and PIECE_M.

    On a sphere the line's geodesic curvature times its length squared is at
    most R sin(lat) dlon (cos(lat) dlon + 2 dlat); a chord strays an eighth of it.
    """
    across, along = np.radians(np.abs(jump)), np.radians(np.abs(np.diff(lat)))
    phi = np.radians(np.abs(lat))
    highest = np.maximum(phi[:-1], phi[1:])
    crosses = lat[:-1] * lat[1:] < 0
    widest = np.cos(np.where(crosses, 0.0, np.minimum(phi[:-1], phi[1:])))
    strays = RADIUS_M / 8 * np.sin(highest) * across * (widest * across + 2 * along)
    length = RADIUS_M * (widest * across + along)
    pieces: Floats = np.ceil(np.maximum(np.sqrt(strays / LONLAT_M), length / PIECE_M))
    return pieces


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A gnomonic plane; `frame` has the centre's direction and two axes as rows. Unit: radius."""

    frame: Floats

    @classmethod
    def facing(cls, point: Floats) -> Plane:
        """The plane that touches the earth below `point`, an (3,) vector that is not zero."""
        up = point / np.linalg.norm(point)
        aside = _cross(up, np.eye(3)[np.argmin(np.abs(up))])
        aside /= np.linalg.norm(aside)
        return cls(np.stack([up, aside, _cross(up, aside)]))

    def shows(self, xyz: Floats) -> NDArray[np.bool_]:
        """Which points stand clear of the plane's horizon (within 88 degrees of its centre)."""
        seen: NDArray[np.bool_] = xyz @ self.frame[0] > _HORIZON * np.linalg.norm(xyz, axis=-1)
        return seen

    def project(self, xyz: Floats) -> Floats:
        """(n, 2) plane coordinates of points that the plane shows."""
        turned = xyz @ self.frame.T
        flat: Floats = turned[..., 1:] / turned[..., :1]
        return flat

    def lift(self, flat: Floats) -> Floats:
        """(n, 3) directions from the earth's centre of plane coordinates; not unit vectors."""
        up: Floats = self.frame[0] + flat @ self.frame[1:]
        return up


def _cross(a: Floats, b: Floats) -> Floats:
    """`np.cross` of two vectors, in a tenth of the time."""
    (x1, y1, z1), (x2, y2, z2) = a.tolist(), b.tolist()
    return np.array([y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2])


def lonlat_of(direction: Floats) -> tuple[Floats, Floats]:
    """Longitude and geodetic latitude of the ellipsoid's points in (n, 3) `direction`s."""
    x, y, z = direction[..., 0], direction[..., 1], direction[..., 2]
    lon = np.degrees(np.arctan2(y, x))
    lat = np.degrees(np.arctan2(z, np.hypot(x, y) * _KEPT))
    return lon, lat
