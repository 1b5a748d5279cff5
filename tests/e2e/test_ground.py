"""A convoy on the ground and a flight at 5,000 m over a plain, on both sides of a real line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from plans import feature, features
from processes import Box, Json, MakePair, serve_all, settle

from ground_world import grid_file, write_tif

WAY = {"type": "LineString", "coordinates": [[22.3, 49.4], [22.6, 49.5]]}


def announce(box: Box, to: str, folder: Path, *plans: Json) -> None:
    file = folder / f"{box.party}.geojson"
    file.write_text(features(*plans))
    box.run("notify", to, file)


def found(box: Box) -> list[list[str]]:
    """The flags of every conflict that stands."""
    listed = box.json("conflicts")["conflicts"]
    return [c["flags"] for c in listed if c["state"] == "found"]


@pytest.mark.rule("R-GROUND-06")
@pytest.mark.rule("R-CONF-15")
def test_a_convoy_does_not_collide_on_paper_with_a_flight(
    make_pair: MakePair, tmp_path: Path
) -> None:
    us, ru = make_pair()
    serve_all(us, ru)
    convoy = feature(WAY, width_m=2000)
    over = {"width_m": 4000, "lower": 5000, "upper": 5100, "datum": "AMSL"}
    announce(us, "ru", tmp_path, convoy)
    announce(ru, "us", tmp_path, feature(WAY, kind="flight", title="Flight", **over))
    settle(us, ru)
    assert [found(us), found(ru)] == [[["ground"]], [["ground"]]], "over ground unknown it may"

    heights = np.random.default_rng(1).integers(150, 260, (120, 120)).astype(np.int16)
    plain = write_tif(tmp_path / "plain.tif", heights, 22, 50, 1 / 120)
    for box in (us, ru):
        assert box.json("terrain", "add", plain)["name"] == "plain"
    assert [found(us), found(ru)] == [[], []]
    (listed,) = us.json("terrain", "list")["terrain"]
    assert (listed["west"], listed["lowest_m"] >= 150) == (22, True)
    assert "plain" in us.run("terrain", "list").out
    for box in (us, ru):
        box.run("terrain", "remove", "plain")
    assert [found(us), found(ru)] == [[["ground"]], [["ground"]]]

    us.run("send", "ru", "terms", "lowest_m=100", "highest_m=320")
    ru.run("send", "us", "terms", "lowest_m=100", "highest_m=320")
    settle(us, ru)
    assert [found(us), found(ru)] == [[], []]


@pytest.mark.rule("R-GROUND-06")
def test_ground_given_with_a_convoy_clears_it_on_both_sides(
    make_pair: MakePair, tmp_path: Path
) -> None:
    us, ru = make_pair()
    serve_all(us, ru)
    over = {"width_m": 4000, "lower": 5000, "upper": 5100, "datum": "AMSL"}
    announce(
        us, "ru", tmp_path, feature(WAY, width_m=2000, ground_lowest_m=150, ground_highest_m=320)
    )
    announce(ru, "us", tmp_path, feature(WAY, kind="flight", title="Flight", **over))
    fire = feature(WAY, kind="live-fire", title="Fire", **over)
    settle(us, ru)
    assert [found(us), found(ru)] == [[], []]
    announce(ru, "us", tmp_path, fire)
    settle(us, ru)
    assert [found(us), found(ru)] == [[["ground"]], [["ground"]]], "what is fired comes down"


@pytest.mark.rule("R-GROUND-02")
@pytest.mark.rule("R-GROUND-03")
@pytest.mark.rule("R-GROUND-04")
def test_the_commands_about_heights(pair: tuple[Box, Box], tmp_path: Path) -> None:
    us, _ = pair
    grid = grid_file()
    fake = tmp_path / "egm96_15.gtx"
    fake.write_bytes(bytes(4_153_000))
    assert us.refused("geoid", "use", fake)["code"] == "bad-geoid"
    assert us.refused("terrain", "add", fake)["code"] == "bad-terrain"
    assert us.refused("terrain", "remove", "none")["code"] == "unknown-terrain"
    assert us.json("geoid", "use", grid)["found"] is True
    assert us.json("geoid", "show")["file"].startswith(str(us.path))
    ways = (("HAE", "AMSL", 31.628), ("AMSL", "HAE", -31.628))
    for of, to, expected in ways:
        asked = ("--at", "38.628155 -90.220845", "--metres", "0", "--from", of, "--to", to)
        done = us.json("geoid", "convert", *asked)
        assert done["metres"] == pytest.approx(expected, abs=0.1)
    assert us.refused("geoid", "convert", *asked[:-1], "AGL")["code"] == "bad-datum"
