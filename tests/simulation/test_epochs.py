"""Stations that come back from a backup or a copy begin new epochs, and never sign a fork."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from openline.forms.precedence import Precedence
from openline.line.delivery import LineState
from openline.line.events import Place
from openline.station.books import alarms as alarm_book
from openline.station.engine import Engine
from openline.station.entries import entry_of
from openline.station.mark import Mark
from openline.station.store import Store
from openline.station.tables import forks
from openline.wire.message import write_message
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.party import Direction
from simulation.world import Side, World, card_of, joined, keys_of, payload


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as made:
        yield made


@dataclass(frozen=True)
class Kept:
    """A database as it stood, and what had been done by then."""

    path: Path
    acted: Counter[tuple[str, str, Place]]


def copy_of(side: Side) -> Kept:
    """A copy of the database as it stands, made with nothing running."""
    side.close()
    kept = side.path.with_suffix(".kept")
    shutil.copy(side.path, kept)
    side.open()
    return Kept(kept, side.acted.copy())


def bring_back(side: Side, kept: Kept) -> None:
    """Put the copy in the database's place, and come up with it."""
    side.close()
    replace_database(side, kept)
    side.open()


def replace_database(side: Side, kept: Kept) -> None:
    for beside in side.path.parent.glob(f"{side.path.name}*"):
        beside.unlink()
    shutil.copy(kept.path, side.path)
    side.acted = kept.acted.copy()


def state(world: World, a: str, b: str) -> LineState:
    return world[a].state(b)


def ids(rows: list) -> list[str]:
    return [row.id for row in rows]


@pytest.mark.rule("R-EPOCH-01")
@pytest.mark.rule("R-EPOCH-02")
@pytest.mark.rule("R-EPOCH-04")
def test_a_station_brought_back_uses_no_number_twice_and_gets_all_back(world: World) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru", text="before")
    world.settle()
    kept = copy_of(us)
    lost = [us.send("ru", text=f"after the backup {n}") for n in range(5)]
    theirs = [ru.send("us", text=f"theirs {n}") for n in range(3)]
    world.settle()
    before = {row.raw for row in us.ours("ru")}
    bring_back(us, kept)
    assert state(world, "us", "ru").out_epoch > 1
    # "Stop" can be sent before a word was heard of the other side.
    stop = us.send("ru", precedence="flash", text="stop")
    world.up = False
    assert us.ours("ru")[-1].id == stop
    world.up = True
    world.settle()
    assert before < {row.raw for row in us.ours("ru")}
    assert {*lost, stop} <= set(ids(us.ours("ru")))
    assert set(theirs) <= set(ids(us.theirs("ru")))
    assert ru.theirs("us")[-1].id == stop
    assert not us.rows(forks) and not ru.rows(forks)
    world.check_quiet()
    assert {row.what for row in us.alarms().values()} >= {"epoch-rolled-back"}
    assert "epoch" in {row.what for row in ru.alarms().values()}


@pytest.mark.rule("R-EPOCH-03")
def test_the_first_message_of_an_epoch_names_what_the_station_still_knew(world: World) -> None:
    us = world["us"]
    us.send("ru")
    world.settle()
    kept = copy_of(us)
    known = us.state("ru")
    us.send("ru")
    world.settle()
    bring_back(us, kept)
    first = us.ours("ru")[-1]
    assert (first.form, first.number, first.epoch) == ("epoch", 0, us.state("ru").out_epoch)
    fields = entry_of(first).fields
    assert fields["reason"] == "rolled-back"
    assert fields["previous"] == {"epoch": 1, "size": known.out.size, "root": known.out.root()}
    assert fields["peer"] == {"epoch": 1, "size": known.into.size, "root": known.into.root()}


@pytest.mark.rule("R-EPOCH-05")
@pytest.mark.parametrize("what", ["missing", "garbled", "copied"])
def test_a_mark_that_cannot_be_relied_on_begins_an_epoch(world: World, what: str) -> None:
    us = world["us"]
    mark = us.path.with_suffix(".mark")
    us.close()
    if what == "missing":
        mark.unlink()
    elif what == "garbled":
        mark.write_bytes(b"x" * 200)
    else:
        other = mark.with_suffix(".other")
        shutil.copy(mark, other)
        other.replace(mark)
    us.open()
    assert us.state("ru").out_epoch > 1
    assert [row.what for row in us.alarms().values()] == ["epoch-copied"]
    after = us.state("ru").out_epoch
    us.crash()
    assert us.state("ru").out_epoch == after
    world.settle()
    world.check_quiet()


@pytest.mark.rule("R-EPOCH-02")
def test_two_stations_brought_back_from_one_backup_do_not_meet(world: World) -> None:
    us = world["us"]
    kept = copy_of(us)
    epochs = []
    for drawn in (1_000, 2_000):
        us.path.with_suffix(".mark").unlink()  # on a machine that knows nothing
        bring_back(us, kept)
        us.drawn = drawn
        epochs.append(us.state("ru").out_epoch)
    assert len(set(epochs)) == 2


@pytest.mark.rule("R-EPOCH-04")
def test_both_stations_may_come_back_from_backups_at_once(world: World) -> None:
    us, ru = world["us"], world["ru"]
    for side, peer in ((us, "ru"), (ru, "us")):
        side.send(peer, text="kept by both")
    world.settle()
    copies = {side: copy_of(side) for side in (us, ru)}
    only_us = us.send("ru", text="neither will have this")
    world.settle()
    ru.send("us", text="ru wrote this")
    for side, kept in copies.items():
        bring_back(side, kept)
    world.settle()
    world.check_quiet()
    # What both have lost is lost; each knows that it began anew.
    assert only_us not in ids(us.ours("ru"))
    assert us.state("ru").out_epoch > 1 and ru.state("us").out_epoch > 1
    assert us.state("ru").in_epoch == ru.state("us").out_epoch


@pytest.mark.rule("R-EPOCH-04")
def test_what_was_answered_before_the_backup_came_back_is_answered_again(world: World) -> None:
    """An answer of ours that was lost with the message it answers finds it again."""
    us, ru = world["us"], world["ru"]
    kept = copy_of(us)
    asked = ru.send("us", precedence="flash", text="are you there?")
    world.settle()
    us.send("ru", "acknowledged", about=asked)
    note = us.send("ru", text="a word of ours")
    world.settle()
    ru.send("us", "acknowledged", about=note)
    world.settle()
    bring_back(us, kept)
    world.settle()
    world.check_quiet()
    states = {row.id: row.state for row in (*us.ours("ru"), *us.theirs("ru"))}
    assert states[asked] == "answered" and states[note] == "answered"
    assert not [row for row in (*us.ours("ru"), *ru.ours("us")) if row.form == "not-understood"]
    assert not us.rows(forks)
    us.run(alarm_book.sound_due)


@pytest.mark.rule("R-EPOCH-06")
def test_a_machine_set_back_unnoticed_begins_anew_when_its_fork_is_shown(world: World) -> None:
    """As after a snapshot of the whole machine, which takes the mark back with it."""
    us, ru = world["us"], world["ru"]
    kept = copy_of(us)
    us.send("ru", text="first")
    world.settle()
    bring_back_quietly(us, kept)
    assert us.state("ru").out_epoch == 1
    second = us.send("ru", text="second, by the same number")
    world.settle()
    assert ids(ru.theirs("us")).count(second) == 1
    assert [row.what for row in ru.rows(forks)] == ["messages"]
    assert us.state("ru").out_epoch > 1
    assert {"epoch-fork", "fork-unproven"} <= {row.what for row in us.alarms().values()}
    said = us.send("ru", text="goes on")
    world.settle()
    assert said in ids(ru.theirs("us"))


def bring_back_quietly(side: Side, kept: Kept) -> None:
    """Bring a copy back together with the mark that it had then."""
    side.close()
    replace_database(side, kept)
    side.path.with_suffix(".mark").unlink()
    store = Store(side.path)
    mark = Mark(side.path.with_suffix(".mark"))
    engine = Engine(store, card_of(side.party), keys_of(side.party), side.clock, side.new_uid)
    mark.begin(engine.lines)
    mark.close()
    store.close()
    side.open()


@pytest.mark.rule("R-EPOCH-07")
def test_an_old_epochs_message_still_arrives_and_is_receipted(world: World) -> None:
    us, ru = world["us"], world["ru"]
    waiting = us.send("ru", text="queued when the disk broke")
    kept = copy_of(us)
    us.path.with_suffix(".mark").unlink()
    bring_back(us, kept)
    world.settle()
    row = next(row for row in us.ours("ru") if row.id == waiting)
    assert (row.epoch, row.state) == (1, "received")
    assert waiting in ids(ru.theirs("us"))
    world.check_quiet()


@pytest.mark.rule("R-LINE-36")
def test_a_peer_that_begins_epochs_without_end_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "EPOCHS_KEPT", 3)
    signer, now = world["us"].engine.signer, world.clock.now().wall
    said = [
        write_message(signer, Direction("us", "ru", epoch), 5, now, payload("text", {"text": "x"}))
        for epoch in (2, 3, 4)
    ]
    for message in said[:2]:
        world.say("us", "ru", message.raw)
    with pytest.raises(OpenlineError) as caught:
        world.say("us", "ru", said[2].raw)
    assert (caught.value.code, caught.value.rule) == ("too-many-epochs", "R-LINE-36")
    urgent = payload("text", {"text": "y"}, precedence=Precedence.FLASH)
    fine = write_message(signer, Direction("us", "ru", 1), 1, now, urgent)
    assert world.say("us", "ru", fine.raw)
