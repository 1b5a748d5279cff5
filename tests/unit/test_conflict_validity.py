"""Shapes that are refused, each with its rule and a way out."""

from __future__ import annotations

from math import cos, pi, sin

import pytest

from conflict_world import area, away, box, circle, corridor, ring
from openline.conflict.core import core_of
from openline.conflict.validity import check_shape
from openline.words.errors import OpenlineError
from openline.words.volume import Area, Edges, Polygon, Shape

G, L = Edges.GEODESIC, Edges.LONLAT
SQUARE = [(9, 49), (11, 49), (11, 51), (9, 51)]


def star(corners: int, skip: int) -> Area:
    return area(
        *(
            (10 + cos(2 * pi * k * skip / corners), 50 + sin(2 * pi * k * skip / corners))
            for k in range(corners)
        )
    )


def holed(*holes: list[tuple[float, float]]) -> Area:
    return area(*SQUARE, holes=holes)


def small(lon: float, lat: float, size: float = 0.1) -> list[tuple[float, float]]:
    return [
        (lon - size, lat - size), (lon + size, lat - size), (lon + size, lat + size),
        (lon - size, lat + size),
    ]  # fmt: skip


REFUSED: list[tuple[int, str, Shape, Edges]] = [
    (17, "self-crossing", area((9, 49), (11, 51), (11, 49), (9, 51)), G),
    (17, "self-crossing", area((9, 49), (11, 51), (11, 49), (9, 51)), L),
    (17, "self-crossing", area((179, 1), (-179, 2), (-179, 1), (179, 2)), G),
    (17, "self-crossing", star(7, 3), G),
    (17, "self-crossing", star(1001, 500), G),
    (17, "self-crossing", area((10, 50), (11, 49), (11, 51), (10, 50), (9, 51), (9, 49)), G),
    (17, "self-crossing", holed([(9.5, 49.5), (10.5, 50.5), (10.5, 49.5), (9.5, 50.5)]), G),
    (18, "bad-hole", holed(small(13, 50)), G),
    (18, "bad-hole", holed(small(11, 50)), G),
    (18, "bad-hole", holed(small(10, 50, 0.5), small(10, 50)), G),
    (18, "bad-hole", holed(small(10, 50), small(10.1, 50.1)), G),
    (18, "bad-hole", holed(SQUARE), G),
    (19, "empty-area", area((9, 49), (11, 50), (9, 49)), G),
    (19, "empty-area", area((9, 49), (11, 50), (11, 50), (9, 49)), G),
    (19, "empty-area", area((9, 50), (10, 50), (11, 50), (10.5, 50)), L),
    (19, "empty-area", area((0, 0), (1, 0), (1, 1e-7)), G),
    (19, "empty-area", holed([(10, 50), (10.1, 50), (10.1, 50.0000001)]), L),
    (20, "too-wide", area((0, -3), (120, -3), (-120, -3)), G),
    (20, "too-wide", area((0, 0), (120, 0), (-120, 0)), G),
    (20, "too-wide", Area(box(0, 0, 1, 1).polygons + box(178, 0, 179, 1).polygons), G),
    (20, "too-wide", corridor(10, (0, 0), (90, 0), (180, 0)), G),
    (20, "too-wide", corridor(9e5, (0, 0), (166, 0)), G),
    (21, "ambiguous-edge", corridor(10, (0, 10), (180, -10)), G),
    (21, "ambiguous-edge", area((0, 10), (179, -10), (90, 50)), G),
    (21, "ambiguous-edge", corridor(10, (-90, 80), (90, 81)), L),
    (22, "spike", area((9, 49), (11, 49), (12, 48), (11, 49), (11, 51)), G),
    (22, "spike", area((12, 48), (11, 49), (11, 51), (9, 49), (11, 49)), G),
    (22, "spike", area((9, 49), (11, 49), (12, 48), (12, 48), (11, 49), (11, 51)), G),
    (23, "too-long", corridor(10, *((k % 2 * 90, 30 + k / 1000) for k in range(9_999))), G),
]


@pytest.mark.parametrize(
    ("number", "code", "shape", "edges"),
    [pytest.param(*c, marks=pytest.mark.rule(f"R-CONF-{c[0]}"), id=c[1]) for c in REFUSED],
)
def test_refused_with_rule_and_way_out(number: int, code: str, shape: Shape, edges: Edges) -> None:
    with pytest.raises(OpenlineError) as refused:
        check_shape(shape, edges)
    assert refused.value.code == code
    assert refused.value.rule == f"R-CONF-{number}"
    assert refused.value.next


ACCEPTED: dict[str, tuple[Shape, Edges]] = {
    "square": (box(9, 49, 11, 51), G),
    "clockwise": (area(*SQUARE[::-1]), G),
    "doubled vertex": (area((9, 49), (9, 49), (11, 49), (11, 51)), G),
    "hole": (holed(small(10, 50)), G),
    "hole that touches at one corner": (holed([(9, 49), (10, 49.5), (9.5, 50)]), G),
    "two holes": (holed(small(10, 50), small(10.5, 50.5)), L),
    "pole inside": (area((0, 80), (120, 80), (-120, 80)), G),
    "pole inside, lonlat": (area((0, 80), (120, 80), (-120, 80)), L),
    "pole as a corner": (area((0, 80), (20, 80), (20, 90)), L),
    "antimeridian": (area((179, 1), (-179, 1), (-179, 2), (179, 2)), L),
    "a tenth of a metre": (box(10, 50, 10.000002, 50.000001), G),
    "an ocean": (box(-75, 5, -10, 60), G),
    "a continent, lonlat": (box(30, 40, 150, 75), L),
    "overlapping members": (Area(box(0, 0, 2, 2).polygons + box(1, 1, 3, 3).polygons), G),
    "long flight": (corridor(20_000, (37, 55), (-58, -34)), G),
    "self-crossing path": (corridor(100, (9, 49), (11, 51), (11, 49), (9, 51)), G),
    "path of one place": (corridor(100, (9, 49), (9, 49)), G),
    "widest circle": (circle(0, 90, 1e6), G),
    "many corners": (star(9_999, 1), G),
}


@pytest.mark.rule("R-CONF-17")
@pytest.mark.rule("R-CONF-18")
@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted_and_usable(name: str) -> None:
    shape, edges = ACCEPTED[name]
    check_shape(shape, edges)
    assert core_of(shape, edges).figure.is_valid


@pytest.mark.rule("R-CONF-17")
@pytest.mark.parametrize("turn", range(0, 360, 45))
@pytest.mark.parametrize("lat", [0, 60, 89.5, -90])
def test_a_bow_tie_is_found_everywhere(turn: int, lat: float) -> None:
    def corner(azimuth: float) -> tuple[float, float]:
        return away(turn, lat, azimuth, 20_000)

    order = [0, 180, 90, 270]
    with pytest.raises(OpenlineError, match="crosses"):
        check_shape(Area((Polygon(ring(corner(a + 10) for a in order)),)), G)
    check_shape(Area((Polygon(ring(corner(a + 10) for a in sorted(order))),)), G)
