"""Stop, query and accident between two stations, their answers, and what both sides see of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.station import urgent
from openline.station.urgent_door import UrgentDoor
from openline.station.views.alarms import list_alarms
from openline.station.views.traffic import list_messages
from openline.words.errors import OpenlineError
from simulation.world import Side, World, joined

KUNDUZ = "36.7181 68.8589"
HOSPITAL = {
    **{"ref": "H-1", "kind": "site", "title": "Trauma hospital", "edges": "geodesic"},
    "shape": {"type": "circle", "centre": [68.8589, 36.7181], "radius_m": 150},
    **{"start": "2022-03-01T00:00:00Z", "end": "2022-12-01T00:00:00Z"},
    **{"lower": 0, "upper": 30, "unit": "m", "datum": "AGL"},
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path, ("un", "us", "ru")) as world:
        yield world


def door(side: Side) -> UrgentDoor:
    made = UrgentDoor()
    made._station = side  # type: ignore[assignment]
    return made


def story(side: Side, id: str, line: str = "") -> list[tuple[str, str]]:
    """Who did what, in order, automatic steps and people's."""
    found = door(side).timeline(id)["lines"]
    (steps,) = [each["steps"] for each in found if line in ("", each["line"])]
    assert [s["at"] for s in steps] == sorted(s["at"] for s in steps)
    return [(s["by"], s["step"]) for s in steps]


def refusal(call: Any, *args: Any, **named: Any) -> str:
    with pytest.raises(OpenlineError) as caught:
        call(*args, **named)
    assert caught.value.rule and caught.value.next
    return caught.value.code


def said(side: Side, form: str) -> list[dict[str, Any]]:
    """The fields of all messages of a form that arrived."""
    found = list_messages(side, None, None, "en")["messages"]  # type: ignore[arg-type]
    return [m for m in found if (m["form"], m["direction"]) == (form, "in")]


def offered(side: Side) -> list[str]:
    """What the console offers as answers in the one alarm."""
    (alarm,) = list_alarms(side, "en")["alarms"]  # type: ignore[arg-type]
    return list(alarm["answers"])


@pytest.mark.rule("R-STOP-01")
@pytest.mark.rule("R-STOP-02")
@pytest.mark.rule("R-URG-09")
@pytest.mark.rule("R-STOP-03")
def test_a_stop_reaches_several_lines_and_each_step_stands_on_both_sides(world: World) -> None:
    un, us = world["un"], world["us"]
    id = door(un).stop(["us", "ru"], at=KUNDUZ, text="Staff are inside.")["id"]
    world.clock.pass_ms(1_000)
    world.settle()
    for peer in ("us", "ru"):
        (stop,) = said(world[peer], "stop")
        assert (stop["id"], stop["precedence"]) == (id, "flash")
        assert stop["fields"] == {"place": [68.8589, 36.7181], "text": "Staff are inside."}
        (alarm,) = world[peer].alarms().values()
        assert (alarm.message, alarm.precedence, alarm.acknowledged_at) == (id, "flash", None)
    outcomes = ["stopped", "not-ours", "ours-continuing", "unit-not-reached"]
    assert offered(us) == ["opened", *outcomes]
    for word in ("opened", "passed-on", "stopped"):
        world.clock.pass_ms(20_000)
        fields = {"units": ["Gunship 66"]} if word == "passed-on" else {}
        door(us).answer(id, word, fields)
        world.settle()
    wanted = [("un", "sent"), ("us", "received")]
    wanted += [("us", word) for word in ("opened", "passed-on", "stopped")]
    assert story(un, id, "us") == story(us, id) == wanted
    assert story(un, id, "ru") == story(world["ru"], id) == [("un", "sent"), ("ru", "received")]
    here, there = (door(side).timeline(id)["lines"] for side in (un, us))
    (of_us,) = [line["steps"] for line in here if line["line"] == "us"]
    assert [s["at"] for s in of_us] == [s["at"] for s in there[0]["steps"]]
    (alarm,) = us.alarms().values()
    assert alarm.acknowledged_at is not None
    assert offered(us) == [] and offered(world["ru"]) == ["opened", *outcomes]
    assert refusal(door(us).answer, id, "ours") == "bad-answer"
    world.check_quiet()


@pytest.mark.rule("R-STOP-01")
def test_a_stop_names_a_site_only_to_who_was_told_of_it(world: World) -> None:
    un = world["un"]
    site = un.send("us", "activity", **HOSPITAL)
    world.settle()
    door(un).stop(["us"], site=site)
    door(un).stop(["us"], site="H-1")  # by the reference that the desk knows it by
    door(un).stop(["us", "ru"], site=site)
    world.settle()
    first, by_ref, third = said(world["us"], "stop")
    named = {"place": [68.8589, 36.7181], "site": site, "what": "Trauma hospital"}
    assert first["fields"] == by_ref["fields"] == named
    (to_ru,) = said(world["ru"], "stop")
    assert to_ru["fields"] == third["fields"] == {"place": [68.8589, 36.7181]}
    before = len(un.ours("us"))
    assert refusal(door(un).stop, ["us"], site="un-0000000000") == "unknown-site"
    assert refusal(door(un).stop, ["us"]) == "missing-place"
    assert refusal(door(un).stop, ["us", "xx"], at=KUNDUZ) == "unknown-line"
    assert refusal(door(un).stop, ["us"], at="over there") == "bad-coordinates"
    assert len(un.ours("us")) == before


@pytest.mark.rule("R-STOP-01")
def test_the_place_of_an_area_or_corridor_lies_within_it(world: World) -> None:
    un = world["un"]
    square = [[22.0, 49.0], [22.2, 49.0], [22.2, 49.2], [22.0, 49.2], [22.0, 49.0]]
    shapes = (
        {"type": "area", "polygons": [[square]]},
        {"type": "corridor", "path": [[22.0, 49.0], [22.2, 49.2]], "width_m": 500},
    )
    for shape in shapes:
        site = un.send("us", "activity", **{**HOSPITAL, "shape": shape})
        door(un).stop(["us"], site=site)
    world.settle()
    for stop in said(world["us"], "stop"):
        lon, lat = stop["fields"]["place"]
        assert 22 < lon < 22.2 and 49 < lat < 49.2


@pytest.mark.rule("R-STOP-03")
@pytest.mark.rule("R-STOP-04")
def test_whose_force_it_is_can_be_revised_and_both_answers_stay(world: World) -> None:
    us, ru = world["us"], world["ru"]
    place = "35°14'37\"N 40°17'23\"E"
    id = door(us).query(["ru"], "force", place, text="300 men with armour")["id"]
    world.settle()
    first = door(ru).answer(id, "not-ours")["id"]
    world.clock.pass_ms(3_600_000)
    world.settle()
    second = door(ru).answer(id, "ours", {"text": "They are under our command after all."})["id"]
    assert second == f"{first}.1"
    world.clock.pass_ms(1_000)
    world.settle()
    answers = [("us", "sent"), ("ru", "received"), ("ru", "not-ours"), ("ru", "ours")]
    assert story(us, id) == story(ru, id) == answers
    steps = door(us).timeline(id)["lines"][0]["steps"]
    assert [s["id"] for s in steps[2:]] == [first, second]
    assert "after all" in steps[3]["text"]
    assert refusal(door(ru).answer, id, "stopped") == "bad-answer"
    assert refusal(door(us).answer, id, "ours") == "unknown-message"  # it is our own
    world.check_quiet()


@pytest.mark.rule("R-STOP-03")
def test_an_answer_to_something_else_is_recorded_and_not_understood(world: World) -> None:
    us, ru = world["us"], world["ru"]
    text = us.send("ru")
    world.settle()
    for form, word in (("stop-answer", "stopped"), ("query-answer", "ours")):
        assert refusal(ru.send, "us", form, about=text, answer=word).startswith("unknown-")
    assert urgent.answers_to("text") == urgent.answers_to("activity")
    assert "stopped" in urgent.answers_to("stop") and "ours" in urgent.answers_to("query")


@pytest.mark.rule("R-STOP-05")
def test_an_accident_says_that_it_is_none_of_an_attack(world: World) -> None:
    us, ru = world["us"], world["ru"]
    told = {"heading": "west", "towards": "30.4333 72.3833"}
    id = door(us).accident(["ru"], "A missile left its launcher", "29.1492 75.5762", **told)["id"]
    world.settle()
    (arrived,) = said(ru, "accident")
    assert (arrived["id"], arrived["precedence"]) == (id, "flash")
    assert arrived["text"].startswith("ACCIDENT, NOT AN ATTACK: A missile left its launcher.")
    assert arrived["fields"]["towards"] == [72.3833, 30.4333]
    assert arrived["fields"]["at"] == arrived["at"]
    (alarm,) = ru.alarms().values()
    assert alarm.precedence == "flash"
