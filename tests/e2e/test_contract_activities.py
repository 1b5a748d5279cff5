"""The contract's commands about activities and conflicts: notify, check, conflicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from plans import feature, features, square
from processes import Box, Json, said, settle

CONTRACTS_OWN = """{"type": "FeatureCollection", "features": [
 {"type": "Feature",
 "geometry": {"type": "LineString", "coordinates": [[22.7, 49.8], [23.0, 49.9]]},
 "properties": {"ref": "C-17", "kind": "convoy", "title": "Relief convoy 17",
   "start": "2022-04-02T08:00:00Z", "end": "2022-04-02T12:00:00Z",
   "lower": 0, "upper": 50, "unit": "m", "datum": "AGL",
   "width_m": 2000, "separation": {"horizontal_m": 1000, "vertical_m": 300, "time_s": 900}}}]}"""
CONFLICT_KEYS = {"id", "activities", "from", "to", "horizontal_m", "vertical_m", "state"}
places = iter(range(1, 60))


@pytest.fixture
def west() -> Iterator[float]:
    """A longitude of this test's own: no other test's activities are near."""
    yield -170 + 5.0 * next(places)


def notified(box: Box, to: str, tmp_path: Path, *wanted: Json) -> list[str]:
    """The ids of announced activities."""
    file = tmp_path / f"{box.party}.geojson"
    file.write_text(features(*wanted))
    return box.run("notify", to, file).out.split()


def conflicts_of(box: Box, *ids: str) -> list[Json]:
    """The conflicts of these activities."""
    found = box.json("conflicts")["conflicts"]
    return [c for c in found if {a["id"] for a in c["activities"]} & set(ids)]


def test_the_contracts_own_example_is_taken(pair: tuple[Box, Box], tmp_path: Path) -> None:
    us, ru = pair
    file = tmp_path / "convoy.geojson"
    file.write_text(CONTRACTS_OWN)
    (id,) = us.run("notify", "ru", file).out.split()
    settle(us, ru)
    ours, theirs = us.json("show", id), ru.json("show", id)
    assert ours["form"] == theirs["form"] == "activity"
    assert ours["fields"] == theirs["fields"]
    assert (ours["fields"]["ref"], ours["fields"]["title"]) == ("C-17", "Relief convoy 17")
    assert us.json("notify", "ru", file)["ids"] != [id]


def test_both_sides_list_the_same_conflicts(
    pair: tuple[Box, Box], tmp_path: Path, west: float
) -> None:
    us, ru = pair
    (ours,) = notified(us, "ru", tmp_path, feature(square(west, 40), ref="OURS", title="Ours"))
    later = {"start": "2097-04-02T11:00:00Z", "end": "2097-04-02T15:00:00Z"}
    over = feature(square(west + 0.05, 40), ref="THEIRS", title="Theirs", kind="flight", **later)
    near = feature(square(west + 0.105, 40), title="Near")  # 427 m east
    far = feature(square(west + 1, 40), title="Far")
    high = feature(square(west, 40), title="High", lower=350, upper=400)
    early = feature(
        square(west, 40), title="Early", start="2097-04-02T07:00:00Z", end="2097-04-02T07:45:00Z"
    )
    theirs = notified(ru, "us", tmp_path, over, near, far, high, early)
    settle(us, ru)
    seen, seen_there = (
        [{key: c[key] for key in CONFLICT_KEYS} for c in conflicts_of(box, ours)] for box in pair
    )
    assert seen == seen_there
    by_id = {next(a["id"] for a in c["activities"] if a["id"] != ours): c for c in seen}
    assert set(by_id) == set(theirs[:2])
    overlap = by_id[theirs[0]]
    assert {(a["party"], a["title"]) for a in overlap["activities"]} == {
        ("us", "Ours"),
        ("ru", "Theirs"),
    }
    assert (overlap["horizontal_m"], overlap["vertical_m"]) == (0, 0)
    # They share 11:00 to 12:00; 900 s of separation are counted in.
    assert (overlap["from"], overlap["to"]) == ("2097-04-02T10:45:00Z", "2097-04-02T12:15:00Z")
    assert overlap["state"] == "found"
    assert 415 < by_id[theirs[1]]["horizontal_m"] < 435
    assert us.line("ru")["conflicts"] >= 2
    shown = us.run("conflicts").out
    assert overlap["id"] in shown and "us: Ours" in shown


def test_every_geometry_of_the_contract_is_taken(
    pair: tuple[Box, Box], tmp_path: Path, west: float
) -> None:
    us, ru = pair
    holed = square(west, 50)
    hole = [[x + 0.025, y + 0.025] for x, y in square(west, 50, 0.05)["coordinates"][0]]
    holed["coordinates"].append(hole)
    multi = [square(west + 1, 50)["coordinates"], square(west + 1.5, 50)["coordinates"]]
    wanted = [
        feature(holed, edges="lonlat"),
        feature({"type": "MultiPolygon", "coordinates": multi}, datum="HAE", unit="ft"),
        feature({"type": "Point", "coordinates": [west + 2, 50]}, radius_m=500, kind="site"),
        feature(
            {"type": "LineString", "coordinates": [[west + 3, 50], [west + 3.5, 51]]},
            width_m=4000,
            kind="unmanned-flight",
            datum="AMSL",
        ),
    ]
    ids = notified(us, "ru", tmp_path, *wanted)
    assert len(set(ids)) == 4
    settle(us, ru)
    for id in ids:
        ours, theirs = us.ask("show", id=id), ru.ask("show", id=id)
        assert ours["hash"] == theirs["hash"] and ours["form"] == "activity"
    # In the hole is outside: 2.5 km from the edge and more than any separation away.
    inside = {"type": "Point", "coordinates": [west + 0.05, 50.05]}
    (theirs_id,) = notified(ru, "us", tmp_path, feature(inside, radius_m=10))
    settle(us, ru)
    assert conflicts_of(us, theirs_id) == conflicts_of(ru, theirs_id) == []


def test_a_file_is_taken_whole_or_not_at_all(
    pair: tuple[Box, Box], tmp_path: Path, west: float
) -> None:
    us, ru = pair
    file = tmp_path / "one-bad.geojson"
    file.write_text(features(feature(square(west, 10)), feature(square(west, 20), datum=None)))
    before = said(us, "ru")
    refused = us.refused("notify", "ru", file)
    assert "feature 2 (C-17)" in refused["message"] and refused["rule"]
    assert said(us, "ru") == before


def test_check_tells_what_would_conflict_and_sends_nothing(
    pair: tuple[Box, Box], tmp_path: Path, west: float
) -> None:
    us, ru = pair
    (theirs,) = notified(ru, "us", tmp_path, feature(square(west, 30), title="Theirs"))
    settle(us, ru)
    draft = tmp_path / "draft.geojson"
    draft.write_text(features(feature(square(west + 0.05, 30), title="Draft", ref="D-1")))
    before = said(us, "ru")
    found = [
        c
        for c in us.json("check", draft)["conflicts"]
        if theirs in {a["id"] for a in c["activities"]}
    ]
    (conflict,) = found
    assert conflict.keys() >= CONFLICT_KEYS
    assert {a["title"] for a in conflict["activities"]} == {"Draft", "Theirs"}
    assert conflict["horizontal_m"] == 0
    assert said(us, "ru") == before and conflicts_of(us, theirs) == []
    draft.write_text(features(feature(square(west + 2, 30))))
    assert us.json("check", draft) == {"conflicts": []}


def test_a_cancelled_activity_conflicts_with_nothing_any_more(
    pair: tuple[Box, Box], tmp_path: Path, west: float
) -> None:
    us, ru = pair
    (ours,) = notified(us, "ru", tmp_path, feature(square(west, 45)))
    (theirs,) = notified(ru, "us", tmp_path, feature(square(west, 45)))
    settle(us, ru)
    assert [c["state"] for c in conflicts_of(ru, ours)] == ["found"]
    us.run("send", "ru", "cancel", f"about={ours}", "--wait", "60")
    settle(us, ru)
    for box in (us, ru):
        assert [c["state"] for c in conflicts_of(box, ours)] == ["resolved"]


def test_what_two_other_parties_plan_never_travels(
    pair: tuple[Box, Box], tmp_path: Path, west: float
) -> None:
    us, ru = pair
    notified(us, "un", tmp_path, feature(square(west, 15), title="For un alone"))
    (theirs,) = notified(ru, "us", tmp_path, feature(square(west, 15)))
    settle(us, ru)
    assert conflicts_of(us, theirs) == conflicts_of(ru, theirs) == []
    assert "For un alone" not in str(ru.messages())


def test_a_site_that_stays_may_have_ended_long_ago(
    pair: tuple[Box, Box], tmp_path: Path, west: float
) -> None:
    """Past windows are history, and history is recorded too."""
    us, ru = pair
    past: dict[str, Any] = {"start": "2022-04-02T08:00:00Z", "end": "2022-04-02T12:00:00Z"}
    (ours,) = notified(us, "ru", tmp_path, feature(square(west, -40), **past))
    notified(ru, "us", tmp_path, feature(square(west, -40), **past))
    settle(us, ru)
    assert [c["state"] for c in conflicts_of(ru, ours)] == ["expired"]
