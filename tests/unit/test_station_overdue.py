"""What waits for a person longer than the policy says, in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.station.views import overdue
from simulation.world import Side, World, joined

HOUR_MS, DAY_MS = 3_600_000, 86_400_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world


def found(side: Side) -> list[tuple[str, str]]:
    """Each overdue message, by direction and id."""
    listed = overdue.list_overdue(side, None, "en")  # type: ignore[arg-type]
    assert listed["more"] is False
    return [(each["direction"], each["id"]) for each in listed["messages"]]


def counts(side: Side, peer: str) -> dict[str, Any]:
    with side.store.read() as connection:
        counted: dict[str, Any] = overdue.counts(connection, peer, side.now())
        return counted


@pytest.mark.rule("R-URG-10")
def test_a_message_is_overdue_on_both_sides_once_its_policys_time_is_over(world: World) -> None:
    us, ru = world["us"], world["ru"]
    routine, priority = us.send("ru"), us.send("ru", precedence="priority")
    world.settle()
    world.clock.pass_ms(HOUR_MS - 1)
    assert found(us) == found(ru) == []
    world.clock.pass_ms(1)
    assert found(us) == [("out", priority)] and found(ru) == [("in", priority)]
    world.clock.pass_ms(DAY_MS)
    assert found(us) == [("out", priority), ("out", routine)]  # the most urgent first
    assert counts(us, "ru") == {"in": 0, "out": 2, "more": False}
    assert counts(ru, "us") == {"in": 2, "out": 0, "more": False}
    (one, _) = overdue.list_overdue(us, "ru", "en")["messages"]  # type: ignore[arg-type]
    assert (one["answer_by"], one["overdue_s"]) == ("2022-03-01T13:00:00Z", 86_400)


@pytest.mark.rule("R-CON-21")
def test_what_is_overdue_comes_with_the_words_of_its_kind(world: World) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru", "query", "priority", place=[22.0, 50.0], what="track")
    us.send("ru", precedence="priority")
    world.settle()
    world.clock.pass_ms(HOUR_MS)
    listed = overdue.list_overdue(ru, "us", "en")["messages"]  # type: ignore[arg-type]
    asked, told = listed
    assert (asked["form"], told["answers"]) == ("query", [])
    assert asked["answers"] == ["ours", "not-ours", "unknown"]
    theirs = overdue.list_overdue(us, "ru", "en")["messages"]  # type: ignore[arg-type]
    assert [each["answers"] for each in theirs] == [[], []]


@pytest.mark.rule("R-URG-10")
def test_only_a_persons_answer_ends_it_and_opening_is_none(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = us.send("ru", precedence="priority")
    call = us.send("ru", "call-request", "priority", level="chief", reason="now")
    world.settle()
    world.clock.pass_ms(HOUR_MS)
    ru.send("us", "opened", about=id)
    world.settle()
    assert [each for _, each in found(us)] == [id, call]
    ru.send("us", "acknowledged", about=id)
    ru.send("us", "call-answer", about=call, answer="decline")
    world.settle()
    assert found(us) == found(ru) == []


@pytest.mark.rule("R-URG-10")
def test_what_asks_for_nothing_or_was_never_received_is_not_overdue(world: World) -> None:
    us, ru = world["us"], world["ru"]
    us.test("ru")
    us.send("ru", "declaration", declared="suspended")
    us.send("ru", "contact", level="chief", at="2022-02-11T15:00:00Z", source="press")
    world.settle()
    us.send("ru")  # nothing carries it: the queue says so
    world.clock.pass_ms(2 * DAY_MS)
    assert found(us) == found(ru) == []


@pytest.mark.rule("R-URG-10")
@pytest.mark.rule("R-LINE-14")
def test_what_was_taken_back_or_is_no_longer_valid_is_not_overdue(world: World) -> None:
    us, ru = world["us"], world["ru"]
    text = us.send("ru", precedence="priority")
    query = {"what": "force", "place": [40.2, 35.2], "valid_until": "2022-03-01T12:30:00Z"}
    us.send("ru", "query", **query)
    world.settle()
    world.clock.pass_ms(1_200_000)
    assert [each["form"] for each in listed(ru)] == ["query"]
    world.clock.pass_ms(HOUR_MS)
    assert found(ru) == [("in", text)]
    us.send("ru", "cancel", about=text, reason="solved")
    assert found(us) == []
    world.settle()
    assert found(ru) == []


def listed(side: Side) -> list[dict[str, Any]]:
    found_them: list[dict[str, Any]] = overdue.list_overdue(side, None, "en")["messages"]  # type: ignore[arg-type]
    return found_them


@pytest.mark.rule("R-URG-10")
def test_a_long_list_is_cut_after_the_most_urgent_and_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    us = world["us"]
    for _ in range(3):
        us.send("ru")
    flash = us.send("ru", precedence="flash")
    world.settle()
    world.clock.pass_ms(2 * DAY_MS)
    monkeypatch.setattr(overdue.limits, "OVERDUE_LISTED", 2)
    cut = overdue.list_overdue(us, "ru", "en")  # type: ignore[arg-type]
    assert [each["precedence"] for each in cut["messages"]] == ["flash", "routine"]
    assert cut["messages"][0]["id"] == flash
    assert cut["more"] is True and counts(us, "ru") == {"in": 0, "out": 2, "more": True}


@pytest.mark.rule("R-STORE-12")
def test_the_list_reads_an_index_and_not_the_record(world: World) -> None:
    us = world["us"]
    us.send("ru")
    with us.store.read() as connection:
        query = overdue.query_of(connection, "ru", "out", us.now())
        compiled = query.compile(connection.engine, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
    assert any("USING INDEX unanswered" in str(step) for step in plan), plan
    assert not any("TEMP B-TREE" in str(step) for step in plan), plan
