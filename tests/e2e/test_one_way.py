"""Probes over a carrier that takes bytes as a letter-box does, and how it begins on one's side."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from processes import Box, Json, MakePair, serve_all, settle


def probe(box: Box, test: str, carrier: str) -> Json:
    """What a probe of one carrier came to for a line test, once that is known."""

    def ended() -> Json | None:
        probed: list[Json] = box.ask("explain_test", id=test)["carriers"]
        return next((each for each in probed if each["name"] == carrier), None)

    found: Json = box.until(ended, f"a probe of {carrier}")
    return found


def first_hop(box: Box, peer: str, carrier: str) -> tuple[str, str]:
    """What a station finds where a carrier begins, after a test that nobody answered."""
    failed = box.json("test", peer, "--wait", "1", code=1)

    def looked() -> Json | None:
        found: Json = box.ask("explain_test", id=failed["id"])
        return found if found["checked_at"] else None

    findings: list[Json] = box.until(looked, "looked into a missed test")["findings"]
    (found,) = [f for f in findings if (f["about"], f["subject"]) == ("carrier", carrier)]
    return found["state"], found["detail"]


@pytest.mark.rule("R-PROBE-03")
@pytest.mark.rule("R-PROBE-04")
@pytest.mark.rule("R-TEST-11")
def test_a_folder_is_probed_and_its_beginning_looked_at(
    make_pair: MakePair, tmp_path: Path
) -> None:
    us, ru = make_pair()
    stick = tmp_path / "stick"
    stick.mkdir()
    serve_all(us, ru)
    for box, other in ((us, ru), (ru, us)):
        # Once, so that each knows what the other can read.
        assert box.json("test", other.party)["result"] == "passed"
        box.run("carrier", "add", other.party, "folder", f"path={stick}", "poll_s=0.2")
    settle(us, ru)
    before = {message["id"] for message in us.messages()}
    id = us.json("test", "ru")["id"]
    https, folder = probe(us, id, "https"), probe(us, id, "folder")
    assert (https["result"], folder["result"]) == ("answered", "answered"), folder
    assert abs(folder["offset_ms"]) <= folder["offset_uncertainty_ms"] + 1
    settle(us, ru)
    # Of all that, test and answer alone are in the records.
    new = {message["form"] for message in us.messages() if message["id"] not in before}
    assert new == {"linetest", "linetest-answer"}
    rows = us.ask("tests", line="ru")["availability"]
    (row,) = [row for row in rows if (row["of"], row["name"]) == ("carrier", "folder")]
    assert row["spans"][0]["share"] == 1

    ru.kill()
    state, said = first_hop(us, "ru", "folder")
    assert state == "well" and str(stick) in said
    shutil.rmtree(stick)
    state, said = first_hop(us, "ru", "folder")
    assert state == "ill" and "is not there" in said
