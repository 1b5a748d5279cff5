"""`openline upgrade`, on folders that version 1 left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from processes import Box, MakePair, serve_all, settle

from older import as_version_1, content_of
from openline.station.folder import Folder


@pytest.mark.rule("R-UPG-01")
@pytest.mark.rule("R-UPG-02")
@pytest.mark.rule("R-UPG-03")
def test_two_stations_of_version_1_are_upgraded_and_their_line_goes_on(
    make_pair: MakePair, tmp_path: Path
) -> None:
    us, ru = make_pair()
    serve_all(us, ru)
    first = us.send("ru", "before the upgrade", "--wait", "60")
    ru.send("us", "before it as well", "--wait", "60")
    assert us.refused("upgrade")["code"] == "station-busy"
    us.stop()
    ru.stop()
    for box in (us, ru):
        as_version_1(Folder(box.path))

    for command in (("status",), ("send", "ru", "text", "text=hello"), ("record", "verify")):
        refusal = us.refused(*command)
        assert refusal["code"] == "other-schema" and "`openline upgrade`" in refusal["next"]
    before = content_of(Folder(us.path).database)
    backup = tmp_path / "us.backup"
    done = us.json("upgrade", "--backup", backup)
    assert (done["from"], done["backup"]) == ("1", str(backup)) and backup.exists()
    assert "version 1" in ru.run("upgrade").out
    assert "nothing to do" in us.run("upgrade").out
    records = [m for m in us.json("messages")["messages"] if m["id"] == first]
    assert [(m["state"], m["fields"]["text"]) for m in records] == [
        ("received", "before the upgrade")
    ]

    serve_all(us, ru)
    us.send("ru", "after the upgrade", "--wait", "60")
    settle(us, ru)
    assert us.json("test", "ru")["result"] == "passed"
    settle(us, ru)
    texts = ["before the upgrade", "before it as well", "after the upgrade"]
    for box in (us, ru):
        said = [m for m in box.messages() if m["form"] == "text"]
        assert [m["fields"]["text"] for m in said] == texts
        assert box.json("record", "verify")["holds"]
        assert not [m for m in box.messages() if m["form"] in ("fork", "not-understood")]

    # The backup is of version 1, and is upgraded as it is brought back.
    elsewhere = Box(tmp_path / "elsewhere", "us")
    assert elsewhere.json("restore", backup)["epochs"].keys() == {"ru"}
    assert elsewhere.json("record", "verify")["holds"]
    kept = content_of(Folder(elsewhere.path).database)["messages"]
    assert {row[10] for row in before["messages"]} <= {row[10] for row in kept}  # as signed


@pytest.mark.rule("R-UPG-04")
def test_a_station_with_cards_of_the_earliest_form_is_told_what_to_do(make_pair: MakePair) -> None:
    us, _ = make_pair()
    as_version_1(Folder(us.path))
    (us.path / "card.txt").write_text("OPENLINE CARD\n\nparty: us\nname: us side\n")
    before = content_of(Folder(us.path).database)
    assert us.refused("status")["code"] == "other-schema"
    refusal = us.refused("upgrade")
    assert (refusal["code"], refusal["rule"]) == ("old-card", "R-UPG-04")
    assert content_of(Folder(us.path).database) == before
    assert not list(us.path.parent.glob("*.backup"))
