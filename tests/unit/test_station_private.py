"""Private activities: matched against everything, known to our own desk alone."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import simulation.world as simulated
from activity_world import (
    KUNDUZ,
    collection,
    desks,
    enlist,
    facade,
    open_alarms,
    plan,
    site,
    stands,
)
from openline.station import inbox
from openline.station.activity_tables import private_activities, private_findings
from openline.station.roles import Role
from openline.station.seats import NOBODY, OWNER, Seat, taking
from openline.station.tables import messages
from openline.station.urgent_tables import notices
from openline.words.errors import OpenlineError
from openline.words.moment import DAY_MS
from simulation.world import Side, World

SOURCE = Path(__file__).resolve().parents[2] / "src" / "openline"
SECRET = "QZ-TARGET-QZ"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with desks(tmp_path) as world:
        yield world


def target(**over: Any) -> dict[str, Any]:
    """A strike that nobody may learn of."""
    own = {"kind": "live-fire", "details": f"{SECRET} details", "ref": f"{SECRET} ref"}
    return plan(f"{SECRET} title", **(own | over))


def add(side: Side, given: dict[str, Any]) -> str:
    (id,) = facade(side).private_add(collection(given))["ids"]
    return str(id)


def notify(side: Side, to: str, given: dict[str, Any]) -> str:
    (id,) = facade(side).notify([to], collection(given))["ids"]
    return str(id)


def findings(side: Side) -> list[tuple[str, str]]:
    found = facade(side).private_list()["private"]
    return [(other["title"], other["state"]) for own in found for other in own["findings"]]


# ---- matching ----------------------------------------------------------------------------


@pytest.mark.rule("R-ACT-21")
@pytest.mark.rule("R-ACT-22")
@pytest.mark.parametrize("first", ["target", "hospital"])
def test_kunduz_the_target_and_the_hospital_are_matched_whichever_came_first(
    world: World, first: str
) -> None:
    us, ru = world["us"], world["ru"]
    if first == "target":
        own = add(us, target())
        assert findings(us) == [] and not open_alarms(us)
        world.clock.pass_ms(60_000)
    hospital = notify(ru, "us", site("Trauma centre"))
    world.settle()
    if first == "hospital":
        assert not open_alarms(us)
        world.clock.pass_ms(60_000)
        own = add(us, target())
    assert findings(us) == [("Trauma centre", "found")]
    ((about, what),) = open_alarms(us).items()
    assert about.split()[:2] == [own, hospital] and what == "private-conflict"
    (alarm,) = facade(us).alarms()["alarms"]
    assert (alarm["precedence"], alarm["line"]) == ("flash", "ru")
    assert "Trauma centre" in alarm["text"] and SECRET in alarm["text"]
    sent = len(us.ours("ru"))
    facade(us).acknowledge(alarm["id"])
    world.settle()
    assert len(us.ours("ru")) == sent and not open_alarms(us)  # to have seen it says nothing
    assert not facade(us).conflicts()["conflicts"] and not open_alarms(ru)


@pytest.mark.rule("R-ACT-22")
def test_a_patrol_alarms_as_immediate_and_once(world: World) -> None:
    us, ru = world["us"], world["ru"]
    add(us, plan("Patrol", kind="ground-movement"))
    id = notify(ru, "us", site())
    world.settle()
    facade(ru).activity_amend(id, {"details": "Marked on the roof."})
    world.settle()
    (alarm,) = facade(us).alarms()["alarms"]
    assert alarm["precedence"] == "immediate"


@pytest.mark.rule("R-ACT-21")
@pytest.mark.rule("R-ACT-22")
def test_what_moves_away_is_resolved_and_what_comes_back_alarms_again(world: World) -> None:
    us, ru = world["us"], world["ru"]
    add(us, target())
    id = notify(ru, "us", site())
    world.settle()
    here, away = (
        {"type": "circle", "centre": [lon, KUNDUZ[1]], "radius_m": 500} for lon in (KUNDUZ[0], 60)
    )
    facade(ru).activity_amend(id, {"shape": away})
    world.settle()
    assert findings(us) == [("Hospital", "resolved")]
    world.clock.pass_ms(1_000)
    facade(ru).activity_amend(id, {"shape": here})
    world.settle()
    assert findings(us) == [("Hospital", "found")] and len(open_alarms(us)) == 2
    facade(ru).activity_cancel(id)
    world.settle()
    assert findings(us) == [("Hospital", "resolved")]


@pytest.mark.rule("R-ACT-21")
def test_it_is_matched_on_every_line_and_against_our_own_notices(tmp_path: Path) -> None:
    with desks(tmp_path, "us", "ru", "un") as world:
        us = world["us"]
        add(us, target())
        notify(world["un"], "us", site("Of un"))
        notify(world["ru"], "us", site("Far", lon=60.0))
        facade(us).notify(["ru", "un"], collection(plan("Our own")))
        world.settle()
        assert {title for title, _ in findings(us)} == {"Of un", "Our own"}
        alarmed = [what for what in open_alarms(us).values() if what == "private-conflict"]
        assert len(alarmed) == 2  # our own, on two lines, is one


@pytest.mark.rule("R-ACT-21")
def test_it_is_matched_again_when_a_lines_terms_change(world: World) -> None:
    us, ru = world["us"], world["ru"]
    add(us, target())
    notify(ru, "us", site(lat=KUNDUZ[1] + 0.03))  # 3.3 km north, 2.3 km between the edges
    world.settle()
    assert findings(us) == []
    ru.send("us", "terms", separation={"horizontal_m": 5000, "vertical_m": 300, "time_s": 900})
    world.settle()
    assert findings(us) == [("Hospital", "found")]


@pytest.mark.rule("R-ACT-21")
def test_what_is_over_or_forgotten_alarms_nobody(world: World) -> None:
    us, ru = world["us"], world["ru"]
    notify(ru, "us", site())
    world.settle()
    past = {"start": "2022-02-01T00:00:00Z", "end": "2022-02-02T00:00:00Z"}
    add(us, target(**past))
    id = add(us, target())
    assert len(open_alarms(us)) == 1
    facade(us).private_remove(id)
    assert not open_alarms(us) and len(us.rows(private_activities)) == 1
    with pytest.raises(OpenlineError) as caught:
        facade(us).private_remove(id)
    assert caught.value.code == "unknown-private"
    notify(ru, "us", site("Another"))
    world.settle()
    assert not open_alarms(us)


@pytest.mark.rule("R-ACT-21")
def test_a_file_is_entered_whole_or_not_at_all(world: World) -> None:
    us = world["us"]
    file = collection(target(), target(kind="hospital"))
    with pytest.raises(OpenlineError) as caught:
        facade(us).private_add(file)
    assert "feature 2" in caught.value.message and not us.rows(private_activities)
    typed = {k: v for k, v in target().items() if k != "shape"}
    facade(us).private_add(fields={**typed, "place": "42S VF 87399 63610", "radius_m": "300"})
    assert facade(us).private_list()["private"][0]["state"] == "planned"


# ---- what-if -----------------------------------------------------------------------------


@pytest.mark.rule("R-ACT-23")
def test_check_takes_what_is_private_into_account_and_sends_nothing(world: World) -> None:
    us, ru = world["us"], world["ru"]
    own = add(us, target())
    sent = len(us.ours("ru"))
    (found,) = facade(us).check(collection(site()))["conflicts"]
    assert found["private"] is True and {a["id"] for a in found["activities"]} == {"draft-1", own}
    assert facade(ru).check(collection(site())) == {"conflicts": []}
    with taking(Seat(Role.OBSERVER, "Ola")):
        assert facade(us).check(collection(site())) == {"conflicts": []}
    assert len(us.ours("ru")) == sent and not open_alarms(us)
    assert facade(us).check(collection(site(lon=60.0))) == {"conflicts": []}


# ---- who sees them -----------------------------------------------------------------------


@pytest.mark.rule("R-ACT-24")
def test_they_are_shown_from_the_role_officer_on(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = add(us, target())
    notify(ru, "us", site())
    world.settle()
    door = facade(us)
    for seat in (NOBODY, Seat(Role.OBSERVER, "Ola")):
        with taking(seat):
            for call in (
                door.private_list,
                lambda: door.private_add(collection(target())),
                lambda: door.private_remove(id),
            ):
                with pytest.raises(OpenlineError) as caught:
                    call()
                assert caught.value.code in ("role-too-low", "no-officer")
            seen = [door.map(), door.alarms(), door.activities(), door.conflicts()]
            assert SECRET not in repr(seen) and id not in repr(door.map())
            assert "PRIVATE: an activity of ours" in repr(door.alarms())
    for seat in (OWNER, Seat(Role.OFFICER, "Olga")):
        with taking(seat):
            assert SECRET in repr(door.private_list()) and SECRET in repr(door.alarms())
            (drawn,) = [each for each in door.map()["activities"] if each["private"]]
            assert drawn["id"] == id and drawn["geometry"]["type"] == "MultiPolygon"


# ---- what leaves -------------------------------------------------------------------------


@pytest.mark.rule("R-ACT-20")
def test_nothing_that_leaves_the_station_tells_of_it(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every parcel's plain text both ways, every message, bundle, receipt, checkpoint, alert."""
    us, ru = world["us"], world["ru"]
    left: list[bytes] = []
    for module in (simulated, inbox):
        seal = module.seal  # type: ignore[attr-defined]

        def recorded(items: Any, envelope: Any, seal: Any = seal) -> bytes:
            left.extend(items)
            return bytes(seal(items, envelope))

        monkeypatch.setattr(module, "seal", recorded)
    own = add(us, target(contact=f"{SECRET} contact"))
    patrol = add(us, plan(f"{SECRET} patrol", lon=60.0, kind="ground-movement"))
    house = add(us, site(f"{SECRET} house", lon=61.0))
    hospital = notify(ru, "us", site())
    mine = notify(us, "ru", plan("Announced", kind="convoy"))
    facade(us).check(collection(site()))
    world.settle()
    door = facade(us)
    door.private_amend(own, {"title": f"{SECRET} amended", "place": "36.7185 68.8589"})
    door.private_amend(house, {"place": f"{KUNDUZ[1]} {KUNDUZ[0]}"})
    door.private_amend(own, text=collection(target()))
    for alarm in door.alarms()["alarms"]:
        door.acknowledge(alarm["id"])
    door.activity_amend(mine, {"details": "Amended."})
    us.send("ru", "terms", notice=[{"kind": "convoy", "seconds": 60}])
    us.test("ru")
    ru.test("us")
    us.send("ru", "text", "flash", text="hello")
    door.answer(hospital, "acknowledged")
    world.settle()
    with taking(enlist(us, "Olga")):
        door.private_verify(house, [f"{KUNDUZ[1]} {KUNDUZ[0]}"])
    door.private_remove(patrol)
    world.settle()
    world.clock.pass_ms(40 * DAY_MS)
    for side in (us, ru):
        side.tick()
    world.settle()
    file = tmp_path / "bundle"
    door.evidence_export(str(file), line="ru")
    left.append(file.read_bytes())
    left += [bytes.fromhex(door.export_receipt(mine, None, True)["bytes"])]
    left.append(door.export_checkpoint("ru")["text"].encode())
    left += [row.raw for row in us.rows(messages)]
    left += [repr(row).encode() for row in us.rows(notices)]
    left += [repr([door.messages(), door.show(mine), door.timeline(mine)]).encode()]
    left += [repr([door.activities(), door.conflicts(), door.near_misses()]).encode()]
    left += [path.read_bytes() for path in ru.path.parent.glob("ru*") if path.is_file()]
    everything = b"\0".join(left)
    assert b"Announced" in everything and b"Hospital" in everything  # what is looked at is there
    for marker in (SECRET, own, patrol, house, "36.7185"):
        assert marker.encode() not in everything, marker
    assert {row.thing for row in us.rows(private_findings)} == {hospital, mine}


@pytest.mark.rule("R-ACT-20")
def test_no_module_that_sends_or_exports_reads_what_is_private() -> None:
    """Who may import the tables of private activities, and the modules over them, by name."""
    may = {
        "station/books/private.py",  # keeps and matches them
        "station/private.py",  # what a person does with them
        "station/books/announced.py",  # has them matched
        "station/views/private.py",
        "station/views/drawing.py",  # our own console's map
        "station/views/activity_alarms.py",
        "station/activity_door.py",
        "station/filing.py",  # enters a file of them
        "station/whatif.py",  # compares a draft with them, for our own desk
        "station/migrations.py",  # makes the tables
        "cli/main.py",  # its commands
    }
    private = {"private_activities", "private_findings", "private_versions", "private"}
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            module = getattr(node, "module", "") or ""
            names = {alias.name for alias in node.names} | set(module.split("."))
            tables = module.endswith("station") and "activity_tables" in names
            if (names & private or tables) and "openline" in module:
                found.add(str(path.relative_to(SOURCE)))
    assert found == may


@pytest.mark.rule("R-ACT-20")
def test_a_private_one_is_no_activity_of_the_line(world: World) -> None:
    us = world["us"]
    id = add(us, target())
    for call in (
        lambda: facade(us).activity_show(id),
        lambda: facade(us).activity_announce(id, ["ru"]),
        lambda: facade(us).activity_amend(id, {"title": "x"}),
        lambda: facade(us).stop(["ru"], site=id),
        lambda: facade(us).show(id),
    ):
        with pytest.raises(OpenlineError):
            call()
    with pytest.raises(StopIteration):
        stands(us, id)
