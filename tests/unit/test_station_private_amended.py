"""Amending what is private: a new version, matched at once, kept, and known to nobody else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from activity_world import (
    KUNDUZ,
    collection,
    desks,
    enlist,
    facade,
    open_alarms,
    plan,
    site,
)
from openline.station.activity_tables import private_versions
from openline.station.roles import Role
from openline.station.seats import Seat, taking
from openline.words.errors import OpenlineError
from openline.words.moment import DAY_MS
from simulation.world import Side, World

AWAY = f"{KUNDUZ[1]} 60"
HERE = f"{KUNDUZ[1]} {KUNDUZ[0]}"
SECOND_MS = 1_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with desks(tmp_path) as world:
        yield world


def add(side: Side, given: dict[str, Any]) -> str:
    (id,) = facade(side).private_add(collection(given))["ids"]
    return str(id)


def notify(side: Side, to: str, *given: dict[str, Any]) -> list[str]:
    return list(facade(side).notify([to], collection(*given))["ids"])


def found(side: Side, id: str) -> dict[str, str]:
    """What it collides with, and how that stands."""
    return {f["title"]: f["state"] for f in facade(side).private_show(id)["findings"]}


def sounding(side: Side) -> list[tuple[str, str]]:
    """The alarms that nobody has acknowledged: what each is, and how urgent."""
    listed = facade(side).alarms()["alarms"]
    return [(a["form"], a["precedence"]) for a in listed if a["acknowledged_at"] is None]


def refusal(call: Any) -> str:
    with pytest.raises(OpenlineError) as caught:
        call()
    return caught.value.code


@pytest.mark.rule("R-ACT-25")
def test_what_it_no_longer_meets_is_over_and_what_it_newly_meets_alarms(world: World) -> None:
    us, ru = world["us"], world["ru"]
    notify(ru, "us", site("Hospital"), site("School", lon=60.0))
    world.settle()
    id = add(us, plan("Target", kind="live-fire"))
    assert found(us, id) == {"Hospital": "found"}
    (before,) = open_alarms(us)
    world.clock.pass_ms(SECOND_MS)
    facade(us).private_amend(id, {"place": AWAY})
    assert found(us, id) == {"Hospital": "resolved", "School": "found"}
    (alarm,) = (a for a in facade(us).alarms()["alarms"] if a["acknowledged_at"] is None)
    assert alarm["message"] != before and "School" in alarm["text"]  # the first is silent
    world.clock.pass_ms(SECOND_MS)
    facade(us).private_amend(id, {"place": HERE})  # and back: it collides anew
    assert found(us, id) == {"Hospital": "found", "School": "resolved"}
    assert sounding(us) == [("private-conflict", "flash")]


@pytest.mark.rule("R-ACT-25")
def test_every_version_is_kept_with_who_made_it_and_when(world: World) -> None:
    us = world["us"]
    olga, pavel = enlist(us, "Olga"), enlist(us, "Pavel")
    with taking(olga):
        id = add(us, plan("Patrol", kind="ground-movement", details="Two cars."))
    world.clock.pass_ms(SECOND_MS)
    with taking(pavel):
        facade(us).private_amend(id, {"title": "Patrol 2", "details": ""})
        facade(us).private_amend(id, text=collection(plan("Patrol 3", lon=60.0)))
    shown = facade(us).private_show(id)
    told = [(v["revision"], v["by"], v["fields"]["title"]) for v in shown["versions"]]
    assert told == [(0, "Olga", "Patrol"), (1, "Pavel", "Patrol 2"), (2, "Pavel", "Patrol 3")]
    assert [("details" in v["fields"]) for v in shown["versions"]] == [True, False, False]
    assert shown["versions"][0]["at"] < shown["versions"][1]["at"]
    assert (shown["revision"], shown["title"], shown["author"]) == (2, "Patrol 3", "Pavel")
    assert shown["kind"] == "flight" and shown["places"][0]["decimal"].endswith(" 60.0000000")
    facade(us).private_remove(id)
    assert not us.rows(private_versions)
    assert refusal(lambda: facade(us).private_show(id)) == "unknown-private"


@pytest.mark.rule("R-ACT-25")
def test_a_patrol_that_becomes_a_strike_alarms_anew_as_flash(world: World) -> None:
    us, ru = world["us"], world["ru"]
    notify(ru, "us", site())
    world.settle()
    id = add(us, plan("Patrol", kind="ground-movement"))
    (alarm,) = facade(us).alarms()["alarms"]
    assert alarm["precedence"] == "immediate"
    facade(us).acknowledge(alarm["id"])
    world.clock.pass_ms(SECOND_MS)
    facade(us).private_amend(id, {"details": "Slower."})
    assert sounding(us) == []  # it collides as before
    facade(us).private_amend(id, {"kind": "live-fire"})
    assert sounding(us) == [("private-conflict", "flash")]
    assert found(us, id) == {"Hospital": "found"}


@pytest.mark.rule("R-ACT-25")
def test_what_is_wrong_with_an_amendment_changes_nothing(world: World) -> None:
    us, ru = world["us"], world["ru"]
    notify(ru, "us", site())
    world.settle()
    id = add(us, plan("Target", kind="live-fire"))
    before = facade(us).private_show(id)
    door = facade(us)
    wrong: dict[str, dict[str, Any]] = {
        "bad-coordinates": {"place": "somewhere"},
        "unknown-field": {"wings": "2"},
        "not-yours-to-say": {"verified": {"officer": "Olga", "notation": "mgrs"}},
    }
    for code, changes in wrong.items():
        assert refusal(lambda changes=changes: door.private_amend(id, changes)) == code
    two = collection(plan(), plan())
    assert refusal(lambda: door.private_amend(id, text=two)) == "not-one-activity"
    assert refusal(lambda: door.private_amend("p-none", {"title": "x"})) == "unknown-private"
    assert facade(us).private_show(id) == before
    world.clock.pass_ms(3 * DAY_MS)
    assert refusal(lambda: door.private_amend(id, {"title": "x"})) == "activity-over"


@pytest.mark.rule("R-ACT-26")
def test_a_second_officer_verifies_and_again_when_the_place_is_amended(world: World) -> None:
    us, ru = world["us"], world["ru"]
    notify(ru, "us", plan("Flight"))
    world.settle()
    olga, pavel = enlist(us, "Olga"), enlist(us, "Pavel")
    with taking(olga):
        id = add(us, site("Safe house"))
        assert refusal(lambda: facade(us).private_verify(id, [HERE])) == "same-officer"
    shown = facade(us).private_show(id)
    assert shown["marks"] == ["unverified"] and found(us, id) == {"Flight": "found"}
    assert sorted(sounding(us)) == [
        ("private-conflict", "immediate"),
        ("private-unverified", "priority"),
    ]
    with taking(pavel):
        assert refusal(lambda: facade(us).private_verify(id, [AWAY])) == "other-coordinates"
        facade(us).private_verify(id, ["42S VF 87399 63610"])
        facade(us).private_amend(id, {"details": "Blue gate."})  # the place stays, and verified
    shown = facade(us).private_show(id)
    assert (shown["marks"], shown["author"]) == ([], "Olga")
    assert shown["verified"] == {"officer": "Pavel", "notation": "mgrs"}
    assert [v["by"] for v in shown["versions"]] == ["Olga", "Pavel", "Pavel"]
    assert sounding(us) == [("private-conflict", "immediate")]
    with taking(pavel):
        facade(us).private_amend(id, {"place": AWAY})
        assert refusal(lambda: facade(us).private_verify(id, [AWAY])) == "same-officer"
    assert facade(us).private_show(id)["marks"] == ["unverified"]
    assert sounding(us) == [("private-unverified", "priority")]
    with taking(olga):
        facade(us).private_verify(id, [AWAY])
    assert sounding(us) == [] and facade(us).private_show(id)["marks"] == []
    with taking(olga):
        facade(us).private_amend(id, {"place": HERE})
    facade(us).private_remove(id)
    assert sounding(us) == []


@pytest.mark.rule("R-ACT-26")
def test_what_no_second_officer_could_verify_alarms_nobody(world: World) -> None:
    us = world["us"]
    id = add(us, site("Safe house"))
    assert facade(us).private_show(id)["marks"] == ["unverified"] and not sounding(us)
    assert refusal(lambda: facade(us).private_verify(id, [HERE])) == "no-officer"


@pytest.mark.rule("R-ACT-24")
def test_an_observer_neither_reads_nor_amends_nor_verifies(world: World) -> None:
    us = world["us"]
    enlist(us, "Olga")
    id = add(us, site("QZ-SAFE-HOUSE"))
    door = facade(us)
    with taking(Seat(Role.OBSERVER, "Ola")):
        for call in (
            lambda: door.private_show(id),
            lambda: door.private_amend(id, {"title": "x"}),
            lambda: door.private_verify(id, [HERE]),
        ):
            assert refusal(call) == "role-too-low"
        assert "QZ-SAFE-HOUSE" not in repr(door.alarms())
        assert "PRIVATE: coordinates of ours" in repr(door.alarms())
    assert "QZ-SAFE-HOUSE" in repr(door.alarms())


@pytest.mark.rule("R-ACT-25")
def test_an_amended_one_meets_what_the_same_entered_anew_meets(world: World) -> None:
    us, ru = world["us"], world["ru"]
    lons = [round(KUNDUZ[0] + step * 0.02, 4) for step in range(4)]  # 1.8 km apart
    notify(ru, "us", *(site(f"Site {number}", lon=lon) for number, lon in enumerate(lons)))
    world.settle()
    id = add(us, plan("Target", kind="live-fire"))
    met = set()
    for lon in (lons[3], 60.0, lons[0], lons[1], lons[2]):
        for radius in (200, 2_000):
            changes = {"place": f"{KUNDUZ[1]} {lon}", "radius_m": radius}
            facade(us).private_amend(id, changes)
            stands = {title for title, state in found(us, id).items() if state == "found"}
            same = facade(us).private_show(id)["fields"]
            (fresh,) = facade(us).private_add(fields=same)["ids"]
            assert stands == set(found(us, fresh))
            facade(us).private_remove(fresh)
            met.add(len(stands))
    assert len(met) > 2  # nothing, one and several
