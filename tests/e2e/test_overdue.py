"""Overdue answers and what became of a message that was taken back, by commands of both sides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from processes import Box, Json, MakePair, serve_all, settle


def overdue(box: Box) -> list[tuple[str, str]]:
    found: list[Json] = box.ask("overdue")["messages"]
    return [(each["direction"], each["id"]) for each in found]


@pytest.mark.rule("R-URG-10")
@pytest.mark.rule("R-STATE-01")
def test_both_desks_see_what_waits_too_long_and_what_was_taken_back(
    make_pair: MakePair, tmp_path: Path
) -> None:
    us, ru = make_pair()
    over = ("--at", "48.5 37.7", "--valid-until", "2022-03-01T00:00:00Z")
    refusal = us.refused("stop", "ru", *over)
    assert (refusal["code"], refusal["rule"]) == ("already-over", "R-STATE-02")
    mistaken = us.send("ru", "Convoy leaves at 80:00.")
    us.run("send", "ru", "cancel", f"about={mistaken}")
    assert us.json("show", mistaken)["state"] == "withdrawn"
    assert us.run("messages", "--overdue").out == "nothing is overdue\n"
    serve_all(us, ru)
    settle(us, ru)
    assert us.json("show", mistaken)["state"] == "withdrawn"
    assert mistaken in {each["id"] for each in ru.messages("us")}  # delivered all the same

    terms = {"answer_within_s": dict.fromkeys(("flash", "immediate", "priority", "routine"), 1)}
    (tmp_path / "terms").write_text(json.dumps(terms))
    us.run("send", "ru", "terms", "--file", tmp_path / "terms", "--wait", "60")
    id = us.send("ru", "Which road?", "--wait", "60")
    us.until(lambda: overdue(us) == [("out", id)], "they have not answered in time")
    ru.until(lambda: overdue(ru) == [("in", id)], "we have not answered in time")
    assert us.line("ru")["overdue"] == {"in": 0, "out": 1, "more": False}
    assert "they have not answered; an answer was due" in us.run("messages", "--overdue").out
    (shown,) = ru.json("messages", "--overdue")["messages"]
    assert (shown["id"], shown["state"]) == (id, "received") and shown["overdue_s"] >= 0
    ru.run("answer", id, "acknowledged")
    us.until(lambda: not overdue(us), "answered")
    assert overdue(ru) == []
