"""A witness and exports in standard forms, with three real processes and the commands alone."""

from __future__ import annotations

from pathlib import Path

import cbor2
import pytest
from processes import Box

from openline.wire.card import read_card
from openline.wire.checkpoint import check_checkpoint, check_cosignature, read_checkpoint


def _cosigned(box: Box) -> dict[str, int]:
    listed = box.json("witness", "list", "--json")["witnesses"]
    return {r["record"]: r["cosigned"] for each in listed for r in each["records"]}


def _agreed(box: Box) -> bool:
    listed = box.json("witness", "list", "--json")["witnesses"]
    return [each["agreed"] for each in listed] == [True]


@pytest.mark.rule("R-WIT-01")
@pytest.mark.rule("R-WIT-05")
@pytest.mark.rule("R-HEAD-21")
@pytest.mark.rule("R-HEAD-22")
def test_a_witness_cosigns_what_both_sides_hold(
    three: tuple[Box, Box, Box], tmp_path: Path
) -> None:
    us, ru, un = three
    assert us.json("witness", "list", "--json")["witnesses"] == []
    assert us.refused("witness", "send", "ru")["code"] == "no-witness"
    us.run("witness", "consent", "ru", "--by", "un")
    ru.run("witness", "consent", "us", "--by", "un")
    for box in three:
        box.until(lambda box=box: _agreed(box))
    assert us.json("test", "ru", "--json")["result"] == "passed"
    us.until(lambda: "us/ru/1" in _cosigned(us))
    for box in three:
        box.until(lambda box=box: _cosigned(box) == _cosigned(us))

    cards = {box.party: read_card(box.run("card").out) for box in three}
    note = read_checkpoint(us.run("export", "checkpoint", "ru").out)
    assert note.head.size == _cosigned(us)["us/ru/1"]
    check_checkpoint(note, cards["us"].checkpoint_key)
    for party in ("ru", "un"):
        check_cosignature(note, party, cards[party].checkpoint_key)

    id = us.send("ru", "radio check", "--wait", "20")
    us.run("export", "receipt", id, "-o", tmp_path / "receipt.cbor")
    receipt = cbor2.loads((tmp_path / "receipt.cbor").read_bytes())
    assert receipt.tag == 18 and receipt.value[2] is None and 396 in receipt.value[1]
    us.run("export", "receipt", id, "--statement", "-o", tmp_path / "statement.cbor")
    statement = cbor2.loads((tmp_path / "statement.cbor").read_bytes())
    assert statement.value[1][394] == [(tmp_path / "receipt.cbor").read_bytes()]
    un.run("witness", "list")
