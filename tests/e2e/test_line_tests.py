"""Line tests by their commands: machines and people, history, files, and what sides declare."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from processes import ENTRY, PATIENCE_S, Box, Json, environment, settle


def both_read_probes(us: Box, ru: Box) -> None:
    """A test each way tells both sides what the other can read."""
    for one, other in ((us, ru), (ru, us)):
        assert one.json("test", other.party)["result"] == "passed"


@pytest.mark.rule("R-TEST-13")
def test_a_person_is_tested_by_a_phrase(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    both_read_probes(us, ru)
    before = {m["id"] for m in ru.messages("us")}
    asking = subprocess.Popen(
        [
            *(sys.executable, *ENTRY, "--station", str(us.path)),
            *("test", "ru", "--human", "--wait", "90", "--json"),
        ],
        stdout=subprocess.PIPE,
        env=environment(),
        text=True,
    )

    def asked() -> Json | None:
        new = [m for m in ru.messages("us") if m["id"] not in before]
        return next((m for m in new if m["form"] == "human-test"), None)

    shown = ru.until(asked, "waited for the phrase")
    phrase = shown["fields"]["phrase"]
    assert phrase in shown["text"]
    assert ru.refused("answer", shown["id"], "--phrase", "no")["rule"] == "R-TEST-14"
    ru.run("answer", shown["id"], "--phrase", phrase.title())
    out, _ = asking.communicate(timeout=PATIENCE_S)
    found = json.loads(out)
    assert (asking.returncode, found["result"], found["id"]) == (0, "passed", shown["id"])
    assert found["seconds"] >= 0
    assert us.line("ru")["last_human_test"]["result"] == "passed"
    nobody = us.json("test", "ru", "--human", "--wait", "0.1", code=1)
    assert nobody["result"] == "pending"
    settle(us, ru)


@pytest.mark.rule("R-TEST-15")
@pytest.mark.rule("R-TEST-16")
def test_history_and_availability_as_table_csv_and_picture(
    pair: tuple[Box, Box], tmp_path: Path
) -> None:
    us, ru = pair
    both_read_probes(us, ru)
    rows, drawn = tmp_path / "tests.csv", tmp_path / "tests.svg"
    found = us.json("tests", "ru", "--csv", rows, "--plot", drawn)
    newest = found["tests"][0]
    assert (newest["kind"], newest["result"], newest["line"]) == ("machine", "passed", "ru")
    of = {(row["of"], row["name"]): row for row in found["availability"]}
    assert of.keys() >= {("carrier", "https"), ("machine", ""), ("human", "")}
    assert all(span["share"] == 1 for span in of["carrier", "https"]["spans"])
    with rows.open(newline="") as file:
        assert newest["id"] in {row["id"] for row in csv.DictReader(file)}
    assert drawn.read_text().startswith("<svg") and "https" in drawn.read_text()
    shown = us.run("tests").out
    assert newest["id"] in shown and "not known" in shown  # of the line to un, which never ran
    assert us.refused("tests", "xx")["code"] == "unknown-line"


@pytest.mark.rule("R-LINE-30")
def test_what_a_side_declares_is_shown_with_its_words_and_messages_flow(
    pair: tuple[Box, Box],
) -> None:
    us, ru = pair
    why = "Until the incident of this morning is explained."
    us.run("declare", "ru", "suspended", "--text", why)
    settle(us, ru)
    for box, other in ((us, "ru"), (ru, "us")):
        line = box.line(other)
        assert (line["declared"], line["declared_by"]["us"]) == ("suspended", "suspended")
        (said,) = [each for each in line["declarations"] if each["party"] == "us"]
        assert (said["declared"], said["text"]) == ("suspended", why)
    assert us.json("test", "ru")["result"] == "passed"  # observed stands apart
    assert us.line("ru")["observed"] == "up"
    fields = {"text": "still here"}
    sent = ru.ask("send", lines=["us"], form="text", fields=fields, wait=60)
    assert sent["state"] == "received"
    us.run("declare", "ru", "open")
    settle(us, ru)
    assert {box.line(other)["declared"] for box, other in ((us, "ru"), (ru, "us"))} == {"open"}
    assert us.refused("declare", "ru", "closed")["code"] == "bad-field"
