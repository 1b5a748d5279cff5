"""The examples of the specification: regenerated, compared, and read."""

import re
from pathlib import Path

import pytest

from openline.record.tree import EMPTY, leaf_hash
from openline.wire.card import read_card
from openline.wire.keys import SigningKey
from openline.wire.probe import is_probe, read_probe, write_probe
from openline.wire.receipt import check_item, read_item
from openline.words.errors import OpenlineError
from vectors.golden import CARD, FOLDER, MESSAGE, PROBE, PROBE_ANSWER, golden, golden_text
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
    "name", [n for n in GOLDEN if n not in ("card", "relay", "revocation") and "probe" not in n]
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


@pytest.mark.rule("R-PROBE-01")
@pytest.mark.rule("R-WIRE-21")
@pytest.mark.parametrize("made", [PROBE, PROBE_ANSWER], ids=["probe", "probe-answer"])
def test_each_example_of_a_probe_is_read_and_stands_in_no_record(made):
    name = "probe" if made is PROBE else "probe-answer"
    example = shared_json(FOLDER / f"{name}.json")
    raw = bytes.fromhex(example["bytes"])
    assert is_probe(raw) and not is_probe(MESSAGE.raw) and not is_probe(raw[:-1])
    assert read_probe(raw, bytes.fromhex(example["signer_public"])) == made
    with pytest.raises(OpenlineError) as caught:
        read_item(raw)
    assert (caught.value.code, caught.value.rule) == ("bad-header", "R-PROBE-01")


@pytest.mark.rule("R-PROBE-01")
def test_only_the_one_who_may_say_it_signs_a_probe():
    other = SigningKey(bytes([9]) * 32)
    for made in (PROBE, PROBE_ANSWER):
        with pytest.raises(OpenlineError) as caught:
            read_probe(made.raw, other.public)
        assert caught.value.code == "bad-signature"
    for carrier, drawn in (("", 1), ("x" * 33, 1), ("https", 2**53)):
        with pytest.raises(OpenlineError) as caught:
            write_probe(other, PROBE.direction, drawn, PROBE.at, carrier)
        assert (caught.value.code, caught.value.rule) == ("bad-probe", "R-PROBE-01")


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
