"""A second officer types coordinates again, and the announcement says who."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from activity_world import collection, desks, enlist, facade, open_alarms, plan, site, stands
from openline.station.seats import OWNER, Seat, taking
from openline.words.errors import OpenlineError
from simulation.world import World

AGAIN = "36°43'05\"N 68°51'32\"E"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with desks(tmp_path) as world:
        yield world


@pytest.fixture
def anna(world: World) -> Seat:
    return enlist(world["us"], "Anna")


@pytest.fixture
def boris(world: World) -> Seat:
    return enlist(world["us"], "Boris")


def refused(call: Any) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        call()
    return caught.value


@pytest.mark.rule("R-ACT-14")
@pytest.mark.rule("R-ACT-15")
def test_the_announcement_says_who_verified_it(world: World, anna: Seat, boris: Seat) -> None:
    us, ru = world["us"], world["ru"]
    with taking(anna):
        (id,) = facade(us).activity_draft(collection(site()))["ids"]
        assert stands(us, id)["marks"] == ["unverified"]
        assert refused(lambda: facade(us).activity_verify(id, [AGAIN])).code == "same-officer"
    with taking(boris):
        assert facade(us).activity_verify(id, ["42S VF 87399 63610"])["id"] == id
        facade(us).activity_announce(id, ["ru"])
    world.settle()
    for side in (us, ru):
        assert stands(side, id)["verified"] == {"officer": "Boris", "notation": "mgrs"}
        assert stands(side, id)["marks"] == []
        assert "verified by a second officer: Boris" in facade(side).show(id)["text"]
    assert not open_alarms(us)


@pytest.mark.rule("R-ACT-15")
@pytest.mark.rule("R-ACT-16")
def test_what_went_unverified_is_announced_again_once_it_is(
    world: World, anna: Seat, boris: Seat
) -> None:
    us, ru = world["us"], world["ru"]
    with taking(anna):
        done = facade(us).notify(["ru"], collection(site()))
    (id,) = done["ids"]
    assert [each["mark"] for each in done["amiss"]] == ["unverified"]
    world.settle()
    assert stands(us, id)["marks"] == stands(ru, id)["marks"] == ["unverified"]
    assert open_alarms(us) == {f"{id} unverified": "unverified"} and not open_alarms(ru)
    assert stands(us, id)["author"] == "Anna"
    with taking(boris):
        assert facade(us).activity_verify(id, [AGAIN])["id"] == f"{id}.1"
    world.settle()
    for side in (us, ru):
        assert stands(side, id)["verified"] == {"officer": "Boris", "notation": "dms"}
        assert stands(side, id)["author"] == "Anna"  # who gave them
    assert not open_alarms(us)
    with taking(anna):
        assert refused(lambda: facade(us).activity_verify(id, [AGAIN])).code == "same-officer"


@pytest.mark.rule("R-ACT-16")
def test_without_officers_it_is_sent_and_said_to_be_unverified(world: World) -> None:
    us, ru = world["us"], world["ru"]
    with taking(OWNER):
        done = facade(us).notify(["ru"], collection(site()))
        (id,) = done["ids"]
        assert refused(lambda: facade(us).activity_verify(id, [AGAIN])).code == "no-officer"
    assert "no officers" in done["amiss"][0]["text"]
    world.settle()
    assert stands(us, id)["marks"] == stands(ru, id)["marks"] == ["unverified"]
    assert not open_alarms(us)  # nobody could do anything about it
    flight = facade(us).notify(["ru"], collection(plan()))
    assert flight["amiss"] == [] and stands(us, flight["ids"][0])["marks"] == []


@pytest.mark.rule("R-ACT-17")
def test_other_coordinates_are_unverified_again(world: World, anna: Seat, boris: Seat) -> None:
    us = world["us"]
    with taking(anna):
        (id,) = facade(us).notify(["ru"], collection(site()))["ids"]
    with taking(boris):
        facade(us).activity_verify(id, [AGAIN])
        facade(us).activity_amend(id, {"title": "Hospital, east wing"})
        assert stands(us, id)["verified"]["officer"] == "Boris"
        moved = {"type": "circle", "centre": [68.86, 36.72], "radius_m": 500}
        facade(us).activity_amend(id, {"shape": moved})
        assert (stands(us, id)["verified"], stands(us, id)["author"]) == (None, "Boris")
        call = facade(us).activity_verify
        assert refused(lambda: call(id, ["36.72 68.86"])).code == "same-officer"
    with taking(anna):
        facade(us).activity_verify(id, ["36.72 68.86"])
        assert stands(us, id)["verified"] == {"officer": "Anna", "notation": "decimal"}


@pytest.mark.rule("R-ACT-17")
def test_a_draft_moved_by_another_hand_has_another_author(
    world: World, anna: Seat, boris: Seat
) -> None:
    us = world["us"]
    with taking(anna):
        (id,) = facade(us).activity_draft(collection(site()))["ids"]
    with taking(boris):
        facade(us).activity_verify(id, [AGAIN])
        moved = {"type": "circle", "centre": [68.86, 36.72], "radius_m": 500}
        facade(us).activity_amend(id, {"shape": moved})
        assert stands(us, id)["marks"] == ["unverified"] and stands(us, id)["author"] == "Boris"


@pytest.mark.rule("R-ACT-15")
@pytest.mark.parametrize(
    ("typed", "what"),
    [
        (["36.7191 68.8589"], "111 m"),
        (["36°43'06\"N 68°51'33\"E"], " m from"),
        (["68.8589 36.7181"], " m from"),  # changed places
        ([], "0 positions"),
        ([AGAIN, AGAIN], "2 positions"),
    ],
)
def test_other_coordinates_verify_nothing(
    world: World, anna: Seat, boris: Seat, typed: list[str], what: str
) -> None:
    us = world["us"]
    with taking(anna):
        (id,) = facade(us).notify(["ru"], collection(site()))["ids"]
    sent = len(us.ours("ru"))
    with taking(boris):
        error = refused(lambda: facade(us).activity_verify(id, typed))
    assert error.code == "other-coordinates" and what in error.message
    assert "36.7181" not in str(error)  # who types again is not told what was typed first
    assert len(us.ours("ru")) == sent


@pytest.mark.rule("R-ACT-15")
def test_every_corner_is_typed_again(world: World, anna: Seat, boris: Seat) -> None:
    us = world["us"]
    ring = [[68.8, 36.7], [68.9, 36.7], [68.9, 36.8], [68.8, 36.7]]
    area = {"type": "area", "polygons": [[ring]]}
    with taking(anna):
        id = us.send("ru", "activity", **site(shape=area))
    with taking(boris):
        corners = ["36.7 68.8", "36.7 68.9", "36.81 68.9"]
        error = refused(lambda: facade(us).activity_verify(id, corners))
        assert "position 3" in error.message
        corners[2] = "36°48'N 68°54'E"
        facade(us).activity_verify(id, corners)
    assert stands(us, id)["verified"] == {"officer": "Boris", "notation": "decimal"}


@pytest.mark.rule("R-ACT-15")
def test_nobody_but_the_station_says_that_something_is_verified(world: World) -> None:
    us = world["us"]
    claimed = site(verified={"officer": "Boris", "notation": "mgrs"})
    for call in (
        lambda: facade(us).notify(["ru"], collection(claimed)),
        lambda: us.send("ru", "activity", **claimed),
        lambda: facade(us).activity_draft(collection(claimed)),
    ):
        assert refused(call).code == "not-yours-to-say"
    (id,) = facade(us).notify(["ru"], collection(site()))["ids"]
    change = {"verified": {"officer": "Boris", "notation": "mgrs"}}
    assert refused(lambda: facade(us).activity_amend(id, change)).code == "not-yours-to-say"
