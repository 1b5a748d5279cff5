"""What a restore can take with it, one story each: every one of them was a failing seed."""

from __future__ import annotations

import pytest

from openline.station import traffic
from openline.station.entries import entry_of
from openline.station.outbox import HELD_AGAIN_MS, RESEND_AFTER_MS
from openline.wire.parcel import seal
from openline.words import limits
from simulation.world import Side, World


def ids(rows: list) -> list[str]:
    return [row.id for row in rows]


def send_many(side: Side, peer: str, count: int) -> list[str]:
    return [side.send(peer, text=f"number {n}") for n in range(count)]


@pytest.mark.rule("R-EPOCH-08")
def test_a_database_that_lacks_only_what_it_receipted_begins_anew(world: World) -> None:
    us, ru = world["us"], world["ru"]
    backup = us.backup()
    theirs = send_many(ru, "us", 3)
    world.settle()
    us.restore(backup)
    assert us.state("ru").out_epoch > 1
    world.settle()
    assert set(theirs) <= set(ids(us.theirs("ru")))
    world.check_quiet()


@pytest.mark.rule("R-EPOCH-09")
def test_what_the_answer_that_was_lost_would_have_told_the_next_one_tells(world: World) -> None:
    us = world["us"]
    backup = us.backup()
    lost = send_many(us, "ru", 3)
    world.settle()
    us.restore(backup)
    world.exchange("us", "ru", lose_reply=True)
    world.settle()
    us.send("ru")
    world.settle()
    assert set(lost) <= set(ids(us.ours("ru")))
    world.check_quiet()


@pytest.mark.rule("R-EPOCH-09")
def test_more_than_a_parcel_is_given_back_though_much_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PARCEL_ITEMS", 4)
    us = world["us"]
    backup = us.backup()
    lost = send_many(us, "ru", 15)
    world.settle()
    us.restore(backup)
    send_many(us, "ru", 9)
    world.settle()
    assert set(lost) <= set(ids(us.ours("ru")))
    world.check_quiet()


@pytest.mark.rule("R-LINE-17")
def test_what_the_peer_held_and_lost_leaves_again_after_a_minute(world: World) -> None:
    us, ru = world["us"], world["ru"]
    backup = ru.backup()
    first, second = us.send("ru"), us.send("ru", precedence="flash")
    world.exchange("us", "ru", urgent_only=True)  # beyond a gap: held
    assert [row.state for row in us.ours("ru") if row.id == second] == ["held"]
    ru.restore(backup)
    leaves = []
    for wait_ms in (0, HELD_AGAIN_MS - 1, 1):
        world.clock.pass_ms(wait_ms)
        leaves.append([number for (_, number), _ in us.outboxes["ru"].take(world.clock.steady)])
    assert leaves == [[1], [1], [2]]
    world.clock.pass_ms(HELD_AGAIN_MS)
    world.settle()
    assert ids(ru.theirs("us"))[-2:] == [first, second]
    world.check_quiet()


@pytest.mark.rule("R-EPOCH-03")
@pytest.mark.rule("R-EPOCH-04")
def test_every_epoch_of_the_other_side_is_named_so_that_none_stays_lost(world: World) -> None:
    us, ru = world["us"], world["ru"]
    for number in range(3):  # ru's record comes to have several epochs
        ru.path.with_suffix(".mark").write_bytes(b"")
        ru.crash()
        ru.send("us", text=f"in epoch {number}")
        if number == 1:
            backup = us.backup()
        world.settle()
    before = ids(us.theirs("ru"))
    us.restore(backup)
    fields = entry_of(us.ours("ru")[-1]).fields
    named = {fields["peer"]["epoch"], *(head["epoch"] for head in fields["held"])}
    assert named == set(us.state("ru").received)
    world.settle()
    assert set(before) <= set(ids(us.theirs("ru")))
    world.check_quiet()


@pytest.mark.rule("R-EPOCH-06")
def test_what_was_renumbered_is_shown_though_its_first_copy_waits_beyond_a_gap(
    world: World,
) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru", text="will be missing")
    kept = us.send("ru", text="waits beyond the gap")
    _, raw = us.outboxes["ru"].take(world.clock.steady)[1]
    world.hand("ru", seal([raw], world.envelope("us", "ru")))
    assert [row.shown for row in ru.theirs("us") if row.id == kept] == [False]
    us.run(lambda tx: (traffic.begin_epoch(tx, "ru", "fork"), traffic._renumber(tx, "ru", 1)))
    world.settle()
    (shown,) = [row for row in ru.theirs("us") if row.id == kept]
    assert shown.shown and shown.epoch == us.state("ru").out_epoch
    assert ru.state("us").received_in(1).parked
    assert not [row for row in ru.ours("us") if row.form == "not-understood"]


@pytest.mark.rule("R-STORE-11")
@pytest.mark.rule("R-EPOCH-06")
def test_what_the_peer_lost_and_a_fork_renumbered_is_no_fault_of_the_record(world: World) -> None:
    us, ru = world["us"], world["ru"]
    backup = ru.backup()
    sent = send_many(us, "ru", 3)
    world.settle()
    ru.restore(backup)
    world.exchange("ru", "us")  # us hears that ru holds them no more
    us.run(lambda tx: (traffic.begin_epoch(tx, "ru", "fork"), traffic._renumber(tx, "ru", 1)))
    world.settle()
    assert set(sent) <= set(ids(ru.theirs("us")))
    assert [side.verify()["faults"] for side in (us, ru)] == [[], []]


@pytest.mark.rule("R-EPOCH-10")
def test_a_receipt_that_is_older_than_the_backup_keeps_nothing_from_leaving_again(
    world: World,
) -> None:
    us, ru = world["us"], world["ru"]
    backup = ru.backup()
    first = us.send("ru", text="receipted, and lost with the receipt under way")
    world.post("us", "ru")
    world.collect("us", "ru")
    ru.restore(backup)
    world.exchange("ru", "us")
    world.collect("ru", "us")  # only now the receipt from before
    assert us.state("ru").sent_in(1).covered == us.state("ru").sent_in(1).size
    second = us.send("ru", text="what makes ru ask for the one before")
    world.settle()
    assert ids(ru.theirs("us"))[-2:] == [first, second]
    world.check_quiet()


@pytest.mark.rule("R-EPOCH-09")
def test_the_receipts_of_many_epochs_leave_room_for_what_is_given_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PARCEL_ITEMS", 4)
    us = world["us"]
    for number in range(5):
        us.path.with_suffix(".mark").write_bytes(b"")
        us.crash()
        if number == 4:
            backup = us.backup()  # its epoch's first message waits for a receipt
        us.send("ru", text=f"in epoch {number}")
        world.settle()
    lost = ids(us.ours("ru"))
    us.restore(backup)
    world.exchange("us", "ru")
    world.clock.pass_ms(RESEND_AFTER_MS)  # what asks now leaves with what is asked about
    world.settle()
    assert set(lost) <= set(ids(us.ours("ru")))
    world.check_quiet()


@pytest.mark.rule("R-EPOCH-04")
@pytest.mark.rule("R-KEY-03")
def test_the_card_of_a_key_that_was_lost_comes_before_what_is_signed_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PARCEL_ITEMS", 4)
    us = world["us"]
    backup = us.backup()
    us.rotate()
    lost = send_many(us, "ru", 9)
    world.settle()
    us.rotate()
    world.settle()
    us.restore(backup)
    world.settle()
    assert set(lost) <= set(ids(us.ours("ru")))
    world.check_quiet()
