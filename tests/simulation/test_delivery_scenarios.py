"""What a line does when something particular goes wrong: one story each."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from openline.evidence.fork import check_fork, read_fork
from openline.forms.fields import fill
from openline.forms.precedence import Precedence
from openline.line.events import Place
from openline.record.tree import EMPTY
from openline.station import books, effects, entries, inbox, traffic
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.tables import forks
from openline.wire.message import write_message
from openline.wire.parcel import Envelope, seal
from openline.wire.receipt import Ask, Early, Receipt, write_ask, write_early, write_receipt
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.party import Direction
from simulation.world import World, payload

US_RU, RU_US = Direction("us", "ru", 1), Direction("ru", "us", 1)


def _raw(world: World, number: int, content: bytes, direction: Direction = US_RU) -> bytes:
    """What `us` signs, whether or not it keeps to the protocol."""
    signer = world["us"].engine.signer
    return write_message(signer, direction, number, world.clock.now().wall, content).raw


def _text(uid: str = "0123456789", precedence: Precedence = Precedence.ROUTINE) -> bytes:
    return payload("text", {"text": "hello"}, uid, precedence=precedence)


def _refusal(world: World, b: str, sealed: bytes) -> OpenlineError:
    """What `b` refuses a parcel with; nothing may have been stored."""
    before = world[b].theirs("us")
    with pytest.raises(OpenlineError) as caught:
        world.hand(b, sealed)
    assert world[b].theirs("us") == before
    return caught.value


# ---- gaps and urgency ----------------------------------------------------------------


@pytest.mark.rule("R-LINE-04")
@pytest.mark.rule("R-LINE-07")
@pytest.mark.rule("R-LINE-06")
def test_flash_overtakes_a_backlog_is_shown_at_once_and_receipted_early(world: World) -> None:
    us, ru = world["us"], world["ru"]
    ids = [us.send("ru", text=f"routine {n}") for n in range(300)]
    flash = us.send("ru", precedence="flash", text="aircraft down")
    numbers, sealed = world.take("us", "ru", urgent_only=True)
    assert numbers == [(1, 301)]

    said = world.open_answer("ru", "us", world.hand("ru", sealed) or b"")
    shown = [row.id for row in ru.theirs("us") if row.shown]
    assert shown[-1] == flash and not set(shown) & set(ids)
    assert ru.alarms()[f"us:{flash}"].precedence == "flash"
    assert [type(item) for item in said] == [Receipt, Early, Ask]
    assert said[0].size == 1 and said[1].number == 301 and said[2].ranges == ((1, 301),)

    inbox.take_reply(
        us.engine, us.run, "ru", seal([i.raw for i in said], world.envelope("ru", "us")), [(1, 301)]
    )
    assert [row.state for row in us.ours("ru") if row.id == flash] == ["held"]
    world.settle()
    world.check_quiet()
    assert ru.acted["us", "in", (1, 301)] == 1
    assert next(row for row in us.ours("ru") if row.id == flash).state == "received"


@pytest.mark.rule("R-LINE-07")
def test_the_lane_for_urgent_messages_takes_no_others(world: World) -> None:
    world["us"].send("ru")
    world["us"].send("ru", precedence="priority")
    world["us"].send("ru", precedence="immediate")
    assert _taken(world, urgent_only=True) == [3]
    assert _taken(world) == [2, 1]


@pytest.mark.rule("R-LINE-16")
def test_an_ask_resends_at_once_what_is_under_way(world: World) -> None:
    us = world["us"]
    us.send("ru")
    world.take("us", "ru")  # the carrier loses it
    us.send("ru", precedence="flash")
    assert _taken(world) == [2]
    us.send("ru")
    ask = write_ask(world["ru"].engine.signer, US_RU, 1, ((1, 2), (90, 95)), world.clock.now().wall)
    world.say("ru", "us", ask.raw)
    assert _taken(world) == [1, 3]  # not 2: it is still under way


@pytest.mark.rule("R-LINE-17")
def test_what_is_never_answered_leaves_again_and_what_is_held_only_when_asked(world: World) -> None:
    us = world["us"]
    us.send("ru")
    assert _taken(world) == [1]
    assert _taken(world) == []
    world.clock.pass_ms(5_000)
    assert _taken(world) == [1]


@pytest.mark.rule("R-LINE-08")
def test_more_early_receipts_than_one_parcel_holds_block_nothing(world: World) -> None:
    us = world["us"]
    us.send("ru", text="routine, and first")
    for _ in range(limits.PARCEL_ITEMS + 10):
        us.send("ru", precedence="flash")
    places, sealed = world.take("us", "ru")
    assert len(places) == limits.PARCEL_ITEMS and (1, 1) not in places
    said = world.open_answer("ru", "us", world.hand("ru", sealed) or b"")
    assert len(said) == limits.PARCEL_ITEMS
    assert any(isinstance(item, Ask) for item in said)
    world.settle()
    world.check_quiet()


@pytest.mark.rule("R-LINE-08")
def test_beyond_the_window_nothing_is_taken_and_nothing_is_promised(world: World) -> None:
    far = _raw(world, limits.WINDOW_SPAN + 2, _text(precedence=Precedence.FLASH))
    said = world.say("us", "ru", far)
    assert [type(item) for item in said] == [Receipt] and said[0].size == 1
    assert len(world["ru"].theirs("us")) == 1
    near = _raw(world, limits.WINDOW_SPAN + 1, _text(precedence=Precedence.FLASH))
    assert [type(item) for item in world.say("us", "ru", near)] == [Receipt, Early, Ask]


@pytest.mark.rule("R-LINE-08")
def test_only_so_many_messages_are_held_beyond_a_gap(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PARKED", 2)
    raws = [_raw(world, number, _text(f"{number:010}")) for number in range(1, 6)]
    said = world.say("us", "ru", *raws[1:])
    assert [item.number for item in said if isinstance(item, Early)] == [2, 3]
    assert len(world["ru"].theirs("us")) == 3
    world.say("us", "ru", *raws)
    assert world["ru"].state("us").into.size == 6


# ---- what comes twice, or from elsewhere ---------------------------------------------


@pytest.mark.rule("R-LINE-06")
def test_a_message_that_arrives_twice_gets_the_same_receipt_and_is_shown_once(world: World) -> None:
    world["us"].send("ru", precedence="flash")
    _, sealed = world.take("us", "ru")
    first = world.open_answer("ru", "us", world.hand("ru", sealed) or b"")
    world.clock.pass_ms(60_000)
    world["ru"].crash()
    again = world.open_answer("ru", "us", world.hand("ru", sealed) or b"")
    assert [item.raw for item in again] == [item.raw for item in first] != []
    assert world["ru"].acted["us", "in", (1, 1)] == 1
    assert len(world["ru"].alarms()) == 1


@pytest.mark.rule("R-LINE-06")
def test_a_held_message_that_arrives_twice_gets_the_same_early_receipt(world: World) -> None:
    raw = _raw(world, 5, _text(precedence=Precedence.FLASH))
    first = [item.raw for item in world.say("us", "ru", raw) if isinstance(item, Early)]
    world.clock.pass_ms(60_000)
    world["ru"].crash()
    again = [item.raw for item in world.say("us", "ru", raw) if isinstance(item, Early)]
    assert again == first != []
    assert world["ru"].acted["us", "in", (1, 5)] == 1


@pytest.mark.rule("R-LINE-05")
def test_a_reflected_parcel_opens_nowhere(world: World) -> None:
    world["us"].send("ru")
    _, sealed = world.take("us", "ru")
    assert _refusal(world, "us", sealed).code == "stranger"
    # Our own words, sealed by the other side to us, tell us nothing new.
    us = world["us"]
    before = us.state("ru")
    assert world.hand("us", seal([us.ours("ru")[0].raw], world.envelope("ru", "us"))) is None
    assert us.state("ru") == before and us.theirs("ru")[1:] == []


@pytest.mark.rule("R-LINE-05")
def test_a_strangers_parcel_is_refused_and_stores_nothing(world: World, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other", ("cn", "ru"))
    to_ru = world["ru"].engine
    envelope = Envelope("cn", "ru", other["cn"].engine.card.root_key, to_ru.card.sealing_key)
    raw = write_message(
        other["cn"].engine.signer, Direction("cn", "ru", 1), 0, world.clock.now().wall, _text()
    ).raw
    fault = _refusal(world, "ru", seal([raw], envelope))
    assert (fault.code, fault.whose, fault.rule) == ("stranger", "theirs", "R-LINE-05")
    other.close()


@pytest.mark.rule("R-LINE-05")
def test_a_parcel_that_is_too_large_or_altered_is_refused(world: World) -> None:
    assert _refusal(world, "ru", bytes(limits.PARCEL_BYTES + 1)).code == "too-large"
    world["us"].send("ru")
    _, sealed = world.take("us", "ru")
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    assert _refusal(world, "ru", altered).code == "stranger"


@pytest.mark.rule("R-LINE-02")
def test_an_altered_message_is_refused_and_its_neighbours_are_taken(world: World) -> None:
    good = [_raw(world, number, _text(f"{number:010}")) for number in (1, 2)]
    altered = good[1][:-1] + bytes([good[1][-1] ^ 1])
    said = world.say("us", "ru", good[0], altered)
    assert said[0].size == 2
    assert len(world["ru"].theirs("us")) == 2
    assert _refusal(world, "ru", seal([altered], world.envelope("us", "ru"))).code == (
        "bad-signature"
    )
    assert world.say("us", "ru", good[1])[0].size == 3


@pytest.mark.rule("R-LINE-02")
def test_a_message_for_another_line_is_refused(world: World) -> None:
    direction = Direction("us", "cn", 1)
    raw = _raw(world, 1, _text(), direction)
    fault = _refusal(world, "ru", seal([raw], world.envelope("us", "ru")))
    assert (fault.code, fault.whose, fault.rule) == ("wrong-line", "theirs", "R-LINE-02")
    # Beside a good one it holds nothing up.
    assert world.say("us", "ru", raw, _raw(world, 1, _text()))[0].size == 2


def _taken(world: World, urgent_only: bool = False) -> list[int]:
    """The numbers of what leaves next."""
    return [number for _, number in world.take("us", "ru", urgent_only)[0]]


# ---- liars ---------------------------------------------------------------------------


def _forks(world: World, party: str) -> list[str]:
    return [row.what for row in world[party].rows(forks)]


@pytest.mark.rule("R-LINE-18")
def test_two_messages_at_one_number_are_a_fork_kept_once_and_alarmed(world: World) -> None:
    world.say("us", "ru", _raw(world, 1, _text("aaaaaaaaaa")))
    other = _raw(world, 1, _text("bbbbbbbbbb"))
    for _ in range(3):
        said = world.say("us", "ru", other)
        assert said[0].root == world["ru"].state("us").into.root()
    ru = world["ru"]
    assert _forks(world, "ru") == ["messages"]
    kept = ru.rows(forks)[0]
    assert other in kept.evidence and (kept.epoch, kept.position) == (1, 1)
    _is_proof_against(world, "us", kept.evidence)
    raised = [row for row in ru.alarms().values() if row.what.startswith("fork")]
    assert [row.precedence for row in raised] == ["immediate"]
    # Traffic goes on, on what was recorded first.
    assert world.say("us", "ru", _raw(world, 2, _text("cccccccccc")))[0].size == 3
    assert [row.id for row in ru.theirs("us")][1:] == ["us-aaaaaaaaaa", "us-cccccccccc"]
    assert not ru.verify()["holds"]


@pytest.mark.rule("R-LINE-18")
def test_two_messages_at_one_number_beyond_a_gap_are_a_fork_too(world: World) -> None:
    world.say("us", "ru", _raw(world, 7, _text("aaaaaaaaaa")))
    world.say("us", "ru", _raw(world, 7, _text("bbbbbbbbbb")))
    assert _forks(world, "ru") == ["messages"]


@pytest.mark.rule("R-LINE-18")
def test_a_receipt_over_another_root_is_a_fork_and_covers_nothing(world: World) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru")
    root = EMPTY.append(b"x" * 32).append(b"y" * 32).root()
    lie = write_receipt(ru.engine.signer, US_RU, 2, root, world.clock.now().wall).raw
    for _ in range(3):
        world.say("ru", "us", lie)
    assert _forks(world, "us") == ["unproven"]
    assert us.ours("ru")[1].received_at is None
    assert lie in us.rows(forks)[0].evidence
    assert sum(row.what.startswith("fork") for row in us.alarms().values()) == 1
    world.settle()
    # What waited left again in a new epoch, on which both sides agree.
    first, again = (row for row in us.ours("ru") if row.form == "text")
    assert again.id == first.id and again.epoch == us.state("ru").out_epoch > 1
    assert again.received_at is not None
    assert [row.id for row in ru.theirs("us") if row.form == "text"].count(again.id) == 1


@pytest.mark.rule("R-LINE-18")
def test_an_early_receipt_for_what_was_never_signed_is_a_fork(world: World) -> None:
    world["us"].send("ru")
    lie = write_early(world["ru"].engine.signer, US_RU, 1, b"z" * 32, world.clock.now().wall).raw
    world.say("ru", "us", lie)
    assert _forks(world, "us") == ["unproven"]
    assert world["us"].ours("ru")[1].state == "queued"


@pytest.mark.rule("R-LINE-18")
def test_an_early_receipt_for_another_leaf_is_proven_once_a_receipt_covers_the_place(
    world: World,
) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru")
    lie = write_early(ru.engine.signer, US_RU, 1, b"z" * 32, world.clock.now().wall).raw
    world.say("ru", "us", lie)
    assert _forks(world, "us") == ["unproven"]
    world.settle()
    us.tick()
    assert _forks(world, "us") == ["leaves"]
    _is_proof_against(world, "ru", us.rows(forks)[0].evidence)
    world.settle()
    assert [row.form for row in ru.theirs("us")].count("fork") == 2


@pytest.mark.rule("R-LINE-18")
def test_two_receipts_of_one_size_with_two_roots_prove_a_fork(world: World) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru")
    world.settle()
    root = EMPTY.append(b"x" * 32).append(b"y" * 32).root()
    lie = write_receipt(ru.engine.signer, US_RU, 2, root, world.clock.now().wall).raw
    world.say("ru", "us", lie)
    assert _forks(world, "us") == ["heads"]
    _is_proof_against(world, "ru", us.rows(forks)[0].evidence)


def _is_proof_against(world: World, party: str, evidence: bytes) -> None:
    """As a third party checks it, who has that party's key alone."""
    proof = read_fork(evidence)
    assert proof.accused == party
    check_fork(proof, [world[party].engine.signer.public])


@pytest.mark.rule("R-LINE-09")
def test_a_receipt_for_more_than_was_signed_begins_a_new_epoch_and_is_no_fork(
    world: World,
) -> None:
    us, now = world["us"], world.clock.now().wall
    ahead = write_receipt(world["ru"].engine.signer, US_RU, 9, b"r" * 32, now).raw
    for _ in range(3):
        world.say("ru", "us", ahead)
    assert _forks(world, "us") == []
    # Whatever the numbers up to 9 were used for, they are never used again.
    assert us.state("ru").out_epoch > 1 and len(us.state("ru").sent) == 2
    assert us.ours("ru")[-1].form == "epoch" and us.ours("ru")[-1].received_at is None
    assert [row.what for row in us.alarms().values()] == ["epoch-rolled-back"]
    us.send("ru", text="goes on")
    world.settle()
    assert world["ru"].theirs("us")[-1].id == us.ours("ru")[-1].id


@pytest.mark.rule("R-LINE-18")
def test_an_old_receipt_or_early_receipt_takes_nothing_back(world: World) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru")
    old = write_receipt(
        ru.engine.signer, US_RU, 1, us.ours("ru")[0].root, world.clock.now().wall
    ).raw
    world.settle()
    late = write_early(ru.engine.signer, US_RU, 1, us.ours("ru")[1].leaf, world.clock.now().wall)
    before = us.ours("ru")
    world.say("ru", "us", old, late.raw)
    assert us.ours("ru") == before and _forks(world, "us") == []


# ---- content decides nothing ---------------------------------------------------------

STRANGE = {
    "no CBOR": b"\xff\xff",
    "no payload": b"\xa0",
    "unknown form": payload("teleport", {"to": "moon"}, "aaaaaaaaaa"),
    "newer form": payload("text", {"text": "hello"}, "aaaaaaaaaa", version=9),
    "unknown field": payload("text", {"text": "hello", "colour": "red"}, "aaaaaaaaaa"),
    "not to us": payload("text", {"text": "hello"}, "aaaaaaaaaa", to=("cn",)),
    "answer to nothing": payload("acknowledged", {"about": "ru-zzzzzzzzzz"}, "aaaaaaaaaa"),
    "cancel of ours": payload("cancel", {"about": "ru-zzzzzzzzzz"}, "aaaaaaaaaa"),
    "call that is not": payload("call-confirm", {"about": "ru-zzzzzzzzzz"}, "aaaaaaaaaa"),
}


@pytest.mark.rule("R-LINE-10")
@pytest.mark.parametrize("content", STRANGE.values(), ids=STRANGE.keys())
def test_what_cannot_be_used_is_recorded_receipted_and_answered(
    world: World, content: bytes
) -> None:
    ru = world["ru"]
    said = world.say("us", "ru", _raw(world, 1, content))
    assert isinstance(said[0], Receipt) and said[0].size == 2
    stored = ru.theirs("us")[1]
    assert (stored.state, stored.shown) == ("answered", True)
    answer = ru.ours("us")[-1]
    assert answer.form == "not-understood"
    # The line goes on, and the sender learns of it.
    assert world.say("us", "ru", _raw(world, 2, _text("bbbbbbbbbb")))[0].size == 3
    assert ru.verify()["holds"]


@pytest.mark.rule("R-LINE-19")
def test_not_understood_reaches_the_sender_as_an_alarm_and_is_not_answered(world: World) -> None:
    us = world["us"]
    sent = us.send("ru", text="to be misread")
    world.settle()
    leaf = us.ours("ru")[-1].leaf
    fields = {"about_hash": leaf, "about": sent, "why": "because"}
    world["ru"].run(lambda tx: traffic.submit(tx, ("us",), "not-understood", fields))
    world.settle()
    assert us.ours("ru")[-1].state == "answered"
    assert [row.what for row in us.alarms().values()] == ["not-understood"]
    assert us.theirs("ru")[-1].state == "received"
    world.check_quiet()


@pytest.mark.rule("R-LINE-20")
def test_a_uid_used_again_keeps_the_first_and_is_answered(world: World) -> None:
    ru = world["ru"]
    world.say("us", "ru", _raw(world, 1, _text()))
    second = payload("text", {"text": "something else"})
    world.say("us", "ru", _raw(world, 2, second))
    assert [row.id for row in ru.theirs("us")][1:] == ["us-0123456789", "us#1.2"]
    assert [row.form for row in ru.ours("us")][1:] == ["not-understood"]


def _contact(at: str) -> dict[str, object]:
    return dict(fill("contact", {"level": "desk", "at": at, "source": "a press release"}))


CLASHING = [
    payload("contact", _contact("2022-02-18T00:00:00Z")),
    payload("contact", _contact("2022-02-19T00:00:00Z"), revision=1),
    payload("call-request", {"level": "chief", "reason": "a"}, revision=2),
    payload("call-request", {"level": "chief", "reason": "b"}, revision=3),
]


@pytest.mark.rule("R-LINE-20")
def test_revisions_where_none_belong_cannot_stop_the_line(world: World) -> None:
    ru = world["ru"]
    raws = [_raw(world, number, content) for number, content in enumerate(CLASHING, 1)]
    for raw in raws:
        world.say("us", "ru", raw)
    assert ru.state("us").into.size == 5
    assert [row.form for row in ru.ours("us")][1:] == ["not-understood"] * 2
    assert world.say("us", "ru", _raw(world, 5, _text("bbbbbbbbbb")))[0].size == 6


@pytest.mark.rule("R-LINE-10")
def test_a_fault_of_our_own_in_a_book_does_not_stop_the_line(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(tx: Tx, entry: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(books, "BOOKS", {"text": broken})
    world.say("us", "ru", _raw(world, 1, _text()))
    assert world["ru"].state("us").into.size == 2
    assert [row.form for row in world["ru"].ours("us")][1:] == ["not-understood"]


# ---- storage -------------------------------------------------------------------------


def _allow_no_growth(connection: Connection) -> None:
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def _fill_disk(world: World, party: str) -> None:
    """Let the database grow no further, in every transaction."""
    store = world[party].store
    event.listen(store._engine, "begin", _allow_no_growth)
    with store.write() as writer:  # which is kept from one transaction to the next
        _allow_no_growth(writer)


def _free_disk(world: World, party: str) -> None:
    event.remove(world[party].store._engine, "begin", _allow_no_growth)
    world[party].crash()


@pytest.mark.rule("R-STORE-02")
def test_a_full_disk_is_said_clearly_stores_nothing_half_and_passes(world: World) -> None:
    us, ru = world["us"], world["ru"]
    _fill_disk(world, "us")
    stored = 0
    with pytest.raises(OpenlineError) as caught:
        for _ in range(200):
            us.send("ru", text="x" * 2_000)
            stored += 1
    assert caught.value.code == "disk-full"
    assert us.state("ru").out.size == 1 + stored == len(us.ours("ru"))
    assert us.verify()["holds"]
    with pytest.raises(OpenlineError, match="disk is full"):
        us.send("ru", text="x" * 2_000)
    _free_disk(world, "us")
    us.send("ru", text="x" * 2_000)
    world.settle()
    world.check_quiet()
    assert ru.state("us").into.size == 2 + stored


@pytest.mark.rule("R-STORE-02")
def test_a_receiver_whose_disk_is_full_gives_no_receipt(world: World) -> None:
    us = world["us"]
    _fill_disk(world, "ru")
    for number in range(100):
        us.send("ru", text=f"{number}" + "x" * 2_000)
    _, sealed = world.take("us", "ru")
    with pytest.raises(OpenlineError) as caught:
        world.hand("ru", sealed)
    assert caught.value.code == "disk-full"
    assert world["ru"].state("us").into.size == 1 == len(world["ru"].theirs("us"))
    _free_disk(world, "ru")
    world.settle()
    world.check_quiet()


@pytest.mark.rule("R-STORE-01")
def test_a_transaction_that_fails_midway_leaves_the_memory_as_it_was(world: World) -> None:
    us = world["us"]
    before = us.state("ru")

    def job(tx: Tx) -> None:
        traffic.submit(tx, ("ru",), "text", {"text": "hello"})
        tx.connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(OpenlineError) as caught:
        us.run(job)
    assert caught.value.code == "storage-failed"
    assert us.state("ru") == before and len(us.ours("ru")) == before.out.size
    us.send("ru")
    assert us.verify()["holds"]


@pytest.mark.rule("R-STORE-01")
def test_a_job_that_is_refused_undoes_itself_and_not_its_neighbours(world: World) -> None:
    us = world["us"]

    def good(tx: Tx) -> str:
        return traffic.submit(tx, ("ru",), "text", {"text": "hello"})

    def refused(tx: Tx) -> str:
        traffic.submit(tx, ("ru",), "text", {"text": "to nobody"})
        return traffic.submit(tx, ("cn",), "text", {"text": "to nobody"})

    outcomes = us.engine.transact([good, refused, good])
    assert [error and error.code for _, error in outcomes] == [None, "unknown-line", None]
    assert [row.id for row in us.ours("ru")][1:] == [outcomes[0][0], outcomes[2][0]]
    us.acted.clear()
    assert us.verify()["holds"]
    us.crash()
    assert us.state("ru").out.size == 3


@pytest.mark.rule("R-STORE-01")
def test_an_item_that_is_refused_midway_undoes_itself_and_not_its_neighbours(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = effects._show

    def refusing(tx: Tx, peer: str, place: Place) -> Entry:
        entry = show(tx, peer, place)
        if place == (1, 2):
            raise OpenlineError("refused", "by a book")
        return entry

    monkeypatch.setattr(effects, "_show", refusing)
    raws = [_raw(world, number, _text(f"{number:010}")) for number in (1, 2)]
    assert world.say("us", "ru", *raws)[0].size == 2
    assert [row.number for row in world["ru"].theirs("us")] == [0, 1]
    monkeypatch.undo()
    world["ru"].crash()
    assert world["ru"].verify()["holds"]


@pytest.mark.rule("R-LINE-01")
def test_a_message_to_several_lines_is_stored_on_all_or_none(world: World) -> None:
    us = world["us"]
    for addressees in ((), ("ru", "ru"), ("ru", "cn")):
        with pytest.raises(OpenlineError):
            us.submit(addressees, "text", {"text": "hello"})
        assert us.state("ru").out.size == 1 == len(us.ours("ru"))


@pytest.mark.rule("R-LINE-03")
def test_a_message_that_is_too_large_is_refused_and_not_numbered(world: World) -> None:
    with pytest.raises(OpenlineError) as caught:
        world["us"].run(
            lambda tx: traffic.submit(tx, ("ru",), "text", {"text": "x" * limits.MESSAGE_BYTES})
        )
    assert (caught.value.code, caught.value.rule) == ("too-large", "R-LINE-03")
    assert world["us"].state("ru").out.size == 1


@pytest.mark.rule("R-LINE-32")
def test_a_peer_that_contradicts_itself_without_end_fills_no_disk(world: World) -> None:
    world.say("us", "ru", _raw(world, 1, _text("aaaaaaaaaa")))
    letters = "bcdefghjkmnpqrstvwxyz"
    others = [_raw(world, 1, _text(f"{a}{b}aaaaaaaa")) for a in letters for b in letters[:4]]
    for other in others:
        world.say("us", "ru", other)
    assert len(others) > limits.FORKS
    assert len(_forks(world, "ru")) == limits.FORKS
    raised = [row for row in world["ru"].alarms().values() if row.what.startswith("fork")]
    assert len(raised) == limits.FORKS


@pytest.mark.rule("R-LINE-31")
def test_a_card_message_stands_at_number_0_and_nowhere_else(world: World) -> None:
    card = world["us"].ours("ru")[0]
    fields = entries.entry_of(card).fields
    world.say("us", "ru", _raw(world, 1, payload("card", fields, "dddddddddd")))
    second = world["ru"].theirs("us")[1]
    assert (second.form, second.state) == ("card", "answered")
    assert [row.form for row in world["ru"].ours("us")] == ["card", "not-understood"]


@pytest.mark.rule("R-STORE-05")
def test_jobs_done_again_since_one_was_refused_take_the_same_numbers(world: World) -> None:
    us = world["us"]
    numbers: list[int] = []

    def good(tx: Tx) -> str:
        numbers.append(tx.line("ru").state.out.size)
        return traffic.submit(tx, ("ru",), "text", {"text": "hello"})

    def refused(tx: Tx) -> None:
        traffic.submit(tx, ("ru",), "text", {"text": "never said"})
        raise OpenlineError("refused", "after it has stored a message")

    (first, _), (_, refusal), (second, _) = us.run_all([good, refused, good])
    assert refusal is not None and refusal.code == "refused"
    assert numbers == [1, 1, 2]  # the first one was done again
    assert [row.id for row in us.ours("ru")][1:] == [first, second]
    world.settle()
    world.check_quiet()
