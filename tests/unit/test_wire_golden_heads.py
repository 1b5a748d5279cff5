"""Signed heads and checkpoints are still written as their examples in docs/spec/heads.md."""

import re
from pathlib import Path

import pytest

from openline.wire.checkpoint import check_checkpoint, check_cosignature, read_checkpoint
from openline.wire.quantum import check_heads, read_heads
from vectors.golden import AT
from vectors.golden_heads import (
    FOLDER,
    INTO,
    OUT,
    RU_CHECKPOINT,
    US,
    US_CHECKPOINT,
    golden_heads,
    heads,
    unsigned,
)
from vectors.shared_vectors import shared_json

PAGE = Path(__file__).resolve().parents[2] / "docs" / "spec" / "heads.md"


@pytest.mark.rule("R-WIRE-21")
def test_heads_are_still_written_as_their_example():
    example = shared_json(FOLDER / "heads.json")
    raw = bytes.fromhex(example["bytes"])
    assert unsigned(heads().raw) == unsigned(raw)
    read = read_heads(raw)
    assert (read.out, read.into, read.at) == (OUT, INTO, AT)
    check_heads(read, US.public)


@pytest.mark.rule("R-WIRE-21")
def test_a_checkpoint_is_still_written_as_its_example():
    example = shared_json(FOLDER / "checkpoint.json")
    assert example == golden_heads()["checkpoint"]
    checkpoint = read_checkpoint(example["text"])
    check_checkpoint(checkpoint, US_CHECKPOINT.public)
    assert check_cosignature(checkpoint, "ru", RU_CHECKPOINT.public) == AT.plus_ms(1000)


@pytest.mark.rule("R-WIRE-21")
def test_the_specification_shows_both_examples():
    text = PAGE.read_text(encoding="utf-8")
    block = re.search(r"### Signed heads\n\s*```hex\n([0-9a-f\n]+)```", text)
    assert block and "".join(block[1].split()) == shared_json(FOLDER / "heads.json")["bytes"]
    assert f"```\n{shared_json(FOLDER / 'checkpoint.json')['text']}```" in text
