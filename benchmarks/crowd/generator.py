"""The crowd that everybody here is measured on, from one seed.

A theatre of 1,000 x 1,000 km for 30 days; 60 % lie about 40 hot spots. 90 % are
circles of 0.5 to 5 km for 15 to 60 minutes, 7 % corridors of 50 x 2 km for
4 hours, 1 % polygons of 50 km for days, 2 % sites for months.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

from openline.conflict.verdict import Planned
from openline.words.moment import Moment, Window
from openline.words.volume import (
    DEFAULT_SEPARATION,
    Area,
    Band,
    Circle,
    Corridor,
    Datum,
    Edges,
    Polygon,
    Position,
    Shape,
    Unit,
    Volume,
)

SEED = 1991
MIDDLE = (35.0, 49.0)
SIDE_M = 1_000_000.0
HOT_SPOTS, HOT_SHARE, HOT_M = 40, 0.6, 25_000.0
DEGREE_M = 111_195.0
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
BEGIN_MS = 1_652_400_000_000
SPAN_MS = 30 * DAY_MS

Flat = tuple[float, float]


def crowd(count: int, seed: int = SEED, prefix: str = "a") -> Iterator[Planned]:
    """`count` activities, always the same ones; those of another `seed` share the hot spots."""
    chance = Random(SEED)
    hot = [_anywhere(chance) for _ in range(HOT_SPOTS)]
    chance.seed(seed)
    for number in range(count):
        yield _made(chance, hot, f"{prefix}/{number:010}")


def _made(chance: Random, hot: list[Flat], id: str) -> Planned:
    middle = _anywhere(chance)
    if chance.random() < HOT_SHARE:
        x, y = chance.choice(hot)
        middle = x + chance.gauss(0, HOT_M), y + chance.gauss(0, HOT_M)
    kind = chance.random()
    start = BEGIN_MS + chance.randrange(SPAN_MS)
    shape: Shape
    if kind < 0.90:
        shape = Circle(_position(middle), round(chance.uniform(500, 5_000) * 1000))
        span, low, thick = chance.randint(15, 60) * MINUTE_MS, chance.randint(0, 6_000), 600
    elif kind < 0.97:
        turn = chance.uniform(0, math.tau)
        ends = (_moved(middle, turn, 25_000), _moved(middle, turn + math.pi, 25_000))
        shape = Corridor(tuple(map(_position, ends)), 2_000_000)
        span, low, thick = 4 * HOUR_MS, chance.randint(0, 6_000), 1_000
    elif kind < 0.98:
        turns = sorted(chance.uniform(0, math.tau) for _ in range(chance.randint(5, 10)))
        corners = [_moved(middle, turn, 25_000 * chance.uniform(0.7, 1)) for turn in turns]
        ring = tuple(_position(corner) for corner in (*corners, corners[0]))
        shape = Area((Polygon(ring),))
        span, low, thick = chance.randint(1, 5) * DAY_MS, chance.randint(0, 4_000), 2_000
    else:
        shape = Circle(_position(middle), round(chance.uniform(100, 1_000) * 1000))
        start = BEGIN_MS - chance.randrange(60 * DAY_MS)
        span, low, thick = chance.randint(60, 180) * DAY_MS, 0, 100
    band = Band(low * 1000, (low + thick) * 1000, Unit.METRE, Datum.AMSL)
    window = Window(Moment(start), Moment(start + span))
    return Planned(id, Volume(shape, Edges.GEODESIC, band, window), DEFAULT_SEPARATION)


def _anywhere(chance: Random) -> Flat:
    return chance.uniform(-SIDE_M / 2, SIDE_M / 2), chance.uniform(-SIDE_M / 2, SIDE_M / 2)


def _moved(flat: Flat, turn: float, metres: float) -> Flat:
    return flat[0] + metres * math.cos(turn), flat[1] + metres * math.sin(turn)


def _position(flat: Flat) -> Position:
    lon, lat = MIDDLE
    across = DEGREE_M * math.cos(math.radians(lat + flat[1] / DEGREE_M))
    return Position(round((lon + flat[0] / across) * 1e7), round((lat + flat[1] / DEGREE_M) * 1e7))
