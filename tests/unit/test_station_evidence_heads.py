"""What a bundle takes along besides receipts: signed heads, cosignatures, epochs, proven forks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.evidence.account import account
from openline.evidence.bundle import read_bundle
from openline.evidence.fork import Kind
from openline.evidence.verify import Result, Verification, verify
from openline.station.facade import Facade
from openline.station.views import evidence
from openline.wire.card import fingerprint
from openline.wire.message import write_message
from openline.words.party import Direction
from simulation.world import World, card_of, joined, keys_of

PARTIES = ("us", "ru", "un")
ANCHORS = {party: fingerprint(card_of(party)) for party in PARTIES}
OUT, INTO = Direction("us", "ru", 1), Direction("ru", "us", 1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path, PARTIES) as made:
        yield made


def export(world: World, party: str, folder: Path, *ids: str, line: str | None = None) -> bytes:
    file = folder / f"{party}.bundle"
    evidence.export(world[party], str(file), ids, line, None, None)  # type: ignore[arg-type]
    return file.read_bytes()


def tested(world: World) -> None:
    """A line test each way, carried and answered."""
    for party, peer in (("us", "ru"), ("ru", "us")):
        world[party].test(peer)
        world.settle()


def witnessed(world: World) -> None:
    """Both agree to the witness, and a test shows it their heads."""
    for party, peer in (("us", "ru"), ("ru", "us")):
        Facade(world[party]).witness_consent(peer, "un", True)  # type: ignore[arg-type]
    world.settle()
    tested(world)
    tested(world)


def step(done: Verification, name: str) -> Any:
    return next(found for found in done.steps if found.name == name)


@pytest.mark.rule("R-EVID-17")
@pytest.mark.parametrize("side", ["us", "ru"])
def test_heads_of_both_sides_and_a_witness_cover_the_chosen_message(
    world: World, tmp_path: Path, side: str
) -> None:
    us = world["us"]
    id = us.send("ru", text="covered by every signature there is")
    world.settle()
    witnessed(world)
    data = export(world, side, tmp_path, id)
    done = verify(data, ANCHORS)
    assert done.result is Result.VERIFIED, [s for s in done.steps if not s.holds]
    (number,) = [m.number for m in done.messages if m.id == id]
    covering = {
        (h.kind, h.party) for h in done.heads if h.head.direction == OUT and h.head.size > number
    }
    assert covering >= {
        *(("mldsa", party) for party in ("us", "ru")),
        *(("checkpoint", "us"), ("cosignature", "ru"), ("cosignature", "un")),
    }
    assert step(done, "heads").what.endswith("looked at")
    assert [(p.party, p.witness) for p in done.parties] == [
        *(("ru", False), ("un", True), ("us", False)),
    ]
    told = account(done, "en")
    assert {"kind", "by", "size", "at", "record"} <= told["heads"][0].keys()


@pytest.mark.rule("R-EVID-18")
def test_a_witness_counts_for_whoever_has_its_fingerprint_and_need_not_be_known(
    world: World, tmp_path: Path
) -> None:
    witnessed(world)
    data = export(world, "us", tmp_path, line="ru")
    known = {party: ANCHORS[party] for party in ("us", "ru")}
    done = verify(data, known)
    assert done.result is Result.VERIFIED
    assert [p.anchored for p in done.parties if p.witness] == [False]
    assert verify(data, known | {"un": ANCHORS["us"]}).result is Result.FAILED


@cache
def whole(folder: Path) -> bytes:
    with joined(folder, PARTIES) as made:
        witnessed(made)
        return export(made, "us", folder, line="ru")


@pytest.mark.rule("R-EVID-17")
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_byte_of_a_head_can_be_altered_unnoticed(tmp_path_factory: Any, data: Any) -> None:
    good = whole(tmp_path_factory.getbasetemp())
    bundle = read_bundle(good)
    part = data.draw(st.sampled_from((*bundle.signed, *bundle.notes)))
    at = good.index(part) + data.draw(st.integers(0, len(part) - 1))
    altered = bytearray(good)
    altered[at] ^= 1 << data.draw(st.integers(0, 7))
    done = verify(bytes(altered), ANCHORS)
    assert done.result is Result.FAILED and done.failed[0].name in ("file", "cards", "heads")


@pytest.mark.rule("R-EVID-06")
@pytest.mark.parametrize("side", ["us", "ru"])
def test_a_station_that_came_back_exports_all_its_epochs(
    world: World, tmp_path: Path, side: str
) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru", text="before")
    world.settle()
    us.close()
    shutil.copy(us.path, tmp_path / "kept")
    us.open()
    lost = us.send("ru", text="after the backup")
    ru.send("us", text="theirs")
    world.settle()
    us.close()
    for beside in us.path.parent.glob(f"{us.path.name}*"):
        beside.unlink()
    shutil.copy(tmp_path / "kept", us.path)
    us.open()
    later = us.send("ru", text="in the new epoch")
    world.settle()
    tested(world)
    other = {"us": "ru", "ru": "us"}[side]
    done = verify(export(world, side, tmp_path, line=other), ANCHORS)
    assert done.result is Result.VERIFIED, [s for s in done.steps if not s.holds]
    assert len({m.direction.epoch for m in done.messages}) == 2
    assert {lost, later} <= {m.id for m in done.messages} and done.missing == ()
    assert step(done, "epochs").what == "3 looked at"
    alone = verify(export(world, side, tmp_path, later), ANCHORS)
    assert alone.result is Result.VERIFIED
    assert lost not in {m.id for m in alone.messages}


@pytest.mark.rule("R-EVID-09")
def test_a_liars_fork_goes_with_every_bundle_of_the_line(world: World, tmp_path: Path) -> None:
    us = world["us"]
    us.send("ru", text="one thing")
    world.settle()
    (mine,) = [row for row in us.ours("ru") if row.form == "text"]
    lie = write_message(keys_of("us").signing, OUT, mine.number, us.now(), b"\xa0").raw
    world.say("us", "ru", lie)
    world.settle()
    done = verify(export(world, "ru", tmp_path, line="us"), ANCHORS)
    assert done.result is Result.VERIFIED, [s for s in done.steps if not s.holds]
    assert [(f.kind, f.accused, f.position) for f in done.forks] == [
        (Kind.MESSAGES, "us", mine.number)
    ]
