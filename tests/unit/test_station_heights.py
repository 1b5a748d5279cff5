"""What a station knows of the earth's heights: where it is found, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from activity_world import collection, desks, facade
from activity_world import plan as circle_plan
from ground_world import grid_file, write_tif
from openline.conflict.height import ANY_GEOID
from openline.conflict.verdict import Planned
from openline.forms.activity import Activity, activity_of
from openline.forms.fields import fill
from openline.station import heights as module
from openline.station import terrain
from openline.station.books import activities as book
from openline.station.books.policy import Policy
from openline.station.heights import GRID, Heights, heights_of
from openline.station.heights_door import HeightsDoor
from openline.station.store import Store
from openline.station.views.collisions import list_conflicts
from openline.words.errors import OpenlineError
from openline.words.volume import EARTH, Datum, Ground, Position
from simulation.world import Side, World, joined

KABUL = Position(691_700_000, 345_300_000)


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """PROJ has no data on this machine."""
    monkeypatch.setattr(module, "proj_folders", list)


@pytest.fixture
def heights(tmp_path: Path) -> Heights:
    return Heights(tmp_path / "heights")


def test_a_view_after_a_view_knows_the_heights(tmp_path: Path, heights: Heights) -> None:
    """Connections are kept; one that was opened before the heights were known is not used again."""
    store = Store.create(tmp_path / "us.db", {"party": "us", "name": "us"})
    with store.read() as connection:
        assert heights_of(connection) is not heights
    store.know_heights(heights)
    with store.read() as connection:
        assert heights_of(connection) is heights
    with store.write() as connection:
        assert heights_of(connection) is heights
    store.close()


# ---- the grid ------------------------------------------------------------------------


@pytest.mark.rule("R-GROUND-03")
def test_a_height_is_converted_by_the_grid(heights: Heights) -> None:
    grid_file()
    amsl = heights.convert(KABUL, 1_800, Datum.HAE, Datum.AMSL)
    assert amsl == pytest.approx(1_800 + 30, abs=1), "the geoid lies some 30 m below there"
    assert heights.convert(KABUL, amsl, Datum.AMSL, Datum.HAE) == pytest.approx(1_800)
    dc = Position(2_697_791_550 - 3_600_000_000, 386_281_550)
    assert heights.convert(dc, 0, Datum.AMSL, Datum.HAE) == pytest.approx(-31.628, abs=0.1)
    assert heights.convert(dc, 7, Datum.HAE, Datum.HAE) == 7


@pytest.mark.rule("R-GROUND-03")
@pytest.mark.usefixtures("nowhere")
def test_without_a_grid_nothing_comes_back_unchanged(heights: Heights) -> None:
    with pytest.raises(OpenlineError) as refused:
        heights.convert(KABUL, 1_800, Datum.HAE, Datum.AMSL)
    assert (refused.value.code, refused.value.rule) == ("no-geoid", "R-GROUND-03")
    assert "proj-data" in refused.value.next
    with pytest.raises(OpenlineError, match="above ground"):
        heights.convert(KABUL, 1_800, Datum.AGL, Datum.AMSL)


@pytest.mark.rule("R-GROUND-02")
@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("length", [0, 100, 4_153_000, 5_000_000])
def test_a_grid_of_zeros_is_neither_found_nor_taken(
    tmp_path: Path, heights: Heights, length: int
) -> None:
    fake = tmp_path / GRID
    fake.write_bytes(bytes(length))
    with pytest.raises(OpenlineError) as refused:
        heights.use_grid(fake)
    assert refused.value.code == "bad-geoid"
    assert not (tmp_path / "heights").exists()
    (tmp_path / "heights").mkdir()
    fake.rename(tmp_path / "heights" / GRID)
    assert heights.grid() is None
    with pytest.raises(OpenlineError, match=r"egm96_15\.gtx"):
        heights.convert(KABUL, 1_800, Datum.HAE, Datum.AMSL)


@pytest.mark.rule("R-GROUND-01")
def test_the_stations_own_grid_comes_first(
    tmp_path: Path, heights: Heights, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = grid_file()
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / GRID).write_bytes(b"II*")
    monkeypatch.setenv("PROJ_DATA", f"{broken}:{file.parent}")
    found = heights.find_grid()
    assert found is not None and found[0] == file, "what is broken is passed by"
    assert heights.use_grid(file) == tmp_path / "heights" / GRID
    found = heights.find_grid()
    assert found is not None and found[0] == tmp_path / "heights" / GRID
    monkeypatch.setattr(module, "proj_folders", list)
    assert heights.find_grid() is not None


@pytest.mark.rule("R-GROUND-02")
def test_a_grid_that_is_not_there_cannot_be_taken(tmp_path: Path, heights: Heights) -> None:
    with pytest.raises(OpenlineError, match="cannot be taken") as refused:
        heights.use_grid(tmp_path / "none.gtx")
    assert refused.value.code == "bad-geoid"


# ---- what it makes of an activity ----------------------------------------------------


def plan(**other: Any) -> dict[str, Any]:
    """A convoy of 2 km width for four hours, over the plain of the terrain below."""
    return {
        "ref": "C-17",
        "kind": "convoy",
        "title": "Convoy",
        "start": "2022-03-02T08:00:00Z",
        "end": "2022-03-02T12:00:00Z",
        "shape": {"type": "corridor", "path": [[22.7, 49.5], [22.8, 49.5]], "width_m": 2000},
        "lower": 0,
        "upper": 50,
        "unit": "m",
        "datum": "AGL",
        **other,
    }


def flight(**other: Any) -> dict[str, Any]:
    return plan(**{"kind": "flight", "lower": 5000, "upper": 5100, "datum": "AMSL", **other})


def activity(**other: Any) -> Activity:
    return activity_of(fill("activity", plan(**other)))


def planned(made: Activity, heights: Heights, ground: Ground = EARTH) -> Planned:
    return book.planned_of("x", made, Policy(ground=ground, heights=heights))


def plain(tmp_path: Path, heights: Heights, height: int = 200, west: float = 22) -> None:
    """Load a model of a degree by a degree, all of one height."""
    file = write_tif(
        tmp_path / f"at{west}.tif", np.full((120, 120), height, np.int16), west, 50, 1 / 120
    )
    terrain.add(file, heights.terrain_folder, None, lambda done, of: None)
    heights.changed()


@pytest.mark.rule("R-GROUND-06")
def test_given_ground_comes_before_models_and_these_before_the_lines(
    tmp_path: Path, heights: Heights
) -> None:
    theatre = Ground(0, 1_400_000)
    assert planned(activity(), heights, theatre).ground is None, "the line's holds"
    plain(tmp_path, heights)
    assert planned(activity(), heights, theatre).ground == Ground(200_000, 200_000)
    given = replace(activity(), ground=Ground(150_000, 320_000))
    assert planned(given, heights, theatre).ground == Ground(150_000, 320_000)
    assert planned(activity(datum="AMSL"), heights).ground is None, "nobody asks"
    fired = planned(activity(kind="live-fire", datum="AMSL"), heights)
    assert (fired.ground, fired.to_surface) == (Ground(200_000, 200_000), True)


@pytest.mark.rule("R-GROUND-07")
def test_where_models_end_the_lines_ground_is_counted_too(tmp_path: Path, heights: Heights) -> None:
    plain(tmp_path, heights)
    over = {"type": "corridor", "path": [[22.9, 49.5], [23.1, 49.5]], "width_m": 2000}
    theatre = Ground(250_000, 1_400_000)
    assert planned(activity(shape=over), heights, theatre).ground == Ground(200_000, 1_400_000)
    plain(tmp_path, heights, 300, 23)
    assert planned(activity(shape=over), heights, theatre).ground == Ground(200_000, 300_000)


@pytest.mark.rule("R-CONF-41")
def test_the_geoid_is_asked_for_heights_above_the_ellipsoid(heights: Heights) -> None:
    grid_file()
    assert planned(activity(datum="AMSL"), heights).geoid == ANY_GEOID
    geoid = planned(activity(datum="HAE"), heights).geoid
    assert geoid.lowest_mm < 34_300 < geoid.highest_mm
    assert geoid.highest_mm - geoid.lowest_mm < 9_000


@pytest.mark.rule("R-CONF-14")
@pytest.mark.usefixtures("nowhere")
def test_without_a_grid_any_geoid_is_allowed_for(heights: Heights) -> None:
    assert planned(activity(datum="HAE"), heights).geoid == ANY_GEOID


@pytest.mark.rule("R-CONF-40")
@pytest.mark.parametrize(
    ("kind", "reaches"),
    [("live-fire", True), ("convoy", False), ("flight", False), ("other", False)],
)
def test_kinds_that_deliver_weapons_reach_the_ground(kind: str, reaches: bool) -> None:
    assert planned(activity(kind=kind), Heights(None)).to_surface is reaches


# ---- on a line -----------------------------------------------------------------------


class Door(HeightsDoor):
    def __init__(self, side: Side, folder: Path) -> None:
        self._station = side  # type: ignore[assignment]
        side.heights = Heights(folder / side.party)  # type: ignore[attr-defined]
        side.store.know_heights(side.heights)  # type: ignore[attr-defined]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world


def open_conflicts(side: Side) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = list_conflicts(side)["conflicts"]  # type: ignore[arg-type]
    return [c for c in found if c["state"] == "found"]


@pytest.mark.rule("R-GROUND-08")
def test_a_terrain_model_clears_what_collided_on_paper(world: World, tmp_path: Path) -> None:
    world["us"].send("ru", "activity", **plan())
    world["ru"].send("us", "activity", **flight())
    world.settle()
    file = write_tif(tmp_path / "plain.tif", np.full((120, 120), 200, np.int16), 22, 50, 1 / 120)
    doors = {side: Door(world[side], tmp_path) for side in ("us", "ru")}
    for side, door in doors.items():
        (found,) = open_conflicts(world[side])
        assert found["flags"] == ["ground"]
        added = door.terrain_add(str(file))
        assert (added["name"], added["lowest_m"], added["west"]) == ("plain", 200, 22)
        assert open_conflicts(world[side]) == []
        assert [m["name"] for m in door.terrain_list()["terrain"]] == ["plain"]
        door.terrain_remove("plain")
        assert len(open_conflicts(world[side])) == 1
    # With a mountain in it the two do meet.
    peak = np.full((120, 120), 200, np.int16)
    peak[60, 90] = 5_000
    file = write_tif(tmp_path / "peak.tif", peak, 22, 50, 1 / 120)
    doors["us"].terrain_add(str(file))
    assert len(open_conflicts(world["us"])) == 1


@pytest.mark.rule("R-GROUND-08")
def test_what_is_private_is_matched_over_the_new_ground_too(tmp_path: Path) -> None:
    with desks(tmp_path) as world:
        us, ru = world["us"], world["ru"]
        door = Door(us, tmp_path)
        high = {"lower": 5000, "upper": 5100, "datum": "AMSL"}
        facade(ru).notify(["us"], collection(circle_plan("Flight", 22.5, 49.5, **high)))
        world.settle()
        facade(us).private_add(collection(circle_plan("Patrol", 22.5, 49.5)))

        def states() -> list[str]:
            (own,) = facade(us).private_list()["private"]
            return [other["state"] for other in own["findings"]]

        assert states() == ["found"]
        heights = np.full((120, 120), 200, np.int16)
        door.terrain_add(str(write_tif(tmp_path / "plain.tif", heights, 22, 50, 1 / 120)))
        assert "found" not in states()
        door.terrain_remove("plain")
        assert states() == ["found"]


@pytest.mark.rule("R-GROUND-06")
def test_the_lines_ground_clears_it_too(world: World) -> None:
    world["us"].send("ru", "activity", **plan())
    world["ru"].send("us", "activity", **flight())
    world.settle()
    for side, other in (("us", "ru"), ("ru", "us")):
        world[side].send(other, "terms", lowest_m=100, highest_m=320)
    world.settle()
    assert [open_conflicts(world[side]) for side in ("us", "ru")] == [[], []]


@pytest.mark.rule("R-GROUND-08")
@pytest.mark.usefixtures("nowhere")
def test_a_grid_that_comes_is_used_at_once(world: World, tmp_path: Path) -> None:
    us = Door(world["us"], tmp_path)
    world["us"].send("ru", "activity", **flight(lower=1000, upper=1100))
    world["ru"].send("us", "activity", **flight(lower=1500, upper=1600, datum="HAE"))
    world.settle()
    (found,) = open_conflicts(world["us"])
    assert found["flags"] == ["datum"] and found["vertical_m"] == 290
    assert us.geoid()["found"] is False
    assert us.geoid_use(str(grid_file()))["found"] is True
    assert open_conflicts(world["us"]) == [], "366 m apart, by the geoid's 34 m"
    assert len(open_conflicts(world["ru"])) == 1, "the other side has no grid, and says so"


@pytest.mark.rule("R-GROUND-03")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("91 0", 0, "AMSL", "HAE"), "bad-position"),
        (("here", 0, "AMSL", "HAE"), "bad-coordinates"),
        (("0 0", float("nan"), "AMSL", "HAE"), "bad-height"),
        (("0 0", float("inf"), "AMSL", "HAE"), "bad-height"),
        (("0 0", 1e9, "AMSL", "HAE"), "bad-height"),
        (("0 0", 0, "MSL", "HAE"), "bad-height"),
        (("0 0", 0, "AGL", "HAE"), "bad-datum"),
    ],
)
def test_what_cannot_be_converted_is_refused(
    world: World, tmp_path: Path, given: tuple, code: str
) -> None:
    with pytest.raises(OpenlineError) as refused:
        Door(world["us"], tmp_path).height_convert(*given)
    assert refused.value.code == code
