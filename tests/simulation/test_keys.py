"""Keys change on a line in use: nothing is lost, nobody else can, and what is revoked ends."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from openline.carriers.memory import Faults
from openline.evidence.verify import Result, verify
from openline.forms.precedence import Precedence
from openline.station import acts, inbox
from openline.station.tables import cards, forks, tests, unverified
from openline.station.views import evidence
from openline.station.views.keys import history, list_keys
from openline.station.views.traffic import list_messages
from openline.wire.card import Card, card_text, fingerprint
from openline.wire.cardask import CardAsk
from openline.wire.keys import SigningKey, key_id
from openline.wire.message import Message, write_message
from openline.wire.parcel import seal
from openline.wire.receipt import Receipt, read_item, write_receipt
from openline.wire.revocation import Revocation, write_revocation
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.party import Direction
from simulation.disk import AFTER, Crash
from simulation.world import (
    Side,
    Template,
    World,
    card_of,
    joined,
    keys_of,
    next_card,
    payload,
    recording_acts,
    root_of,
)

US_RU = Direction("us", "ru", 1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as made:
        yield made


def texts(side: Side, peer: str) -> list[str]:
    return [row.id for row in side.theirs(peer) if row.form == "text"]


def signed_with(side: Side, peer: str) -> list[bytes]:
    """The keys that signed the record of `side`, in order, as its peer holds it."""
    return [read_item(row.raw).key_id for row in side.ours(peer)]


def waiting(side: Side) -> int:
    return len(side.rows(unverified))


def own(side: Side) -> bytes:
    return side.engine.signer.key_id


def refusal(world: World, a: str, b: str, *raws: bytes) -> str:
    with pytest.raises(OpenlineError) as caught:
        world.say(a, b, *raws)
    return caught.value.code


def text_by(signer: SigningKey, number: int, text: str = "x", *, flash: bool = False) -> Message:
    urgency = Precedence.FLASH if flash else Precedence.ROUTINE
    said = payload("text", {"text": text}, f"{number:010}", precedence=urgency)
    return write_message(signer, US_RU, number, card_of("us").issued, said)


@pytest.mark.rule("R-KEY-06")
def test_what_waits_for_its_card_goes_on_waiting_when_another_card_is_shown(world: World) -> None:
    us, ru = world["us"], world["ru"]
    second, third = keys_of("us 2"), keys_of("us 3")
    size = us.state("ru").out.size
    world.say("us", "ru", text_by(second.signing, size).raw)
    assert waiting(ru) == 1
    shown = (next_card(us.engine.card, third, 3).raw, text_by(us.engine.signer, size + 1).raw)
    world.hand("ru", seal(shown, world.envelope("us", "ru")))
    assert waiting(ru) == 1 and ru.state("us").asking == (second.signing.key_id,)
    explained = (next_card(us.engine.card, second, 2).raw,)
    world.hand("ru", seal(explained, world.envelope("us", "ru")))
    assert waiting(ru) == 0 and ru.state("us").into.size == size + 2


# ---- changing keys -------------------------------------------------------------------


@pytest.mark.rule("R-KEY-04")
@pytest.mark.rule("R-KEY-06")
def test_keys_change_while_messages_are_under_way_and_both_records_end_equal(world: World) -> None:
    us, ru = world["us"], world["ru"]
    before = us.send("ru", text="before")
    old = own(us)
    us.rotate()
    after = us.send("ru", text="after")
    world.settle()
    assert texts(ru, "us") == [before, after]
    keys = signed_with(us, "ru")
    announced = [row.form for row in us.ours("ru")].index("keys")
    assert set(keys[: announced + 1]) == {old}
    assert set(keys[announced + 1 :]) == {own(us)} != {old}
    assert ru.engine.lines["us"].card == us.engine.card
    assert not waiting(ru) and not us.rows(forks) and not ru.rows(forks)
    world.check_quiet()
    # It holds after a restart of either, and answers are signed with it too.
    us.crash()
    ru.crash()
    assert ru.engine.lines["us"].card.serial == us.engine.card.serial == 2
    answer = ru.send("us", text="heard")
    world.settle()
    assert texts(us, "ru") == [answer]
    world.check_quiet()


@pytest.mark.rule("R-KEY-06")
def test_both_sides_may_change_their_keys_at_once_and_again(world: World) -> None:
    us, ru = world["us"], world["ru"]
    for number in range(3):
        us.rotate()
        ru.rotate(lost=number == 1)
        us.send("ru", text=f"to ru {number}")
        ru.send("us", precedence="flash", text=f"to us {number}")
        if number != 1:
            world.settle()
    world.settle()
    assert len(texts(us, "ru")) == len(texts(ru, "us")) == 3
    assert (us.engine.card.serial, ru.engine.card.serial) == (4, 4)
    assert not us.engine.behind and not ru.engine.behind
    world.check_quiet()


@pytest.mark.rule("R-KEY-11")
def test_a_crash_at_any_point_of_a_change_leaves_one_that_holds(tmp_path: Path) -> None:
    """Before the commit the old card and keys hold, after it the new ones; never half of each."""
    with recording_acts():
        (tmp_path / "template").mkdir()
        template = Template(tmp_path / "template")
        serials = []
        for point in range(1, 200):
            folder = tmp_path / str(point)
            folder.mkdir()
            world = template.world(folder)
            us = world["us"]
            us.disk.crash_in = point
            try:
                us.rotate()
            except Crash:
                serials.append(_survived(world))
            else:
                us.disk.crash_in = 0
                world.close()
                break
            world.close()
        assert len(serials) > 5 and set(serials[:-1]) == {1}  # the last was cut in two
        folder = tmp_path / "after"
        folder.mkdir()
        world = template.world(folder)
        world["us"].disk.crash_at = AFTER
        with pytest.raises(Crash):
            world["us"].rotate()
        assert _survived(world) == 2
        world.close()


def _survived(world: World) -> int:
    us = world["us"]
    us.crash()
    assert us.engine.keys.public == us.engine.card.keys
    us.send("ru", text="goes on")
    world.settle()
    world.check_quiet()
    return us.engine.card.serial


@pytest.mark.rule("R-KEY-06")
@pytest.mark.parametrize("seed", range(12))
def test_keys_change_over_a_carrier_that_loses_doubles_and_reorders(
    tmp_path: Path, template: Template, seed: int
) -> None:
    with recording_acts():
        world = template.world(tmp_path, seed, Faults(0.25, 0.2, 0.3))
        us, ru = world["us"], world["ru"]
        sent = []
        for turn in range(12):
            if turn in (3, 7):
                us.rotate(lost=seed % 2 == 1 and turn == 7)
            if turn == 5:
                ru.rotate()
            urgency = "flash" if turn % 3 == 0 else None
            sent.append(us.send("ru", precedence=urgency, text=f"to ru {turn}"))
            ru.send("us", text=f"to us {turn}")
            for a, b in world.carriers:
                world.post(a, b, urgent_only=turn % 2 == 1)
                world.collect(b, a)
            if turn == 9:
                (us if seed % 3 else ru).crash()
        world.heal()
        world.heal()
        assert texts(ru, "us") == sent
        assert not us.rows(forks) and not ru.rows(forks)
        assert ru.engine.lines["us"].card == us.engine.card
        world.check_quiet()
        world.close()


@pytest.mark.rule("R-KEY-12")
def test_what_was_sealed_to_the_keys_before_still_opens(world: World) -> None:
    us, ru = world["us"], world["ru"]
    sent = ru.send("us", text="on its way for weeks")
    assert world.post("ru", "us")
    us.rotate()
    us.rotate()
    world.collect("ru", "us")
    assert texts(us, "ru") == [sent]
    assert "ru" in us.engine.behind
    world.settle()
    assert not us.engine.behind
    world.check_quiet()


@pytest.mark.rule("R-KEY-05")
def test_what_is_delivered_again_from_before_the_change_still_counts(world: World) -> None:
    us, ru = world["us"], world["ru"]
    early = us.send("ru", text="its receipt is lost")
    world.exchange("us", "ru", lose_reply=True)
    us.rotate()
    world.settle()
    row = next(row for row in us.ours("ru") if row.id == early)
    again = world.say("us", "ru", row.raw)
    assert any(isinstance(item, Receipt) for item in again)
    assert texts(ru, "us") == [early]
    world.check_quiet()


@pytest.mark.rule("R-KEY-05")
def test_after_the_change_the_key_before_signs_nothing_more(world: World) -> None:
    us, ru = world["us"], world["ru"]
    old = us.engine.signer
    us.rotate()
    world.settle()
    size = us.state("ru").out.size
    assert refusal(world, "us", "ru", text_by(old, size).raw) == "old-key"
    urgent = text_by(old, size + 5, flash=True)
    assert refusal(world, "us", "ru", urgent.raw) == "old-key"
    assert not texts(ru, "us") and not ru.state("us").into.parked
    # Its receipts still count: they may have been on their way.
    sent = ru.send("us", text="theirs")
    world.settle()
    assert texts(us, "ru") == [sent]
    out = ru.state("us").out
    late = write_receipt(old, out.direction, out.size, out.root(), world.clock.now().wall)
    world.say("us", "ru", late.raw)
    world.check_quiet()


# ---- who may change them -------------------------------------------------------------


@pytest.mark.rule("R-KEY-03")
def test_a_card_counts_only_when_the_enrolled_root_key_signed_it_and_it_is_newer(
    world: World,
) -> None:
    us, ru = world["us"], world["ru"]
    first = us.engine.card
    thief = SigningKey(b"t" * 32)
    forged = next_card(first, keys_of("thief"), 2, thief)
    assert refusal(world, "us", "ru", forged.raw) == "other-root"
    us.rotate()
    world.settle()
    us.rotate()
    world.settle()
    assert ru.engine.lines["us"].card.serial == 3
    world.say("us", "ru", first.raw)  # replayed: nothing changes
    assert ru.engine.lines["us"].card.serial == 3
    twin = next_card(first, keys_of("thief"), 3)
    assert refusal(world, "us", "ru", twin.raw) == "other-card"
    assert ru.engine.lines["us"].card == us.engine.card
    unknown = next_card(card_of("cn"), keys_of("thief"), 2)
    assert refusal(world, "us", "ru", unknown.raw) == "other-root"


@pytest.mark.rule("R-KEY-03")
def test_a_card_older_than_the_one_that_was_joined_does_not_count(tmp_path: Path) -> None:
    world = World(tmp_path)
    us, ru = world["us"], world["ru"]
    first = us.engine.card
    us.rotate()
    for a, b in ((us, ru), (ru, us)):
        acts.join(a, card_text(b.engine.card), fingerprint(b.engine.card))  # type: ignore[arg-type]
    world.settle()
    assert refusal(world, "us", "ru", first.raw) == "old-card"
    assert ru.engine.lines["us"].ring.cards[0].card.serial == 2
    world.close()


@pytest.mark.rule("R-KEY-04")
def test_a_card_in_a_message_that_is_not_its_senders_is_not_understood(world: World) -> None:
    us, ru = world["us"], world["ru"]
    forged = next_card(us.engine.card, keys_of("thief"), 2, SigningKey(b"t" * 32))
    said = {"serial": 2, "lost": False, "card": forged.raw}
    us.run(lambda tx: None)
    message = write_message(
        us.engine.signer, US_RU, us.state("ru").out.size, us.now(), payload("keys", said)
    )
    world.say("us", "ru", message.raw)
    assert ru.engine.lines["us"].card == us.engine.card
    assert ru.ours("us")[-1].form == "not-understood"


@pytest.mark.rule("R-KEY-03")
def test_a_party_has_only_so_many_cards(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CARDS_KEPT", 2)
    us, ru = world["us"], world["ru"]
    us.rotate()
    world.settle()
    third = next_card(us.engine.card, keys_of("third"), 3)
    assert refusal(world, "us", "ru", third.raw) == "too-many-cards"
    assert ru.engine.lines["us"].card.serial == 2


# ---- a key that is not known yet -----------------------------------------------------


@pytest.mark.rule("R-KEY-01")
@pytest.mark.rule("R-KEY-07")
def test_an_unknown_key_parks_the_message_and_fetches_its_card(world: World) -> None:
    us, ru = world["us"], world["ru"]
    us.rotate()
    stop = us.send("ru", precedence="flash", text="stop")
    row = us.ours("ru")[-1]
    asked = world.say("us", "ru", row.raw)  # it overtakes the message that announces its key
    asks = [item for item in asked if isinstance(item, CardAsk)]
    assert [ask.asked for ask in asks] == [own(us)]
    assert waiting(ru) == 1 and not ru.theirs("us")[1:]
    assert not [alarm for alarm in ru.alarms().values() if alarm.what == "text"]
    ru.crash()
    answered = world.say("ru", "us", asks[0].raw)
    card = next(item for item in answered if isinstance(item, Card))
    assert card == us.engine.card
    world.say("us", "ru", card.raw)
    assert texts(ru, "us") == [stop] and not waiting(ru)
    assert [alarm.what for alarm in ru.alarms().values()] == ["text"]
    world.settle()
    world.check_quiet()


@pytest.mark.rule("R-KEY-07")
def test_what_waits_for_a_card_is_limited_and_nobodys_word(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    us, ru = world["us"], world["ru"]
    strangers = [SigningKey(bytes([n]) * 32) for n in range(1, 8)]
    monkeypatch.setattr(limits, "UNVERIFIED", 5)
    said = [text_by(key, 1 + n, f"forged {n}").raw for n, key in enumerate(strangers)]
    answer = world.say("us", "ru", *said)
    assert sum(isinstance(item, CardAsk) for item in answer) == limits.CARD_ASKS
    assert waiting(ru) == 5
    world.say("us", "ru", *said)
    assert waiting(ru) == 5
    assert len(ru.theirs("us")) == 1 and not ru.state("us").into.parked
    monkeypatch.setattr(limits, "UNVERIFIED", 50)
    monkeypatch.setattr(limits, "UNVERIFIED_BYTES", 5 * len(said[0]) + 10)
    world.say("us", "ru", *said)
    assert waiting(ru) == 5
    # What no card explains goes when the peer has answered, and the line goes on.
    ru.crash()
    assert ru.state("us").asking
    world.exchange("ru", "us")
    assert not waiting(ru) and not ru.state("us").asking
    us.rotate()
    sent = us.send("ru", text="real")
    world.settle()
    assert texts(ru, "us") == [sent] and not waiting(ru)
    world.check_quiet()


@pytest.mark.rule("R-KEY-07")
def test_a_known_key_id_with_a_wrong_signature_is_not_parked(world: World) -> None:
    us, ru = world["us"], world["ru"]
    raw = bytearray(text_by(us.engine.signer, 1).raw)
    raw[-1] ^= 1
    assert refusal(world, "us", "ru", bytes(raw)) == "bad-signature"
    assert not waiting(ru)


# ---- lost keys -----------------------------------------------------------------------


@pytest.mark.rule("R-KEY-06")
def test_lost_keys_are_replaced_by_the_root_key_alone(world: World) -> None:
    us, ru = world["us"], world["ru"]
    theirs = ru.send("us", text="sealed to a key that is gone")
    old = us.engine.signer
    us.rotate(lost=True, keep_sealing=False)
    places = [row.form for row in us.ours("ru")]
    assert signed_with(us, "ru")[places.index("keys")] == own(us)
    sealed = world.take("ru", "us")[1]
    with pytest.raises(OpenlineError, match="sealed"):
        inbox.receive(us.engine, us.run, sealed)
    sent = us.send("ru", text="back")
    world.settle()
    assert texts(ru, "us") == [sent] and texts(us, "ru") == [theirs]
    assert "keys" in {alarm.what for alarm in ru.alarms().values()}
    late = text_by(old, us.state("ru").out.size)
    assert refusal(world, "us", "ru", late.raw) == "old-key"
    world.check_quiet()


@pytest.mark.rule("R-KEY-05")
@pytest.mark.rule("R-KEY-06")
def test_a_station_brought_back_with_old_keys_is_told_so_and_mended_by_its_root_key(
    world: World,
) -> None:
    us, ru = world["us"], world["ru"]
    us.close()
    kept = us.path.with_suffix(".kept")
    shutil.copy(us.path, kept)
    acted = us.acted.copy()
    us.open()
    us.rotate()
    lost = us.send("ru", text="lost with the disk")
    world.settle()
    us.close()
    for beside in us.path.parent.glob(f"{us.path.name}*"):
        beside.unlink()
    shutil.copy(kept, us.path)
    us.acted, us.page, us.generations = acted, card_of("us"), [keys_of("us")]
    us.open()
    assert us.engine.card.serial == 1 and us.state("ru").out_epoch > 1
    sealed = world.take("us", "ru")[1]
    with pytest.raises(OpenlineError) as caught:
        world.hand("ru", sealed)
    assert caught.value.code == "old-key" and "card 2 of us" in caught.value.message
    us.rotate(lost=True, serial=3, keep_sealing=False)
    sent = us.send("ru", text="back")
    world.clock.pass_ms(5_000)
    world.settle()
    world.clock.pass_ms(5_000)
    world.settle()
    assert set(texts(ru, "us")) == {lost, sent}
    assert lost in {row.id for row in us.ours("ru")}
    assert {row.serial for row in us.rows(cards, cards.c.party == "us")} == {1, 2, 3}
    assert us.verify()["holds"] and ru.verify()["holds"]


@pytest.mark.rule("R-KEY-06")
def test_a_station_that_is_shown_a_newer_card_of_its_own_is_alarmed(world: World) -> None:
    us, ru = world["us"], world["ru"]
    newer = next_card(us.engine.card, keys_of("elsewhere"), 2)
    world.say("ru", "us", newer.raw)
    assert "own-card-newer" in {alarm.what for alarm in us.alarms().values()}
    assert us.engine.card.serial == 1
    assert not ru.alarms()


# ---- revoking ------------------------------------------------------------------------


@pytest.mark.rule("R-KEY-08")
@pytest.mark.rule("R-KEY-09")
def test_a_revoked_key_signs_nothing_more_and_what_it_signed_is_disputed(world: World) -> None:
    us, ru = world["us"], world["ru"]
    calm = us.send("ru", text="long before")
    world.clock.pass_ms(60_000)
    since = us.now()
    doubtful = us.send("ru", text="since the theft")
    world.settle()
    old = us.engine.signer
    us.rotate()
    us.revoke(old.key_id, since=since)
    after = us.send("ru", text="by the new key")
    world.settle()
    for side in (us, ru):
        shown = {
            message["id"]: message["disputed"]
            for message in list_messages(side, None, None, "en")["messages"]  # type: ignore[arg-type]
        }
        assert (shown[calm], shown[doubtful], shown[after]) == (False, True, False)
    answer = next(row for row in us.theirs("ru") if row.form == "revocation-held")
    assert ru.ours("us")[-1].raw == answer.raw
    (said,) = history(ru).revocations  # type: ignore[arg-type]
    assert said == history(us).revocations[0]  # type: ignore[arg-type]
    assert next(row for row in us.ours("ru") if row.form == "revocation").state == "answered"
    size = us.state("ru").out.size
    assert refusal(world, "us", "ru", text_by(old, size).raw) == "old-key"
    early = text_by(old, said.own[-1].size + 100, flash=True)
    assert refusal(world, "us", "ru", early.raw) == "old-key"
    out = ru.state("us").out
    late = write_receipt(old, out.direction, out.size, out.root(), us.now())
    assert refusal(world, "us", "ru", late.raw) == "revoked-key"
    world.check_quiet()
    ru.crash()
    assert refusal(world, "us", "ru", late.raw) == "revoked-key"


@pytest.mark.rule("R-KEY-09")
def test_a_revoked_key_can_open_no_record_of_the_past(world: World) -> None:
    """An epoch that the revocation does not name holds nothing that stands."""
    us = world["us"]
    old = us.engine.signer
    us.path.with_suffix(".mark").unlink()
    us.crash()  # its record goes on in another epoch, far beyond 2
    world.settle()
    us.rotate()
    us.revoke(old.key_id, since=us.now())
    world.settle()
    said = payload("text", {"text": "forged"}, precedence=Precedence.FLASH)
    forged = write_message(old, replace(US_RU, epoch=2), 1, us.now(), said)
    assert refusal(world, "us", "ru", forged.raw) == "revoked-key"
    world.check_quiet()


@pytest.mark.rule("R-KEY-08")
def test_a_revocation_counts_only_by_the_root_key_and_for_its_line(world: World) -> None:
    us, ru = world["us"], world["ru"]
    since = us.now()
    heads = ru.state("us").received[1]
    extent = [{"epoch": 1, "size": heads.size, "root": heads.root()}]

    def said(root: SigningKey, party: str = "us", peer: str = "ru") -> Revocation:
        from openline.wire.revocation import Extent

        own = [Extent(e["epoch"], e["size"], e["root"]) for e in extent]
        keys = (own_key,)
        return write_revocation(
            root, party, peer, keys=keys, since=since, at=since, own=own, other=()
        )

    own_key = own(us)
    wrong = [said(SigningKey(b"t" * 32)), said(root_of("us"), peer="cn")]
    for number, statement in enumerate(wrong):
        fields = {"misused_since": since.ms, "statement": statement.raw}
        raw = write_message(
            us.engine.signer,
            US_RU,
            us.state("ru").out.size + number,
            us.now(),
            payload("revocation", fields, f"000000000{number}"),
        ).raw
        world.say("us", "ru", raw)
        assert ru.ours("us")[-1].form == "not-understood"
    assert not history(ru).revocations  # type: ignore[arg-type]


@pytest.mark.rule("R-KEY-08")
def test_a_key_in_use_is_not_revoked(world: World) -> None:
    us = world["us"]
    with pytest.raises(OpenlineError) as caught:
        us.revoke(own(us), since=us.now())
    assert caught.value.code == "key-in-use"
    assert not us.ours("ru")[1:]


@pytest.mark.rule("R-KEY-08")
def test_a_side_that_holds_something_else_says_so(world: World) -> None:
    us, ru = world["us"], world["ru"]
    us.rotate()
    us.send("ru", text="x")
    world.settle()
    state = us.state("ru")
    wrong = replace(state.received[1], frontier=state.sent[1].frontier)
    line = us.engine.lines["ru"]
    us.engine.lines["ru"] = replace(line, state=state.with_received(wrong))
    old = keys_of("us").signing.key_id
    us.revoke(old, since=us.now())
    us.engine.lines["ru"] = replace(us.engine.lines["ru"], state=us.state("ru"))
    us.crash()
    world.settle()
    assert "records-differ" in {alarm.what for alarm in ru.alarms().values()}
    assert "records-differ" in {alarm.what for alarm in us.alarms().values()}


@pytest.mark.rule("R-KEY-13")
def test_every_key_is_listed_with_what_became_of_it(world: World) -> None:
    us, ru = world["us"], world["ru"]
    first = us.engine.card
    us.rotate()
    us.rotate()
    us.revoke(key_id(first.signing_key), since=us.now())
    world.settle()
    for side in (us, ru):
        found = list_keys(side)["keys"]  # type: ignore[arg-type]
        mine = [each for each in found if each["party"] == "us"]
        assert len(mine) == 3 * 6
        states = {(each["serial"], each["job"]): each["state"] for each in mine}
        assert states[1, "signing"] == "revoked"
        assert states[1, "sealing"] == states[2, "signing"] == "old"
        assert states[3, "signing"] == states[3, "mldsa"] == "current"
        assert {each["id"] for each in mine if each["job"] == "signing"} == {
            key_id(known.card.signing_key).hex() for known in us.engine.own.ring.cards
        }
    (places,) = [[k.place for k in ru.engine.lines["us"].ring.cards]]
    announced = [row.number for row in us.ours("ru") if row.form == "keys"]
    assert places == [None, *((1, number) for number in announced)]
    assert [k.card.serial for k in history(ru, ["us"]).cards["us"]] == [1, 2, 3]  # type: ignore[arg-type]


@pytest.mark.rule("R-KEY-13")
def test_a_bundle_over_changes_of_keys_is_verified_from_fingerprints(
    world: World, tmp_path: Path
) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru", text="by the first key")
    us.test("ru")
    us.rotate()
    us.send("ru", text="by the second key")
    world.settle()
    ru.test("us")
    ru.rotate(lost=True)
    ru.send("us", text="by their second key")
    world.settle()
    trusted = {side.party: fingerprint(side.engine.card) for side in (us, ru)}
    for number, side in enumerate((us, ru)):
        file = tmp_path / f"bundle {number}"
        peer = {"us": "ru", "ru": "us"}[side.party]
        evidence.export(side, str(file), (), peer, None, None)  # type: ignore[arg-type]
        done = verify(file.read_bytes(), trusted)
        assert done.result is Result.VERIFIED, done.failed
        assert len(done.messages) == len(us.ours("ru")) + len(ru.ours("us"))
    assert {row.result for row in (*us.rows(tests), *ru.rows(tests))} == {"passed"}
