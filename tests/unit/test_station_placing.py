"""A place as it is typed: circles, corridors and areas, position by position."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity_world import collection, desks, facade, plan
from openline.formats.coordinates import notations_of
from openline.station.placing import placed, seen
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.volume import Position
from simulation.world import World

SQUARE = "36.7 68.8\n36.7 68.9\n36.8 68.9\n36.8 68.8"
WITHIN = "36.74 68.84\n36.74 68.86\n36.76 68.86"
CORRIDOR = {"type": "corridor", "path": [[68.8, 36.7], [68.9, 36.8]], "width_m": 2000}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with desks(tmp_path) as world:
        yield world


def refusal(fields: dict[str, Any]) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        seen(fields)
    return caught.value


def unsound(fields: dict[str, Any]) -> tuple[int, str, str]:
    """How many positions are read, and why they make no shape."""
    found = seen(fields)
    assert found["geometry"] is None
    return len(found["positions"]), found["refused"]["code"], found["refused"]["message"]


@pytest.mark.rule("R-ACT-19")
def test_each_type_is_read_with_its_size_in_any_notation() -> None:
    circle = placed({"place": "42S VF 87399 63610", "radius_m": "300"})["shape"]
    assert circle["type"] == "circle" and circle["radius_m"] == "300"
    assert circle["centre"] == pytest.approx([68.8589, 36.7181], abs=2e-5)
    typed = {"place": "36°42'N 68°48'E\n\n 36.8, 68.9 ", "width_m": "2000"}
    assert placed(typed)["shape"] == {**CORRIDOR, "width_m": "2000"}
    area = placed({"shape_type": "area", "place": SQUARE})["shape"]
    ((ring,),) = area["polygons"]
    assert ring[0] == ring[-1] == [68.8, 36.7] and len(ring) == 5
    assert placed({"shape_type": "area", "place": f"{SQUARE}\n36.7 68.8"})["shape"] == area


@pytest.mark.rule("R-ACT-19")
def test_an_area_has_holes_and_further_parts() -> None:
    other = "37.7 68.8\n37.7 68.9\n37.8 68.9"
    text = f"{SQUARE}\nhole\n{WITHIN}\nArea\n{other}"
    polygons = seen({"shape_type": "area", "place": text})["shape"]["polygons"]
    assert [[len(ring) for ring in rings] for rings in polygons] == [[5, 4], [4]]
    assert placed({"shape_type": "area", "place": f"area\n{SQUARE}"}) == placed(
        {"shape_type": "area", "place": SQUARE}
    )
    for empty in (f"hole\n{WITHIN}", f"{SQUARE}\nhole", f"{SQUARE}\narea\nhole\n{WITHIN}"):
        assert "without corners" in refusal({"shape_type": "area", "place": empty}).message


@pytest.mark.rule("R-ACT-19")
def test_what_is_left_out_stays_as_it_is_in_a_shape_of_that_type() -> None:
    wider = placed({"shape": CORRIDOR, "width_m": "500"})["shape"]
    assert wider == {**CORRIDOR, "width_m": "500"}
    moved = placed({"shape": CORRIDOR, "place": "36.7 68.8\n36.9 68.9"})["shape"]
    assert moved == {**CORRIDOR, "path": [[68.8, 36.7], [68.9, 36.9]]}
    other = placed({"shape": CORRIDOR, "place": "36.7 68.8", "radius_m": "500"})["shape"]
    assert other == {"type": "circle", "centre": [68.8, 36.7], "radius_m": "500"}
    assert placed({"shape": CORRIDOR, "title": "x"})["shape"] == CORRIDOR


@pytest.mark.rule("R-ACT-19")
def test_what_is_wrong_names_its_position() -> None:
    wrong = refusal({"place": "36.7 68.8\n36.7 somewhere", "width_m": "2000"})
    assert wrong.code == "bad-coordinates" and wrong.message.startswith("position 2: ")
    in_hole = f"{SQUARE}\nhole\n36.74 68.84\nnowhere"
    found = refusal({"shape_type": "area", "place": in_hole})
    assert found.message.startswith("position 6: ")
    for fields, said in (
        ({"place": SQUARE, "radius_m": "5"}, "4 positions, and a circle one middle"),
        ({"shape_type": "area", "place": SQUARE, "width_m": "5"}, "no size of a shape of type"),
        ({"shape_type": "star", "place": SQUARE}, "no type of shape"),
        ({"place": "\n", "radius_m": "5"}, "0 positions"),
        ({"shape_type": "area", "place": "0 0\n" * (limits.VERTICES + 1)}, "10,001 lines"),
    ):
        assert said in refusal(fields).message, fields


@pytest.mark.rule("R-ACT-32")
def test_what_is_not_whole_yet_is_refused_beside_its_positions() -> None:
    bow = "36.7 68.8\n36.8 68.9\n36.7 68.9\n36.8 68.8"
    assert unsound({"shape_type": "area", "place": bow})[:2] == (4, "self-crossing")
    corners = SQUARE.split("\n")
    for count in (1, 2):
        begun = {"shape_type": "area", "place": "\n".join(corners[:count])}
        assert unsound(begun)[0] == count
    assert unsound({"shape_type": "corridor", "place": corners[0], "width_m": "5"})[0] == 1
    assert "not exactly the parts" in unsound({"shape_type": "corridor", "place": SQUARE})[2]
    assert unsound({"radius_m": "5"})[0] == 0
    assert unsound({"place": corners[0], "radius_m": "none"})[1] == "bad-field"


@pytest.mark.rule("R-ACT-32")
def test_it_is_drawn_as_the_station_reads_it() -> None:
    found = seen({"place": "36.7 68.8\n36.8 68.9", "width_m": "2000"})
    assert found["shape"] == CORRIDOR and found["geometry"]["type"] == "MultiPolygon"
    assert [(each["lon"], each["lat"]) for each in found["positions"]] == [
        (68.8, 36.7),
        (68.9, 36.8),
    ]
    assert found["positions"][0]["mgrs"].startswith("42S")


degrees = st.tuples(
    st.integers(-170 * 10**7, 170 * 10**7), st.integers(-80 * 10**7, 80 * 10**7)
).map(lambda at: Position(*at))


@pytest.mark.rule("R-ACT-19")
@given(st.lists(degrees, min_size=1, max_size=5, unique=True))
def test_what_is_shown_in_decimal_degrees_is_read_as_the_same(path: list[Position]) -> None:
    text = "\n".join(notations_of(each)["decimal"] for each in path)
    shape = placed({"shape_type": "corridor", "place": text, "width_m": "5"})["shape"]
    assert [[round(x * 10**7) for x in at] for at in shape["path"]] == [
        [each.lon_e7, each.lat_e7] for each in path
    ]


@pytest.mark.rule("R-ACT-07")
@pytest.mark.rule("R-ACT-19")
def test_an_announced_circle_becomes_a_corridor_and_then_an_area(world: World) -> None:
    us, ru = world["us"], world["ru"]
    (id,) = facade(us).notify(["ru"], collection(plan("Convoy", kind="convoy")))["ids"]
    corridor = {"shape_type": "corridor", "place": "36.7 68.8\n36.8 68.9", "width_m": "2000"}
    facade(us).activity_amend(id, corridor)
    facade(us).activity_amend(id, {"width_m": "500"})
    world.settle()
    assert facade(ru).activity_show(id)["fields"]["shape"] == {**CORRIDOR, "width_m": 500}
    facade(us).activity_amend(id, {"shape_type": "area", "place": f"{SQUARE}\nhole\n{WITHIN}"})
    world.settle()
    shape = facade(ru).activity_show(id)["fields"]["shape"]
    assert [len(ring) for ring in shape["polygons"][0]] == [5, 4]
