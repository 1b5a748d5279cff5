"""The commands that cannot wait, as a person or a script gives them."""

from __future__ import annotations

from pathlib import Path

import pytest
from processes import Box, settle

CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:x\r
BEGIN:VEVENT\r
UID:1\r
SUMMARY:olga\r
DTSTART:20220301T060000Z\r
DTEND:20220301T180000Z\r
RRULE:FREQ=DAILY\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.mark.rule("R-STOP-04")
def test_a_query_is_asked_answered_and_revised(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    at = ("--at", "35°14'37\"N 40°17'23\"E", "--what", "force")
    id = us.run("query", "ru", *at, "--text", "300 men with armour").out.strip()
    settle(us, ru)
    first = ru.run("answer", id, "not-ours").out.strip()
    settle(us, ru)
    second = ru.json("answer", id, "ours", "--text", "They are ours after all.")["id"]
    assert second == f"{first}.1"
    settle(us, ru)
    for box in (us, ru):
        (line,) = box.json("timeline", id)["lines"]
        assert [s["step"] for s in line["steps"] if s["id"] in (first, second)] == [
            "not-ours",
            "ours",
        ]
        assert "after all" in box.run("timeline", id).out
    assert ru.refused("answer", id, "stopped")["rule"] == "R-STOP-03"
    assert ru.refused("answer", "us-0000000000", "opened")["code"] == "unknown-message"


@pytest.mark.rule("R-STOP-05")
def test_an_accident_is_said_in_one_command(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    where = ("--at", "29.1492 75.5762", "--heading", "west", "--towards", "30.4333 72.3833")
    what = ("--what", "A missile left its launcher", "--when", "2022-03-09T13:13:00Z")
    id = us.run("accident", "ru", *what, *where).out.strip()
    settle(us, ru)
    shown = ru.json("show", id)
    assert (shown["form"], shown["precedence"]) == ("accident", "flash")
    assert "NOT AN ATTACK" in shown["text"]
    assert us.refused("accident", "ru", *what, "--at", "nowhere")["rule"] == "R-FMT-11"
    assert us.refused("stop", "ru")["rule"] == "R-STOP-01"
    assert us.refused("stop", "ru,un", "--site", "us-0000000000")["code"] == "unknown-site"
    ru.run("acknowledge", f"us:{id}")
    settle(us, ru)


@pytest.mark.rule("R-WATCH-02")
def test_a_calendar_is_imported_and_the_list_shown(pair: tuple[Box, Box], tmp_path: Path) -> None:
    us, _ = pair
    file = tmp_path / "duty.ics"
    file.write_bytes(CALENDAR.encode())
    assert us.refused("watch", "import", file)["code"] == "unknown-person"
    assert us.json("reach", "add", "olga", "--role", "officer")["ways"] == []
    taken = us.json("watch", "import", file)["taken"]
    assert taken >= 400
    found = us.json("watch", "list")
    assert {w["person"] for w in found["watches"]} == {"olga"}
    assert us.json("watch", "import", file)["replaced"] >= 399
    assert us.refused("reach", "add", "olga", "no-url")["rule"] == "R-WATCH-03"
    assert "olga" in us.run("reach", "list").out
    shown = us.json("watch", "policy", "ru", "--step", "watch=30", "--desks", "un")
    assert shown["precedences"]["flash"]["desks"] == ["un"]
    us.run("watch", "policy", "ru", "--default")
    assert us.json("watch", "alerts")["alerts"] == []
    us.run("reach", "remove", "olga")
    assert us.json("watch", "list")["watches"] == []
