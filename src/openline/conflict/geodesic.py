"""Short geodesics in plain arithmetic, for compiled code, which cannot call `pyproj`.

T. Vincenty, Direct and inverse solutions of geodesics on the ellipsoid with
application of nested equations, Survey Review 23 (1975). For points less than
some 1,000 km apart, which is all that is asked of it, it agrees with Karney's
(`earth.GEOD`) within a hundredth of a millimetre. Angles are radians, lengths metres.
"""

from __future__ import annotations

from math import atan, atan2, cos, hypot, radians, sin, sqrt, tan

from openline.conflict.earth import RADIUS_M

COMPILED = ("across_m", "step_to_foot", "inverse", "direct", "_drift", "_series", "_bend")
"""Functions that run compiled as well (`measuring.py`)."""
_A, _F = 6_378_137.0, 1 / 298.257223563
_B = _A * (1 - _F)
TURNS = 12
FOOT_M = 1e-6
_TURNS = 20
_SAME = 1e-15
"""Radians: a step of a ten-millionth of a millimetre is none."""


def across_m(
    lon: float, lat: float, lon0: float, lat0: float, lon1: float, lat1: float, share: float
) -> float:
    """As `short.across_m`, angles in degrees as there."""
    lam, phi, lam0, phi0 = radians(lon), radians(lat), radians(lon0), radians(lat0)
    length, azimuth = inverse(lam0, phi0, radians(lon1), radians(lat1))
    foot, distance = share * length, 0.0
    for _ in range(TURNS):
        foot_lam, foot_phi, ahead = direct(lam0, phi0, azimuth, foot)
        distance, bearing = inverse(foot_lam, foot_phi, lam, phi)
        moved = step_to_foot(bearing - ahead, distance, foot, length)
        if abs(moved) < FOOT_M:
            break
        foot += moved
    return distance


def step_to_foot(turn: float, distance: float, foot: float, length: float) -> float:
    """How far ahead on an edge the foot lies, of a point seen at `turn` from the edge."""
    arc = distance / RADIUS_M
    ahead = RADIUS_M * atan2(sin(arc) * cos(turn), cos(arc))
    return min(max(foot + ahead, 0.0), length) - foot


def inverse(lon1: float, lat1: float, lon2: float, lat2: float) -> tuple[float, float]:
    """The length of the geodesic between two points, and its azimuth at the first."""
    u1, u2 = atan((1 - _F) * tan(lat1)), atan((1 - _F) * tan(lat2))
    sin1, cos1, sin2, cos2 = sin(u1), cos(u1), sin(u2), cos(u2)
    whole = lon2 - lon1
    turn = whole
    for _ in range(_TURNS):
        sin_turn, cos_turn = sin(turn), cos(turn)
        aside, ahead = cos2 * sin_turn, cos1 * sin2 - sin1 * cos2 * cos_turn
        sin_arc, cos_arc = hypot(aside, ahead), sin1 * sin2 + cos1 * cos2 * cos_turn
        if sin_arc == 0:
            return 0.0, 0.0
        arc = atan2(sin_arc, cos_arc)
        sin_node = cos1 * cos2 * sin_turn / sin_arc
        square = 1 - sin_node * sin_node
        cos_middle = cos_arc - 2 * sin1 * sin2 / square if square > 0 else 0.0
        before = turn
        turn = whole + _drift(sin_node, square, arc, sin_arc, cos_arc, cos_middle)
        if abs(turn - before) < _SAME:
            break
    stretch, share = _series(square)
    length = _B * stretch * (arc - _bend(share, sin_arc, cos_arc, cos_middle))
    return length, atan2(aside, ahead)


def direct(lon: float, lat: float, azimuth: float, length: float) -> tuple[float, float, float]:
    """Where a geodesic arrives, and its azimuth there."""
    u1 = atan((1 - _F) * tan(lat))
    sin1, cos1 = sin(u1), cos(u1)
    sin_azimuth, cos_azimuth = sin(azimuth), cos(azimuth)
    first = atan2(sin1, cos1 * cos_azimuth)
    sin_node = cos1 * sin_azimuth
    square = 1 - sin_node * sin_node
    stretch, share = _series(square)
    flat = length / (_B * stretch)
    arc = flat
    for _ in range(_TURNS):
        sin_arc, cos_arc, cos_middle = sin(arc), cos(arc), cos(2 * first + arc)
        before = arc
        arc = flat + _bend(share, sin_arc, cos_arc, cos_middle)
        if abs(arc - before) < _SAME:
            break
    sin_arc, cos_arc, cos_middle = sin(arc), cos(arc), cos(2 * first + arc)
    aside = sin1 * sin_arc - cos1 * cos_arc * cos_azimuth
    up = sin1 * cos_arc + cos1 * sin_arc * cos_azimuth
    arrived = atan2(up, (1 - _F) * hypot(sin_node, aside))
    turn = atan2(sin_arc * sin_azimuth, cos1 * cos_arc - sin1 * sin_arc * cos_azimuth)
    drift = _drift(sin_node, square, arc, sin_arc, cos_arc, cos_middle)
    return lon + turn - drift, arrived, atan2(sin_node, -aside)


def _drift(
    sin_node: float, square: float, arc: float, sin_arc: float, cos_arc: float, cos_middle: float
) -> float:
    """How much longitude on the sphere runs ahead of longitude on the ellipsoid."""
    c = _F / 16 * square * (4 + _F * (4 - 3 * square))
    bend = cos_middle + c * cos_arc * (2 * cos_middle * cos_middle - 1)
    return (1 - c) * _F * sin_node * (arc + c * sin_arc * bend)


def _series(square: float) -> tuple[float, float]:
    """Vincenty's A and B, in Helmert's form."""
    root = sqrt(1 + square * (_A * _A - _B * _B) / (_B * _B))
    k = (root - 1) / (root + 1)
    return (1 + k * k / 4) / (1 - k), k * (1 - 3 * k * k / 8)


def _bend(share: float, sin_arc: float, cos_arc: float, cos_middle: float) -> float:
    twice = 2 * cos_middle * cos_middle - 1
    last = share / 6 * cos_middle * (4 * sin_arc * sin_arc - 3) * (2 * twice - 1)
    return share * sin_arc * (cos_middle + share / 4 * (cos_arc * twice - last))
