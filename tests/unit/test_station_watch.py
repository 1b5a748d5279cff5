"""The watch list: people, watches, calendars, hand-overs and the steps of each line."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.station import alerts, handover, reach, timers
from openline.station.folder import Folder
from openline.station.urgent_tables import notices
from openline.station.views.alarms import list_alarms
from openline.station.watch_door import WatchDoor
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from simulation.world import Side, World, joined

URL = "json://gateway.example/very-secret-token"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path, ("us", "ru", "un")) as world:
        folder = tmp_path / "folder"
        folder.mkdir()
        world["us"].folder = Folder(folder)  # type: ignore[attr-defined]
        world["us"].ending = False  # type: ignore[attr-defined]
        yield world


def door(side: Side) -> WatchDoor:
    made = WatchDoor()
    made._station = side  # type: ignore[assignment]
    return made


def refusal(call: Any, *args: Any, **named: Any) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        call(*args, **named)
    assert caught.value.rule and caught.value.next
    return caught.value


def people(side: Side) -> list[tuple[str, str]]:
    return [(each["name"], each["role"]) for each in door(side).reach_list()["people"]]


@pytest.mark.rule("R-WATCH-01")
def test_people_are_called_in_the_order_in_which_they_were_named_or_placed(world: World) -> None:
    us = world["us"]
    for name in ("ivan", "olga"):
        door(us).reach_add(name, [])
    door(us).reach_add("anna", [], "contact", 0)
    assert people(us) == [("anna", "contact"), ("ivan", "officer"), ("olga", "officer")]
    door(us).reach_add("ivan", [], "commander")  # changed, and stays in its place
    assert people(us) == [("anna", "contact"), ("ivan", "commander"), ("olga", "officer")]
    door(us).reach_remove("anna")
    assert people(us) == [("ivan", "commander"), ("olga", "officer")]
    assert refusal(door(us).reach_remove, "anna").code == "unknown-person"
    for name, role in (("two\nlines", "officer"), ("a, b", "officer"), ("petr", "king")):
        assert refusal(door(us).reach_add, name, [], role).code == "bad-person"


@pytest.mark.rule("R-WATCH-03")
def test_a_way_of_reaching_somebody_is_kept_for_the_owner_alone_and_never_shown(
    world: World,
) -> None:
    us = world["us"]
    door(us).reach_add("ivan", [URL, "mailto://user:word@mail.example"])
    file = us.folder.path / "secrets" / "reach.json"  # type: ignore[attr-defined]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    shown = door(us).reach_list()
    assert shown["people"][0]["ways"] == ["json", "mailto"]
    assert "secret" not in json.dumps(shown) and "word" not in json.dumps(shown)
    assert b"secret" not in us.path.read_bytes()
    for wrong in ("nonsense", "very-secret://x y", "json://" + "x" * 3_000):
        error = refusal(door(us).reach_add, "ivan", [wrong])
        assert error.code == "bad-reach" and wrong not in str(error)
    assert refusal(door(us).reach_add, "ivan", [URL, URL]).code == "bad-reach"
    assert refusal(door(us).reach_add, "ivan", [URL] * 9).code == "bad-reach"
    assert len(reach.ways_of(us.folder, "ivan")) == 2  # type: ignore[attr-defined]
    door(us).reach_remove("ivan")
    assert json.loads(file.read_bytes()) == {}


@pytest.mark.rule("R-WATCH-01")
def test_who_is_on_watch_follows_from_the_watches_and_the_time(world: World) -> None:
    us = world["us"]
    for name in ("ivan", "olga"):
        door(us).reach_add(name, [])
    spans = {"olga": ("11:00", "13:00"), "ivan": ("12:00", "18:00")}
    ids = {
        name: door(us).watch_add(name, f"2022-03-01T{a}:00Z", f"2022-03-01T{b}:00Z")["id"]
        for name, (a, b) in spans.items()
    }
    assert door(us).watch_list()["on_watch"] == ["ivan", "olga"]
    world.clock.wall = Moment.parse("2022-03-01T13:00:00Z").ms
    found = door(us).watch_list()
    assert found["on_watch"] == ["ivan"]
    assert [w["person"] for w in found["watches"]] == ["ivan"]
    assert len(door(us).watch_list("2022-03-01", "2022-03-02")["watches"]) == 2
    door(us).watch_remove(ids["ivan"])
    assert door(us).watch_list()["on_watch"] == []
    assert refusal(door(us).watch_remove, ids["ivan"]).code == "unknown-watch"
    at = ("2022-03-01T12:00:00Z", "2022-03-01T13:00:00Z")
    assert refusal(door(us).watch_add, "petr", *at).code == "unknown-person"
    assert refusal(door(us).watch_add, "ivan", *at[::-1]).code == "bad-watch"


def _calendar(*watches: tuple[str, str, str]) -> str:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:{who}\r\nDTSTART:{a}\r\nDTEND:{b}\r\nEND:VEVENT\r\n"
        for n, (who, a, b) in enumerate(watches)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n"


@pytest.mark.rule("R-WATCH-02")
def test_a_calendar_replaces_what_it_brought_before_and_is_taken_whole_or_not(
    world: World,
) -> None:
    us = world["us"]
    for name in ("ivan", "olga"):
        door(us).reach_add(name, [])
    running = ("ivan", "20220301T060000Z", "20220301T180000Z")
    night = ("olga", "20220301T180000Z", "20220302T060000Z")
    first = door(us).watch_import("duty.ics", _calendar(running, night))
    assert (first["taken"], first["replaced"]) == (2, 0)
    door(us).watch_add("olga", "2022-03-05T00:00:00Z", "2022-03-05T06:00:00Z")
    other = ("ivan", "20220301T180000Z", "20220302T060000Z")
    again = door(us).watch_import("duty.ics", _calendar(running, other))
    assert (again["taken"], again["replaced"]) == (1, 1)
    kept = [(w["person"], w["start"]) for w in door(us).watch_list()["watches"]]
    assert kept == [
        ("ivan", "2022-03-01T06:00:00Z"),
        ("ivan", "2022-03-01T18:00:00Z"),
        ("olga", "2022-03-05T00:00:00Z"),
    ]
    stranger = ("petr", "20220302T060000Z", "20220302T180000Z")
    refused = refusal(door(us).watch_import, "duty.ics", _calendar(running, stranger))
    assert refused.code == "unknown-person" and "petr" in refused.message
    assert [(w["person"], w["start"]) for w in door(us).watch_list()["watches"]] == kept


@pytest.mark.rule("R-WATCH-04")
def test_each_watch_tries_the_alarms_of_whoever_comes_on_once_as_it_begins(world: World) -> None:
    us = world["us"]
    door(us).reach_add("ivan", [URL])
    door(us).reach_add("olga", [URL, "json://other.example/"])
    door(us).watch_add("ivan", "2022-03-01T11:00:00Z", "2022-03-01T18:00:00Z")
    door(us).watch_add("olga", "2022-03-01T18:00:00Z", "2022-03-02T06:00:00Z")
    us.tick()
    assert us.rows(notices) == []  # whoever is on watch as the list is made takes nothing over
    with us.store.read() as connection:
        assert handover.next_due(connection) == Moment.parse("2022-03-01T18:00:00Z")
        wake = timers.next_wake(connection, us.engine.lines, us.now())
        assert wake is not None and wake <= Moment.parse("2022-03-01T18:00:00Z")
    world.clock.wall = Moment.parse("2022-03-01T18:00:00Z").ms
    us.tick()
    us.tick()
    tried = [(row.person, row.way, row.step) for row in us.rows(notices)]
    assert tried == [("olga", 1, "handover"), ("olga", 2, "handover")]


@pytest.mark.rule("R-WATCH-05")
def test_an_alarm_that_does_not_leave_is_an_alarm_once_for_each(world: World) -> None:
    us = world["us"]
    door(us).reach_add("ivan", [URL])
    door(us).watch_add("ivan", "2022-03-01T18:00:00Z", "2022-03-02T06:00:00Z")
    for hour in (18, 19):
        world.clock.wall = Moment.parse(f"2022-03-01T{hour}:00:00Z").ms
        if hour == 19:
            door(us).watch_add("ivan", "2022-03-01T19:30:00Z", "2022-03-02T06:00:00Z")
            world.clock.pass_ms(1_800_000)
        us.tick()
        pk = us.rows(notices)[-1].pk
        us.run(lambda tx, pk=pk: alerts.ended(tx, pk, "the gateway did not take it"))
        us.run(lambda tx, pk=pk: alerts.ended(tx, pk, ""))  # what has ended has ended
    listed = list_alarms(us, "en")["alarms"]  # type: ignore[arg-type]
    found = [a for a in listed if a["form"] != "line-late"]  # nobody carries anything meanwhile
    assert [a["form"] for a in found] == ["alert-failed", "alert-failed"]
    text = "an alarm has not left to a person: ivan (1), the gateway did not take it"
    assert found[0]["text"] == text and found[0]["precedence"] == "immediate"
    tried = [a for a in door(us).watch_alerts()["alerts"] if a["step"] == "handover"]
    assert [(a["person"], a["left"]) for a in tried] == [("ivan", False)] * 2


@pytest.mark.rule("R-WATCH-05")
def test_a_way_that_is_no_longer_kept_or_makes_its_library_fail_has_not_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    us = world["us"]
    door(us).reach_add("ivan", [URL])
    us.run(lambda tx: handover.watchlist.notify(tx, "", "handover", "handover", ["ivan"]))
    (row,) = us.rows(notices)
    title, body = alerts.words(us, row)  # type: ignore[arg-type]

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(URL)

    monkeypatch.setattr(reach.library().Apprise, "notify", fail)
    why = alerts.leave(us, row, title, body)  # type: ignore[arg-type]
    assert why == "it failed: RuntimeError"
    reach.keep(us.folder, "ivan", [])  # type: ignore[attr-defined]
    why = alerts.leave(us, row, title, body)  # type: ignore[arg-type]
    assert why == "this way is no longer kept"


@pytest.mark.rule("R-WATCH-06")
def test_what_leaves_says_that_something_waits_and_nothing_of_what_it_says(world: World) -> None:
    us = world["us"]
    door(us).reach_add("ivan", [URL])
    door(us).watch_add("ivan", "2022-03-01T11:00:00Z", "2022-03-01T18:00:00Z")
    id = world["ru"].send("us", precedence="flash", text="Your convoy is under fire.")
    world.settle()
    us.tick()
    (row,) = us.rows(notices)
    title, body = alerts.words(us, row)  # type: ignore[arg-type]
    assert title == "Openline us: flash from ru"
    assert id in body and "1 March 2022, 12:00 UTC" in body and "convoy" not in title + body


@pytest.mark.rule("R-WATCH-07")
def test_an_alarm_leaves_in_the_language_of_the_person_else_of_the_station(world: World) -> None:
    us = world["us"]
    door(us).reach_add("ivan", [URL], language="ru")
    door(us).reach_add("olga", [URL])
    for name in ("ivan", "olga"):
        door(us).watch_add(name, "2022-03-01T11:00:00Z", "2022-03-01T18:00:00Z")
    id = world["ru"].send("us", precedence="flash", text="Your convoy is under fire.")
    world.settle()
    us.tick()
    world.clock.pass_ms(60_000)
    us.tick()
    us.run(lambda tx: handover.watchlist.notify(tx, "", "handover", "handover", ["ivan", "olga"]))

    def said(person: str) -> list[tuple[str, str]]:
        rows = [row for row in us.rows(notices) if row.person == person]
        return [alerts.words(us, row) for row in rows[-2:]]  # type: ignore[arg-type]

    (title, body), (test, _) = said("ivan")
    assert title == "Openline us: молния от ru" and test == "Openline us: проверка"
    assert body.startswith(f"{id} ждёт человека с 1 марта 2022")
    english = ["Openline us: flash from ru", "Openline us: test"]
    assert [title for title, _ in said("olga")] == english
    us.language = "ru"
    assert said("olga") == said("ivan")
    door(us).reach_add("ivan", [URL], language="en")
    assert [title for title, _ in said("ivan")] == english
    door(us).reach_add("ivan", [URL], "commander")  # as before, where nothing is said
    assert [each["language"] for each in door(us).reach_list()["people"]] == ["en", ""]
    assert refusal(door(us).reach_add, "ivan", [URL], language="tlh").code == "bad-person"


@pytest.mark.rule("R-URG-02")
def test_a_lines_steps_can_be_set_and_set_back(world: World) -> None:
    us = world["us"]
    default = door(us).escalation("ru")["precedences"]
    assert [(s["who"], s["after_s"]) for s in default["flash"]["steps"]] == [
        *(("first", 0), ("watch", 60), ("commander", 120), ("contacts", 300))
    ]
    steps = {"commander": 5, "desks": 7.5}
    found = door(us).escalation_set("ru", "priority", steps, ["un"])["precedences"]
    kept = [{"who": "commander", "after_s": 5}, {"who": "desks", "after_s": 7.5}]
    assert found["priority"] == {"steps": kept, "desks": ["un"]}
    found = door(us).escalation_set("ru", "flash", {}, ["un"])["precedences"]
    assert found["flash"]["steps"][-1] == {"who": "desks", "after_s": 600}
    for precedence in ("flash", "priority"):
        door(us).escalation_set("ru", precedence)
    assert door(us).escalation("ru")["precedences"] == default
    wrong: Any
    for wrong in ({"boss": 1}, {"watch": -1}, {"watch": 10**9}):
        assert refusal(door(us).escalation_set, "ru", "flash", wrong).code == "bad-steps"
    assert refusal(door(us).escalation_set, "ru", "flash", {}, ["ru"]).code == "bad-steps"
    assert refusal(door(us).escalation_set, "ru", "flash", {}, ["xx"]).code == "unknown-line"
    assert refusal(door(us).escalation, "xx").code == "unknown-line"
