"""Withdrawn and expired: what is taken back or too old before it is received, to its sender."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.station.views.traffic import list_messages, show
from openline.words.errors import OpenlineError
from simulation.world import Side, World, joined

PLACE = {"place": [40.2897, 35.2436]}
UNTIL = "2022-03-01T13:00:00Z"
ACTIVITY = {
    **{"ref": "C-1", "kind": "flight", "title": "Patrol"},
    **{"start": "2022-03-01T12:10:00Z", "end": UNTIL},
    **{"lower": 0, "upper": 100, "unit": "m", "datum": "AMSL"},
    "shape": {"type": "circle", "centre": [40.0, 35.0], "radius_m": 1000},
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world


def state(side: Side, id: str) -> str:
    """As the list and the single message show it, which agree."""
    found = {m["id"]: m for m in list_messages(side, None, None, "en")["messages"]}  # type: ignore[arg-type]
    assert show(side, id, "en")["state"] == found[id]["state"]  # type: ignore[arg-type]
    return str(found[id]["state"])


def come(side: Side, id: str) -> list[Any]:
    return [row for row in side.theirs("us") if row.id == id]


@pytest.mark.rule("R-STATE-01")
@pytest.mark.parametrize("form", ["text", "stop", "call-request"])
def test_what_was_taken_back_before_it_was_received_is_withdrawn_and_delivered(
    world: World, form: str
) -> None:
    us, ru = world["us"], world["ru"]
    fields: dict[str, Any] = {
        "text": {"text": "ignore this"},
        "stop": PLACE,
        "call-request": {"level": "chief", "reason": "now"},
    }[form]
    id = us.send("ru", form, **fields)
    assert state(us, id) == "queued"
    us.send("ru", "cancel", about=id, reason="a mistake")
    assert state(us, id) == "withdrawn"
    us.crash()
    assert state(us, id) == "withdrawn"
    world.settle()
    assert state(us, id) == "withdrawn"
    assert show(us, id, "en")["receipt"] is not None and come(ru, id)  # type: ignore[arg-type]
    if form != "call-request":  # and a person there may answer it all the same
        ru.send("us", "acknowledged", about=id)
        world.settle()
        assert state(us, id) == "answered"
    assert us.verify()["holds"] and ru.verify()["holds"]


@pytest.mark.rule("R-STATE-01")
def test_what_the_other_side_has_signed_for_is_not_withdrawn(world: World) -> None:
    us = world["us"]
    id = us.send("ru")
    world.settle()
    us.send("ru", "cancel", about=id)
    assert state(us, id) == "received"
    world.settle()
    assert state(us, id) == "received"


@pytest.mark.rule("R-LINE-14")
def test_only_what_one_said_of_ones_own_accord_is_taken_back(world: World) -> None:
    us, ru = world["us"], world["ru"]
    theirs = ru.send("us")
    world.settle()
    answer = us.send("ru", "acknowledged", about=theirs)
    for about in (theirs, answer, us.test("ru"), "us-0000000000"):
        with pytest.raises(OpenlineError) as caught:
            us.send("ru", "cancel", about=about)
        assert caught.value.rule == "R-LINE-14"


@pytest.mark.rule("R-LINE-14")
def test_a_cancel_that_overtakes_a_text_takes_it_back_all_the_same(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = us.send("ru")
    us.send("ru", "cancel", "flash", about=id)
    assert world.exchange("us", "ru", urgent_only=True)
    world.settle()
    assert come(ru, id) and not [r for r in us.theirs("ru") if r.form == "not-understood"]


@pytest.mark.rule("R-STATE-02")
@pytest.mark.parametrize("form", ["stop", "query", "accident", "activity"])
def test_what_is_not_received_while_it_is_valid_is_expired_and_delivered(
    world: World, form: str
) -> None:
    us, ru = world["us"], world["ru"]
    more: dict[str, Any] = {
        "stop": {},
        "query": {"what": "force"},
        "accident": {"what": "a missile", "at": "2022-03-01T11:59:00Z"},
    }.get(form, {})
    fields = ACTIVITY if form == "activity" else {**PLACE, "valid_until": UNTIL, **more}
    late = us.send("ru", form, **fields)
    world.clock.pass_ms(3_599_999)
    assert state(us, late) == "queued"
    world.clock.pass_ms(1)
    assert state(us, late) == "expired"
    world.settle()
    assert state(us, late) == "expired" and come(ru, late)
    ru.send("us", "acknowledged", about=late)
    world.settle()
    assert state(us, late) == "answered"


@pytest.mark.rule("R-STATE-02")
def test_what_was_received_in_time_does_not_expire_later(world: World) -> None:
    us = world["us"]
    id = us.send("ru", "stop", **PLACE, valid_until=UNTIL)
    forever = us.send("ru", "stop", **PLACE)
    world.settle()
    world.clock.pass_ms(2 * 3_600_000)
    assert state(us, id) == state(us, forever) == "received"
    with pytest.raises(OpenlineError) as caught:  # nothing is sent that is too old as it leaves
        us.send("ru", "stop", **PLACE, valid_until=UNTIL)
    assert (caught.value.code, caught.value.rule) == ("already-over", "R-STATE-02")
    assert "Valid until 1 March 2022, 13:00 UTC" in show(us, id, "en")["text"]  # type: ignore[arg-type]
