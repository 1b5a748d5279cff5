"""The commands about collisions: words on conflicts, notices passed on, cautions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from plans import feature, features, square
from processes import Box, Json, settle

STATES = {"found", "acknowledged", "resolved", "accepted", "expired"}
places = iter(range(1, 30))


@pytest.fixture
def west() -> Iterator[float]:
    """A longitude of this test's own: no other test's activities are near."""
    yield -160 + 5.0 * next(places)


def notified(box: Box, to: str, folder: Path, title: str, west: float) -> str:
    file = folder / f"{box.party}.geojson"
    file.write_text(features(feature(square(west, -55), title=title, ref=title)))
    return box.run("notify", to, file).out.strip()


def conflict(box: Box, id: str) -> Json:
    (found,) = [
        c for c in box.json("conflicts")["conflicts"] if id in {a["id"] for a in c["activities"]}
    ]
    assert found["state"] in STATES
    return found


@pytest.mark.rule("R-COLL-04")
def test_both_sides_take_a_conflict_from_found_to_accepted(
    pair: tuple[Box, Box], tmp_path: Path, west: float
) -> None:
    us, ru = pair
    ours = notified(us, "ru", tmp_path, "Ours", west)
    notified(ru, "us", tmp_path, "Theirs", west)
    settle(us, ru)
    id = conflict(us, ours)["id"]
    before = us.line("ru")["conflicts"]
    us.run("conflict", "acknowledge", id)
    ru.run("conflict", "acknowledge", id, "--text", "Passed to the air cell.")
    settle(us, ru)
    for box in pair:
        known = conflict(box, ours)
        assert (known["id"], known["state"]) == (id, "acknowledged")
        assert {s["party"]: s["text"] for s in known["said"]} == {
            "us": "", "ru": "Passed to the air cell.",
        }  # fmt: skip
    assert us.line("ru")["conflicts"] == before  # it still asks something of people
    assert "Passed to the air cell." in us.run("conflicts").out
    for box in pair:
        box.run("conflict", "accept", id)
    settle(us, ru)
    assert [conflict(box, ours)["state"] for box in pair] == ["accepted", "accepted"]
    assert us.line("ru")["conflicts"] == before - 1
    assert us.refused("conflict", "accept", "x-0000000000")["rule"] == "R-COLL-04"


@pytest.mark.rule("R-PASS-06")
@pytest.mark.rule("R-COLL-08")
def test_what_was_passed_on_and_answered_is_listed_on_both_sides(
    pair: tuple[Box, Box], tmp_path: Path, west: float
) -> None:
    us, ru = pair
    id = notified(us, "ru", tmp_path, f"Convoy {west}", west)
    settle(us, ru)
    assert "NOT PASSED ON by ru yet; next alarm 2097-04-01T08:00:00Z" in ru.run("notices").out
    told = ("--unit", "3rd Brigade", "--acknowledged-by", "Duty officer")
    ru.run("passed-on", id, *told, "--at", "2026-01-02T03:04:05Z")
    ru.run("answer", id, "objection", "reason=Our battery fires there.")
    settle(us, ru)
    for box in pair:
        (seen,) = [n for n in box.json("notices")["notices"] if n["id"] == id]
        (unit,) = seen["passing"]["units"]
        assert (unit["unit"], unit["passed_at"]) == ("3rd Brigade", "2026-01-02T03:04:05Z")
        assert (seen["passing"]["by"], seen["passing"]["state"]) == ("ru", "passed")
        assert [a["text"] for a in seen["answers"]] == ["Our battery fires there."]
    said = us.run("notices", "--line", "ru").out
    assert "ru has passed it on to 3rd Brigade" in said and "Our battery fires there." in said
    alarmed = [a["text"] for a in us.json("alarms")["alarms"] if a["form"] == "objection"]
    assert any("Our battery fires there." in text for text in alarmed)
    assert us.refused("passed-on", id, "--unit", "Ours")["rule"] == "R-PASS-01"


@pytest.mark.rule("R-COLL-13")
def test_a_caution_leaves_without_the_name_of_another_party(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    refused = us.refused("caution", "ru", "--text", "UN flies there.")
    assert refused["rule"] == "R-COLL-13"
    where = ("--at", "36.7 N 68.8 E", "--radius-m", "20000")
    id = us.run("caution", "ru", "--text", "Keep clear until noon.", *where).out.strip()
    settle(us, ru)
    came = ru.json("show", id)
    assert came["form"] == "caution" and came["fields"]["place"] == [68.8, 36.7]
