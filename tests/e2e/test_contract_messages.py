"""The contract's commands about messages: send, messages, show, test; the same on both sides."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from processes import Box, equal, openline, settle

from openline.forms.catalog import form as form_named

MESSAGE_KEYS = {"id", "line", "direction", "number", "form", "precedence", "at", "state"}
MESSAGE_KEYS |= {"received_at", "fields", "text"}
SAME_KEYS = ("id", "number", "form", "precedence", "at", "fields", "text")


@pytest.mark.rule("R-CLI-07")
@pytest.mark.rule("R-CLI-10")
def test_send_prints_the_id_and_waits_for_the_receipt(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    id = us.send("ru", "hello", "--wait", "60")
    assert id.split("-")[0] == "us" and len(id) < 20
    done = us.json("send", "ru", "text", "text=hello again", "--wait", "60")
    assert done["state"] == "received"
    (theirs,) = [m for m in ru.json("messages", "--line", "us")["messages"] if m["id"] == id]
    (ours,) = [m for m in us.json("messages", "--line", "ru")["messages"] if m["id"] == id]
    assert ours.keys() >= MESSAGE_KEYS and theirs.keys() >= MESSAGE_KEYS
    assert [ours[key] for key in SAME_KEYS] == [theirs[key] for key in SAME_KEYS]
    assert (ours["direction"], theirs["direction"]) == ("out", "in")
    assert (ours["line"], theirs["line"]) == ("ru", "us")
    assert ours["fields"] == {"text": "hello"} and "hello" in ours["text"]
    assert ours["state"] == theirs["state"] == "received"
    for time in (ours["at"], ours["received_at"], theirs["received_at"]):
        assert datetime.fromisoformat(time).utcoffset() is not None and time.endswith("Z")


def test_fields_come_from_a_file_too(pair: tuple[Box, Box], tmp_path: Path) -> None:
    us, ru = pair
    file = tmp_path / "fields.json"
    text = 'Две строки:\nвторая, с "кавычками"'
    file.write_text(json.dumps({"text": text}))
    id = us.run("send", "ru", "text", "--file", file, "--wait", "60").out.strip()
    (got,) = [m for m in ru.messages("us") if m["id"] == id]
    assert got["fields"]["text"] == text
    from_stdin = ("send", "ru", "text", "--file", "-")
    by_stdin = openline("--station", us.path, *from_stdin, stdin=file.read_text()).out.strip()
    assert us.json("show", by_stdin)["fields"] == {"text": text}
    over = us.run("send", "ru", "text", "text=the argument wins", "--file", file).out.strip()
    assert us.json("show", over)["fields"]["text"] == "the argument wins"


@pytest.mark.rule("R-CLI-04")
def test_messages_are_listed_oldest_first_and_once(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    ids = [us.send("ru", f"n {n}") for n in range(2)]
    us.run("send", "ru", "text", "text=urgent", "--precedence", "flash", "--wait", "60")
    settle(us, ru)
    for box, way in ((us, "out"), (ru, "in")):
        found = box.json("messages")["messages"]
        line = [m for m in found if m["line"] in ("us", "ru") and m["direction"] == way]
        assert [m["number"] for m in line] == sorted(m["number"] for m in line)
        places = [(m["line"], m["direction"], m["number"]) for m in found]
        assert len(set(places)) == len(places)
        assert [m["id"] for m in line if m["id"] in ids] == ids
    only = us.json("messages", "--line", "un")["messages"]
    assert {m["line"] for m in only} == {"un"}
    assert [m["number"] for m in us.json("messages", "--limit", "1")["messages"]]
    first = us.json("messages", "--line", "ru")["messages"][0]
    assert (first["form"], first["number"]) == ("card", 0)


def test_one_message_to_two_parties_has_one_id_and_two_places(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    waited = us.run("send", "ru,un", "text", "text=to both", "--wait", "1", "--json", code=1)
    assert waited.json["state"] == "queued"
    id = waited.json["id"]
    shown = us.json("show", id)
    assert {copy["line"] for copy in shown["copies"]} == {"ru", "un"}
    assert {copy["id"] for copy in shown["copies"]} == {id}
    us.until(lambda: id in {m["id"] for m in ru.messages()})
    for twice in ("ru,ru", "ru,", ","):
        assert us.refused("send", twice, "text", "text=x")["rule"]


def test_show_tells_hash_and_receipt_and_the_same_hash_to_both(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    id = us.send("ru", "to be shown", "--wait", "60")
    ours, theirs = us.json("show", id), ru.json("show", id)
    assert ours.keys() >= MESSAGE_KEYS | {"hash", "receipt"}
    assert ours["hash"] == theirs["hash"] and len(bytes.fromhex(ours["hash"])) == 32
    assert ours["receipt"]["size"] > ours["number"]
    assert ours["receipt"]["receipt"] == theirs["receipt"]["receipt"]
    text = us.run("show", id).out
    assert ours["hash"] in text and "to be shown" in text


def test_precedence_is_what_was_asked_for_or_the_forms_own(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    own = us.send("ru", "as its form says")
    flash = us.send("ru", "at once", "--precedence", "flash", "--wait", "60")
    assert us.json("show", own)["precedence"] == str(form_named("text").precedence)
    assert ru.json("show", flash)["precedence"] == "flash"
    alarms = {a["message"]: a for a in ru.json("alarms")["alarms"]}
    assert own not in alarms and alarms[flash]["acknowledged_at"] is None
    ru.run("acknowledge", alarms[flash]["id"])
    settle(us, ru)
    assert us.json("show", flash)["state"] == "answered"
    done = {a["message"]: a for a in ru.json("alarms")["alarms"]}[flash]
    assert done["acknowledged_at"] is not None


def test_a_line_test_says_how_the_line_is(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    found = us.json("test", "ru")
    assert (found["result"], found["records_equal"]) == ("passed", True)
    assert found["rtt_ms"] >= 0 and found["offset_uncertainty_ms"] >= 0
    # Both stations read one clock, so that its offset is within what was measured.
    assert abs(found["offset_ms"]) <= found["offset_uncertainty_ms"] + 1
    assert found["why"] in ("", None) and found["at"].endswith("Z")
    last = us.line("ru")["last_test"]
    assert last.keys() >= {"at", "result", "rtt_ms", "offset_ms"}
    assert (last["at"], us.line("ru")["observed"]) == (found["at"], "up")
    (tests,) = [t for t in us.json("clocks")["tests"] if t["line"] == "ru"]
    assert tests["last"] == found["at"] and tests["run"] >= tests["passed"] >= 1


def test_a_test_of_a_silent_line_fails_without_saying_why_it_is_silent(
    pair: tuple[Box, Box],
) -> None:
    us, _ = pair
    found = us.json("test", "un", "--wait", "0.5", code=1)
    assert found["result"] == "failed" and found["rtt_ms"] is None
    assert "cut" not in found["why"]
    assert us.line("un")["observed"] in ("late", "down")
    assert us.run("test", "un", "--wait", "0.5", code=1).out


def test_both_records_verify_and_are_equal_when_quiet(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    settle(us, ru)
    for box in pair:
        found = box.json("record", "verify")
        assert found["holds"] is True
        assert all(record["holds"] for record in found["records"])
        assert "holds" in box.run("record", "verify").out
    assert equal(us, ru)
