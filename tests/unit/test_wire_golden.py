"""The examples of the specification: regenerated, compared, and read."""

import re
from pathlib import Path

import pytest

from openline.record.tree import EMPTY, leaf_hash
from openline.wire.card import read_card
from openline.wire.keys import SigningKey
from openline.wire.receipt import check_item, read_item
from vectors.golden import CARD, FOLDER, MESSAGE, golden, golden_text
from vectors.shared_vectors import shared_json

GOLDEN = golden()
SPECIFICATION = Path(__file__).resolve().parents[2] / "docs" / "spec"


@pytest.mark.rule("R-WIRE-21")
@pytest.mark.parametrize("name", GOLDEN)
def test_each_format_is_still_written_as_its_example(name):
    """Should this fail on purpose, the wire has changed: raise the protocol's version."""
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == golden_text(GOLDEN[name])


@pytest.mark.rule("R-WIRE-21")
@pytest.mark.parametrize(
    "name", [name for name in GOLDEN if name not in ("card", "relay", "revocation")]
)
def test_each_example_is_read_and_its_signature_fits(name):
    example = shared_json(FOLDER / f"{name}.json")
    item = read_item(bytes.fromhex(example["bytes"]))
    assert str(item.direction) == example["direction"]
    assert str(item.at) == example["at"]
    assert (
        SigningKey(bytes.fromhex(example["signer_seed"])).public.hex() == (example["signer_public"])
    )
    check_item(item, bytes.fromhex(example["signer_public"]))


@pytest.mark.rule("R-WIRE-21")
def test_the_example_card_is_read():
    example = shared_json(FOLDER / "card.json")
    assert read_card(example["page"]) == CARD
    assert CARD.raw.hex() == example["bytes"]


@pytest.mark.rule("R-WIRE-21")
@pytest.mark.parametrize("name", GOLDEN)
def test_the_specification_opens_each_format_with_its_example(name):
    text = (SPECIFICATION / "wire.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {name.capitalize().replace('-', ' ')}\n")[2]
    block = re.match(r"\s*```hex\n([0-9a-f\n]+)```", section)
    assert block, f"docs/spec/wire.md does not open {name} with a block of hex"
    assert "".join(block[1].split()) == GOLDEN[name]["bytes"]


@pytest.mark.rule("R-RECORD-01")
def test_the_specification_of_the_record_shows_the_examples_leaf():
    text = (SPECIFICATION / "record.md").read_text(encoding="utf-8")
    assert f"```\n{GOLDEN['message']['leaf']}\n```" in text
    assert EMPTY.append(leaf_hash(MESSAGE.raw)).root().hex() == GOLDEN["message"]["leaf"]
