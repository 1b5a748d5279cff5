"""The contract's commands about calls, contacts and clocks."""

from __future__ import annotations

from pathlib import Path

from processes import Box, Json, said, settle

CLOCK_KEYS = {"line", "level", "last", "days", "certainty", "sought", "declined", "unanswered"}


def clock(box: Box, line: str, level: str, *at: str) -> Json:
    """One clock."""
    found = box.json("clocks", *at)["clocks"]
    assert all(c.keys() >= CLOCK_KEYS for c in found)
    (shown,) = [c for c in found if (c["line"], c["level"]) == (line, level)]
    return shown


def sought(us: Box, ru: Box, level: str, *more: str) -> str:
    """A call that `us` seeks and `ru` knows of."""
    request = ("call", "request", "ru", "--level", level, "--reason", "To talk.")
    id = us.run(*request, *more).out.strip()
    settle(us, ru)
    return id


def test_a_call_is_sought_answered_held_confirmed_and_read_out(
    pair: tuple[Box, Box], tmp_path: Path
) -> None:
    us, ru = pair
    before = clock(us, "ru", "minister")["sought"]
    id = sought(us, ru, "minister", "--propose", "2022-05-13T14:00:00Z")
    assert clock(us, "ru", "minister")["sought"] == before + 1
    assert ru.run("call", "answer", id, "accept").out.strip() == id
    settle(us, ru)
    times = ("--start", "2022-05-13T14:00:00Z", "--end", "2022-05-13T15:00:00Z")
    assert us.run("call", "held", id, *times, "--source", "Interpreter").out.strip() == id
    settle(us, ru)
    at = ("--at", "2022-05-14")
    assert clock(us, "ru", "minister", *at)["certainty"] == "claimed"
    assert us.refused("call", "confirm", id)["rule"] == "R-CALL-05"
    assert ru.run("call", "confirm", id).out.strip() == id
    notes = tmp_path / "readout.txt"
    notes.write_text("They spoke for an hour.\n")
    readout = us.run("readout", id, "--file", notes).out.strip()
    settle(us, ru)
    for box, line in ((us, "ru"), (ru, "us")):
        shown = clock(box, line, "minister", *at)
        assert (shown["certainty"], shown["days"]) == ("confirmed", 1)
        assert shown["last"].startswith("2022-05-13T1")
        (call,) = [c for c in box.json("call", "list")["calls"] if c["id"] == id]
        assert (call["state"], call["seeker"]) == ("held", "us")
        assert "spoke for an hour" in box.json("show", readout)["text"]


def test_a_call_is_countered_declined_and_counted(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    before = clock(us, "ru", "chief")
    id = sought(us, ru, "chief")
    offer = ("--propose", "2030-01-01T10:00:00+02:00", "--level", "commander")
    assert ru.run("call", "answer", id, "counter", *offer).out.strip() == id
    settle(us, ru)
    assert us.refused(
        "call", "held", id, "--start", "2022-01-01T10:00:00Z", "--end", "2022-01-01T09:00:00Z"
    )["rule"]
    again = sought(us, ru, "chief")
    ru.run("call", "answer", again, "decline")
    settle(us, ru)
    states = {c["id"]: c["state"] for c in us.json("call", "list")["calls"]}
    assert (states[id], states[again]) == ("countered", "declined")
    assert us.refused("call", "answer", again, "accept")["rule"].startswith("R-CALL-")
    after = clock(us, "ru", "chief")
    assert after["declined"] == before["declined"] + 1
    assert clock(ru, "us", "chief")["declined"] == after["declined"]


def test_a_contact_off_the_line_starts_the_clock_on_both_sides(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    by_date = ("--at", "2022-02-11", "--source", "Both ministries' statements")
    us.run("contact", "add", "ru", "--level", "leader", *by_date, "--certainty", "certain")
    by_time = ("--at", "2022-02-12T18:30:00+01:00", "--source", "press")
    ru.run("contact", "add", "us", "--level", "desk", *by_time)
    settle(us, ru)
    for box, line in ((us, "ru"), (ru, "us")):
        leader = clock(box, line, "leader", "--at", "2022-05-06")
        assert (leader["days"], leader["certainty"]) == (84, "certain")
        assert leader["last"].startswith("2022-02-11")
        desk = clock(box, line, "desk", "--at", "2022-02-13T00:00:00Z")
        assert (desk["last"], desk["days"]) == ("2022-02-12T17:30:00Z", 1)
        assert desk["certainty"] == "reported"
        # Before it happened nobody had spoken, and silence is not a number of days.
        earlier = clock(box, line, "leader", "--at", "2022-02-10")
        assert (earlier["last"], earlier["days"]) == (None, None)
    assert "never" in us.run("clocks", "--at", "2022-02-10").out


def test_what_is_no_level_time_or_call_is_refused(pair: tuple[Box, Box], tmp_path: Path) -> None:
    us, _ = pair
    notes = tmp_path / "notes.txt"
    notes.write_text("nothing")
    before = said(us, "ru")
    request = ("call", "request", "ru", "--reason", "x", "--level")
    for wrong in (
        (*request, "janitor"),
        (*request, "desk", "--propose", "tomorrow"),
        ("call", "answer", "us-0000000000", "accept"),
        ("call", "held", "us-0000000000", "--start", "2022-01-01", "--end", "2022-01-02"),
        ("readout", "us-0000000000", "--file", notes),
        ("contact", "add", "ru", "--level", "desk", "--at", "2022-02-30", "--source", "x"),
        ("contact", "add", "xx", "--level", "desk", "--at", "2022-02-03", "--source", "x"),
        ("clocks", "--at", "soon"),
    ):
        assert us.refused(*wrong)["rule"], wrong
    assert said(us, "ru") == before
