"""Calls and contacts between two stations: both hold the same, whoever speaks when."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.station.tables import calls, contacts
from openline.station.views.contacts import clocks, list_calls
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from simulation.world import Side, World, joined


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        world.clock.wall = Moment.parse("2022-05-13T08:00:00Z").ms
        yield world


HELD = {"start": "2022-05-13T13:00:00Z", "end": "2022-05-13T14:00:00Z"}


def _request(world: World) -> str:
    id = world["us"].send("ru", "call-request", level="minister", reason="a ceasefire")
    world.settle()
    return id


def _both(world: World, crossed: bool = False) -> dict[str, Any]:
    """The one call, as both sides list it; where turns crossed, each side's own came first."""
    world.settle()
    world.check_quiet()
    (here,) = list_calls(world["us"])["calls"]  # type: ignore[arg-type]
    (there,) = list_calls(world["ru"])["calls"]  # type: ignore[arg-type]
    apart = ("line", "turns") if crossed else ("line",)
    assert here.keys() == there.keys()
    assert all(here[key] == there[key] for key in here if key not in apart)
    return dict(here)


def _contact(side: Side) -> tuple[str, str, str]:
    (row,) = side.rows(contacts)
    return row.level, str(Moment(row.at)), row.certainty


def _refused(side: Side, peer: str, form: str, **fields: Any) -> str:
    before = side.ours(peer)
    with pytest.raises(OpenlineError) as caught:
        side.send(peer, form, **fields)
    assert side.ours(peer) == before
    return caught.value.code


@pytest.mark.rule("R-CALL-01")
@pytest.mark.rule("R-CALL-05")
def test_a_call_from_request_to_confirmed_contact(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = _request(world)
    assert (_both(world)["state"], _both(world)["awaits"]) == ("sought", "ru")
    ru.send("us", "call-answer", about=id, answer="counter", propose="2022-05-13T13:00:00Z")
    assert (_both(world)["state"], _both(world)["awaits"]) == ("countered", "us")
    us.send("ru", "call-answer", about=id, answer="accept")
    assert (_both(world)["state"], _both(world)["awaits"]) == ("accepted", "")
    world.clock.pass_ms(6 * 3_600_000)
    us.send("ru", "call-held", about=id, **HELD)
    assert _both(world)["state"] == "held"
    claimed = ("minister", "2022-05-13T14:00:00Z", "claimed")
    assert _contact(us) == _contact(ru) == claimed
    assert _refused(us, "ru", "call-confirm", about=id) == "own-word"
    ru.send("us", "call-confirm", about=id)
    world.settle()
    assert _contact(us) == _contact(ru) == (*claimed[:2], "confirmed")
    for side in (us, ru):
        shown = {c["level"]: c for c in clocks(side, None)["clocks"]}  # type: ignore[arg-type]
        assert (shown["minister"]["days"], shown["minister"]["certainty"]) == (0, "confirmed")
        assert shown["chief"]["days"] is None


@pytest.mark.rule("R-CALL-01")
def test_what_names_no_call_is_refused(world: World) -> None:
    us = world["us"]
    nothing = "ru-zzzzzzzzzz"
    assert _refused(us, "ru", "call-answer", about=nothing, answer="accept") == "unknown-call"
    assert _refused(us, "ru", "call-held", about=nothing, **HELD) == "unknown-call"
    assert _refused(us, "ru", "call-confirm", about=nothing) == "unknown-call"
    assert _refused(us, "ru", "readout", about=nothing, text="x") == "unknown-call"


@pytest.mark.rule("R-CALL-02")
def test_an_answer_out_of_turn_is_refused_and_not_sent(world: World) -> None:
    id = _request(world)
    us, ru = world["us"], world["ru"]
    assert _refused(us, "ru", "call-answer", about=id, answer="accept") == "out-of-turn"
    ru.send("us", "call-answer", about=id, answer="decline")
    world.settle()
    assert _refused(ru, "us", "call-answer", about=id, answer="accept") == "out-of-turn"
    assert _both(world)["state"] == "declined"


@pytest.mark.rule("R-CALL-05")
def test_when_both_say_at_once_that_it_was_held_it_is_confirmed(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = _request(world)
    us.send("ru", "call-held", about=id, **HELD)
    ru.send("us", "call-held", about=id, **{**HELD, "end": "2022-05-13T14:05:00Z"})
    assert _both(world, crossed=True)["state"] == "held"
    assert _contact(us) == _contact(ru) == ("minister", "2022-05-13T14:05:00Z", "confirmed")
    assert _refused(us, "ru", "call-held", about=id, **HELD) == "out-of-turn"
    assert not [row for row in us.theirs("ru") if row.form == "not-understood"]


@pytest.mark.rule("R-CALL-04")
def test_a_refusal_that_crosses_a_withdrawal_stands_on_both_sides(world: World) -> None:
    id = _request(world)
    world["us"].send("ru", "cancel", about=id)
    world["ru"].send("us", "call-answer", about=id, answer="decline")
    assert _both(world, crossed=True)["state"] == "declined"


@pytest.mark.rule("R-CALL-04")
def test_a_withdrawal_that_overtakes_its_request_withdraws_it(world: World) -> None:
    us = world["us"]
    id = us.send("ru", "call-request", level="chief", reason="in haste")
    world.take("us", "ru")  # lost on its way
    us.send("ru", "cancel", "flash", about=id)
    world.exchange("us", "ru")
    assert world["ru"].rows(calls) == []
    assert _both(world)["state"] == "withdrawn"


@pytest.mark.rule("R-CALL-03")
def test_both_sides_see_alike_that_a_call_stays_unanswered(world: World) -> None:
    _request(world)
    world.clock.pass_ms(48 * 3_600_000)
    assert _both(world)["state"] == "unanswered"


@pytest.mark.rule("R-CLOCK-02")
def test_a_contact_that_was_not_on_the_line_stands_on_both_sides_with_its_source(
    world: World,
) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru", "contact", level="chief", at="2022-02-11T00:00:00Z", source="press release")
    world.settle()
    for side, peer in ((us, "ru"), (ru, "us")):
        assert _contact(side) == ("chief", "2022-02-11T00:00:00Z", "reported")
        (shown,) = [c for c in clocks(side, "2022-05-13")["clocks"] if c["level"] == "chief"]  # type: ignore[arg-type]
        assert (shown["line"], shown["days"], shown["source"]) == (peer, 91, "press release")


@pytest.mark.rule("R-CLOCK-04")
def test_a_persons_answer_is_a_contact_of_the_desks_and_a_machines_is_none(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = us.send("ru", text="who is there?")
    us.test("ru")
    world.settle()
    ru.send("us", "opened", about=id)
    world.settle()
    assert us.rows(contacts) == ru.rows(contacts) == []
    ru.send("us", "acknowledged", about=id)
    world.settle()
    assert _contact(us) == _contact(ru)
    assert (_contact(us)[0], _contact(us)[2]) == ("desk", "confirmed")
    assert [row.state for row in us.ours("ru") if row.id == id] == ["answered"]
