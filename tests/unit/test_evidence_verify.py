"""Verifying a bundle: every step shows what it says, and each kind of falsehood fails its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_world import START, Line, Party, line
from openline.evidence.account import account
from openline.evidence.bundle import Bundle, Record, write_bundle
from openline.evidence.fork import contradiction, write_fork
from openline.evidence.keyring import Keyring, read_cards
from openline.evidence.steps import STEPS
from openline.evidence.verify import Result, Verification, verify
from openline.wire.keys import SigningKey
from openline.wire.message import write_message
from openline.wire.revocation import Extent, Revocation, write_revocation
from openline.words.moment import Moment
from openline.words.party import Direction

OUT, INTO, LATER = Direction("us", "ru", 1), Direction("ru", "us", 1), Direction("us", "ru", 77)


def spoken() -> Line:
    """A line with some traffic: six messages of us, two of ru, receipts at several sizes."""
    made = line()
    for n in range(5):
        made.say(made.us)
        if n in (1, 3):
            made.receipt(OUT)
    made.hold(OUT, 5)
    made.say(made.ru, "acknowledged", {"about": "us-0000000003"})
    made.receipt(INTO)
    return made


LINE = spoken()


def failed(done: Verification) -> set[str]:
    return {step.name for step in done.failed}


@pytest.mark.rule("R-EVID-03")
def test_a_bundle_of_everything_holds_in_every_numbered_step() -> None:
    told: list[tuple[int, int]] = []
    done = verify(LINE.file(), LINE.anchors, lambda at, of: told.append((at, of)))
    assert done.result is Result.VERIFIED
    assert [(step.number, step.name) for step in done.steps] == list(enumerate(STEPS, 1))
    assert all(step.holds and step.shows and step.what for step in done.steps)
    assert [(p.party, p.anchored) for p in done.parties] == [("ru", True), ("us", True)]
    assert [(m.direction, m.number) for m in done.messages] == [
        *((INTO, n) for n in range(2)),
        *((OUT, n) for n in range(6)),
    ]
    assert done.missing == () and told[-1] == (8, 8)


@pytest.mark.rule("R-EVID-05")
def test_each_message_is_under_its_first_receipt_or_named_as_without_one() -> None:
    done = verify(LINE.file(), LINE.anchors)
    sizes = {m.number: m.receipt and m.receipt.size for m in done.messages if m.direction == OUT}
    assert sizes == {0: 1, 1: 3, 2: 3, 3: 5, 4: 5, 5: None}
    last = done.messages[-1]
    assert last.early is not None and last.early.number == 5
    assert done.result is Result.VERIFIED  # it was sent; that it was received is not claimed


@pytest.mark.rule("R-EVID-08")
@given(st.sets(st.integers(0, 5)), st.sets(st.integers(0, 1)))
@settings(max_examples=40)
def test_any_choice_of_messages_verifies_and_the_rest_is_listed(ours, theirs) -> None:
    data = LINE.file(LINE.record(OUT, ours), LINE.record(INTO, theirs))
    done = verify(data, LINE.anchors)
    assert done.result is Result.VERIFIED
    given_ours = {m.number for m in done.messages if m.direction == OUT}
    assert given_ours == ours
    missing = {m.direction: m.numbers for m in done.missing}.get(OUT, ())
    not_given = {n for first, last in missing for n in range(first, last + 1)}
    assert not_given == set(range(max([5, *(n + 1 for n in ours)]))) - ours
    for number, message in enumerate(LINE.messages[OUT]):
        assert (message.payload in data) == (number in ours)  # what was not chosen is a hash


@pytest.mark.rule("R-EVID-04")
def test_without_fingerprints_the_parties_are_unidentified() -> None:
    for trusted in ({}, {"us": LINE.us.fingerprint}, {"fr": LINE.us.fingerprint}):
        done = verify(LINE.file(), trusted)
        assert done.result is Result.UNIDENTIFIED
        assert failed(done) == {"parties"}
        assert {p.party for p in done.parties if p.anchored} == trusted.keys() & {"us"}


@pytest.mark.rule("R-EVID-04")
def test_a_fingerprint_counts_as_a_person_wrote_it_down_and_no_other_does() -> None:
    written = {name: words.upper().replace(" ", "-") for name, words in LINE.anchors.items()}
    assert verify(LINE.file(), written).result is Result.VERIFIED
    swapped = {"us": LINE.ru.fingerprint, "ru": LINE.us.fingerprint}
    done = verify(LINE.file(), swapped)
    assert (done.result, failed(done)) == (Result.FAILED, {"parties"})


@pytest.mark.rule("R-EVID-04")
def test_a_bundle_forged_with_fresh_keys_in_a_rivals_name_fails() -> None:
    forged = Line(LINE.us, Party("ru", "fresh"))
    forged.say(forged.ru, "text", {"text": "We agree to everything."})
    forged.receipt(INTO)
    done = verify(forged.file(), LINE.anchors)
    assert (done.result, failed(done)) == (Result.FAILED, {"parties"})
    mixed = forged.bundle(cards=LINE.bundle().cards)
    done = verify(write_bundle(mixed), LINE.anchors)
    assert done.result is Result.FAILED and "messages" in failed(done)


def with_record(change: Callable[[Record], Record]) -> Bundle:
    """The whole bundle with its record of us changed."""
    bundle = LINE.bundle()
    return replace(bundle, records=(bundle.records[0], change(bundle.records[1])))


def other_message(number: int, key: SigningKey, direction: Direction = OUT) -> tuple[int, bytes]:
    raw = write_message(key, direction, number, START, b"\x60").raw
    return number, raw


def swap(part: str, *wanted: tuple[int, bytes]) -> Bundle:
    """With these in the places of what stands there."""

    def change(record: Record) -> Record:
        found = dict(getattr(record, part)) | dict(wanted)
        return replace(record, **{part: tuple(sorted(found.items()))})

    return with_record(change)


def with_cards(*cards: bytes) -> Bundle:
    return replace(LINE.bundle(), cards=tuple(sorted(cards)))


US, RU = LINE.us.signing, LINE.ru.signing
RAW = dict(LINE.record(OUT).messages)
FALSE: dict[str, tuple[Bundle, str]] = {
    "another's signature": (swap("messages", other_message(2, RU)), "messages"),
    "no message": (swap("messages", (2, b"\xd2")), "messages"),
    "another message of its sender": (swap("messages", other_message(2, US)), "inclusion"),
    "exchanged": (swap("messages", (2, RAW[3]), (3, RAW[2])), "places"),
    "of another record": (swap("messages", other_message(2, US, LATER)), "places"),
    "receipt by its sender": (
        swap("receipts", (5, line().receipt(OUT, 1, key=US).raw)),
        "receipts",
    ),
    "receipt of another size": (swap("receipts", (5, LINE.receipts[OUT][1].raw)), "receipts"),
    "receipt of another record": (swap("receipts", (5, LINE.receipts[INTO][1].raw)), "receipts"),
    "early receipt for another message": (
        with_record(lambda r: replace(r, early=((4, r.early[0][1]),))),
        "early",
    ),
    "no card": (with_cards(LINE.us.cards[0].raw), "cards"),
    "altered card": (
        with_cards(LINE.us.cards[0].raw, LINE.ru.cards[0].raw[:-1] + b"\0"),
        "cards",
    ),
    "other cards than were signed": (
        with_cards(LINE.us.cards[0].raw, Party("ru", "x").cards[0].raw),
        "messages",
    ),
    "unknown statement": (replace(LINE.bundle(), signed=(b"?",)), "heads"),
    "unknown note": (replace(LINE.bundle(), notes=(b"?",)), "heads"),
    "no fork": (replace(LINE.bundle(), forks=(b"?",)), "forks"),
}


@pytest.mark.rule("R-EVID-03")
@pytest.mark.parametrize("kind", FALSE)
def test_each_falsehood_fails_the_step_that_it_belongs_to(kind: str) -> None:
    bundle, step = FALSE[kind]
    done = verify(write_bundle(bundle), LINE.anchors)
    assert done.result is Result.FAILED
    assert step in failed(done)
    assert next(s for s in done.steps if s.name == step).what


@pytest.mark.rule("R-EVID-06")
def test_receipts_that_do_not_continue_one_another_fail() -> None:
    made = spoken()
    made.receipt(OUT, 4, root=b"\x07" * 32)
    done = verify(made.file(), made.anchors)
    assert failed(done) == {"consistency", "inclusion"}
    loose = verify(made.file(made.record(OUT, heads=[2])), made.anchors)
    assert "nobody has signed a root of us/ru/1 at 2" in loose.failed[-1].what + str(loose.failed)


@pytest.mark.rule("R-EVID-03")
@settings(max_examples=100)
@given(st.data())
def test_no_byte_of_the_file_can_be_altered_unnoticed(data) -> None:
    good = WHOLE
    at = data.draw(st.integers(0, len(good) - 1))
    altered = bytearray(good)
    altered[at] ^= data.draw(st.integers(1, 255))
    done = verify(bytes(altered), LINE.anchors)
    assert done.result is Result.FAILED
    assert done.failed and done.failed[0].what


WHOLE = LINE.file(LINE.record(OUT, [0, 3, 5]), LINE.record(INTO, [0]))


@pytest.mark.rule("R-EVID-03")
@pytest.mark.parametrize("data", [b"", b"%PDF", WHOLE[:-1], WHOLE + b"\0"])
def test_what_is_no_bundle_fails_at_the_first_step_and_looks_no_further(data: bytes) -> None:
    done = verify(data, LINE.anchors)
    assert done.result is Result.FAILED
    assert [step.holds for step in done.steps] == [False] + [None] * (len(STEPS) - 1)


# ---- keys ------------------------------------------------------------------------------


def rotated() -> Line:
    """us announces a newer card, signed with the old key, and goes on with the new one."""
    made = Line(Party("us"), Party("ru"))
    made.say(made.us)
    old = made.us.signing
    card = made.us.rotate()
    made.say(made.us, "keys", {"card": card.raw}, key=old)
    made.say(made.us)
    made.receipt(OUT)
    return made


@pytest.mark.rule("R-EVID-07")
def test_a_rotation_is_followed_and_the_cards_that_signed_are_named() -> None:
    made = rotated()
    done = verify(made.file(), made.anchors)
    assert done.result is Result.VERIFIED
    assert [m.serial for m in done.messages if m.direction == OUT] == [1, 1, 1, 2]


@pytest.mark.rule("R-EVID-07")
def test_an_older_key_after_the_newer_one_was_announced_or_used_fails() -> None:
    for announced in (True, False):
        made = Line(Party("us"), Party("ru"))
        old = made.us.signing
        card = made.us.rotate()
        if announced:
            made.say(made.us, "keys", {"card": card.raw}, key=old)
        else:  # lost: the new card alone, so that the next message is signed with the new key
            made.say(made.us)
        made.receipt(OUT)
        assert verify(made.file(), made.anchors).result is Result.VERIFIED
        made.say(made.us, key=old)
        done = verify(made.file(), made.anchors)
        assert failed(done) == {"keys"}


@pytest.mark.rule("R-EVID-07")
def test_a_card_by_another_root_key_belongs_to_no_key_history() -> None:
    made = spoken()
    stranger = Party("us", "other")
    cards = tuple(sorted((*made.bundle().cards, stranger.rotate().raw)))
    done = verify(made.file(cards=cards), made.anchors)
    assert failed(done) == {"cards"}


def revoked(made: Line, size: int, since: Moment) -> Revocation:
    """That `us` takes its signing key back, of whose record so many messages stand."""
    key = made.us.signing.key_id
    ends = [[Extent(1, n, made.root(d, n))] for d, n in ((OUT, size), (INTO, 2))]
    said = {"keys": [key], "since": since, "at": since, "own": ends[0], "other": ends[1]}
    return write_revocation(made.us.root, "us", "ru", **said)  # type: ignore[arg-type]


@pytest.mark.rule("R-EVID-07")
def test_a_revoked_key_signs_nothing_beyond_the_size_named_and_may_be_disputed_below() -> None:
    made = spoken()
    messages = made.messages[OUT]
    assert len(messages) > 3
    revocation = revoked(made, 3, messages[2].at)
    key = made.us.signing.key_id
    ring = Keyring(read_cards(made.bundle().cards)[0], (revocation,))
    assert [ring.revoked("us", key, OUT, n) for n in (2, 3)] == [False, True]
    assert ring.revoked("us", key, Direction("us", "ru", 9), 0)
    assert not ring.revoked("us", key, Direction("us", "fr", 1), 9)
    assert not ring.revoked("us", made.ru.signing.key_id, OUT, 9)
    assert [ring.disputed(each) for each in messages[:4]] == [False, False, True, True]


@pytest.mark.rule("R-EVID-20")
def test_a_bundle_carries_revocations_and_they_count_only_by_the_root_key() -> None:
    made = spoken()
    size = len(made.messages[OUT])
    whole = revoked(made, size, made.messages[OUT][2].at)
    done = verify(made.file(signed=(whole.raw,)), made.anchors)
    assert done.result is Result.VERIFIED and done.revocations == (whole,)
    assert [m.disputed for m in done.messages if m.direction == OUT] == [
        n >= 2 for n in range(size)
    ]
    (told,) = account(done, "en")["revocations"]
    assert (told["party"], told["line"], told["keys"]) == ("us", "ru", [whole.keys[0].hex()])
    short = revoked(made, size - 1, whole.since)
    assert failed(verify(made.file(signed=(short.raw,)), made.anchors)) == {"keys"}
    made.us.root, theirs = made.ru.root, made.us.root
    forged = revoked(made, size - 1, whole.since)
    made.us.root = theirs
    done = verify(made.file(signed=(forged.raw,)), made.anchors)
    assert failed(done) == {"keys"} and not done.revocations


# ---- epochs and forks ------------------------------------------------------------------


def head(made: Line, direction: Direction, size: int) -> dict[str, object]:
    return {"epoch": direction.epoch, "size": size, "root": made.root(direction, size)}


def later_epoch(made: Line, previous: dict[str, object]) -> None:
    fields = {"reason": "restored", "previous": previous, "peer": head(made, INTO, 1)}
    made.say(made.us, "epoch", fields, epoch=77)
    made.say(made.us, epoch=77)
    made.receipt(LATER)


@pytest.mark.rule("R-EVID-06")
def test_a_later_epoch_names_the_heads_that_it_goes_on_from() -> None:
    made = spoken()
    later_epoch(made, head(made, OUT, 4))
    records = [made.record(d) for d in made.messages if d != OUT]
    done = verify(made.file(*records, made.record(OUT, heads=[4])), made.anchors)
    assert done.result is Result.VERIFIED
    assert next(s for s in done.steps if s.name == "epochs").what.startswith("3 ")
    alone = verify(made.file(*records), made.anchors)
    assert alone.result is Result.VERIFIED  # the earlier record need not be in the bundle


@pytest.mark.rule("R-EVID-19")
def test_who_begins_a_record_with_nonsense_cannot_make_its_bundles_fail_by_that() -> None:
    made = spoken()
    later_epoch(made, {"epoch": 1, "size": 4, "root": b"\x01" * 32})
    records = [made.record(d) for d in made.messages if d != OUT]
    done = verify(made.file(*records, made.record(OUT, heads=[4])), made.anchors)
    assert done.result is Result.VERIFIED
    assert done.remarks == (("us", "message 0 of us/ru/77 names another root of us/ru/1 at 4"),)
    for fields in ({"text": "none"}, {"previous": {"epoch": 1, "size": -1, "root": b""}}):
        made = spoken()
        made.say(made.us, "epoch", fields, epoch=77)
        made.receipt(LATER)
        done = verify(made.file(), made.anchors)
        assert done.result is Result.VERIFIED
        assert [party for party, _ in done.remarks] == ["us", "us"]
    for fields in ({"own_card": [], "peer_card": {}}, {"own_card": bytes(32)}):
        made = Line(Party("us"), Party("ru"))
        made.messages[OUT].clear()
        made.receipts[OUT].clear()
        made.say(made.us, "card", fields)
        made.receipt(OUT)
        done = verify(made.file(), made.anchors)
        assert done.result is Result.VERIFIED
        assert done.remarks == (("us", "begins us/ru/1 with other cards than those in the file"),)


@pytest.mark.rule("R-EVID-09")
def test_a_fork_in_a_bundle_is_named_with_the_party_that_signed_it() -> None:
    made = spoken()
    other = write_message(made.us.signing, OUT, 3, START, b"\x60").raw
    proof = contradiction(made.messages[OUT][3].raw, other)
    assert proof is not None
    done = verify(made.file(forks=(write_fork(proof),)), made.anchors)
    assert done.result is Result.VERIFIED
    assert [(f.accused, f.position) for f in done.forks] == [("us", 3)]
    key = SigningKey(b"\x09" * 32)
    forged = contradiction(*(write_message(key, OUT, 3, START, p).raw for p in (b"\x60", b"\x40")))
    assert forged is not None
    done = verify(made.file(forks=(write_fork(forged),)), made.anchors)
    assert (failed(done), done.forks) == ({"forks"}, ())
