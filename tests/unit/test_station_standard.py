"""Exports in standard forms from a station's own store."""

from collections.abc import Iterator
from pathlib import Path

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from scitt_cose import cose_sign1, extract_receipts, verify_receipt

from openline.station.facade import Facade
from openline.wire.checkpoint import check_checkpoint, check_cosignature, read_checkpoint
from openline.words.errors import OpenlineError
from simulation.world import World, card_of, joined


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path, ("us", "ru", "un")) as world:
        yield world


def door(world: World, party: str) -> Facade:
    return Facade(world[party])  # type: ignore[arg-type]


@pytest.mark.rule("R-HEAD-21")
@pytest.mark.parametrize("party", ["us", "ru"])
def test_either_side_exports_the_receivers_receipt_of_a_message(
    world: World, party: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cose_sign1, "COSE_ALG_EDDSA", -19)
    ids = [world["us"].send("ru", text=f"message {n}") for n in range(5)]
    world.settle()
    world["us"].send("ru")
    key = Ed25519PublicKey.from_public_bytes(card_of("ru").signing_key)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for number, id in enumerate(ids, 1):
        row = world["us"].ours("ru")[number]
        found = door(world, party).export_receipt(id)
        result = verify_receipt(
            bytes.fromhex(found["bytes"]), leaf_entry_hex=row.raw.hex(), log_public_key_pem=pem
        )
        assert result.ok, result.errors
        assert (result.leaf_index, result.tree_size) == (number, found["size"])
        both = bytes.fromhex(door(world, party).export_receipt(id, statement=True)["bytes"])
        assert extract_receipts(both) == [bytes.fromhex(found["bytes"])]
        assert cbor2.loads(both).value[2] == cbor2.loads(row.raw).value[2]


@pytest.mark.rule("R-HEAD-21")
def test_a_message_without_a_receipt_has_none_to_export(world: World) -> None:
    id = world["us"].send("ru")
    with pytest.raises(OpenlineError) as caught:
        door(world, "us").export_receipt(id)
    assert (caught.value.code, caught.value.rule) == ("no-receipt", "R-HEAD-21")
    with pytest.raises(OpenlineError) as caught:
        door(world, "us").export_receipt("us-0000000000")
    assert caught.value.code == "unknown-message"


@pytest.mark.rule("R-HEAD-21")
def test_of_a_message_on_several_lines_one_is_chosen(world: World) -> None:
    id = world["us"].submit(("ru", "un"), "text", {"text": "to both"})
    world.settle()
    with pytest.raises(OpenlineError) as caught:
        door(world, "us").export_receipt(id)
    assert (caught.value.code, caught.value.next) == ("several-lines", "choose with --line: ru, un")
    assert door(world, "us").export_receipt(id, line="un")["line"] == "un"


@pytest.mark.rule("R-HEAD-22")
def test_the_newest_checkpoint_of_either_record_is_exported_with_its_cosignatures(
    world: World,
) -> None:
    for line in ("ru", "fr"):
        with pytest.raises(OpenlineError) as caught:
            door(world, "us").export_checkpoint(line)
        assert caught.value.code == {"ru": "no-checkpoint", "fr": "unknown-line"}[line]
    for party, peer in (("us", "ru"), ("us", "ru"), ("ru", "us")):
        world[party].test(peer)
        world.settle()
    for record, sender, peer in (("out", "us", "ru"), ("in", "ru", "us")):
        found = door(world, "us").export_checkpoint("ru", record)
        assert found == door(world, "ru").export_checkpoint(
            "us", {"out": "in", "in": "out"}[record]
        ) | {"line": "ru"}
        note = read_checkpoint(found["text"])
        check_checkpoint(note, card_of(sender).checkpoint_key)
        if sender == "ru":
            check_cosignature(note, peer, card_of(peer).checkpoint_key)
