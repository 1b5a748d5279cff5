"""A third station as witness: with both consents it cosigns heads that continue, no others."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.station import acts, traffic
from openline.station.books import checkpoints
from openline.station.entries import entry_of
from openline.station.facade import Facade
from openline.station.tables import consents, signed_heads, witnessed
from openline.wire.checkpoint import check_cosignature, sign_checkpoint
from openline.wire.quantum import Head
from openline.words.errors import OpenlineError
from openline.words.party import Direction
from simulation.world import World, card_of, joined, keys_of


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path, ("us", "ru", "un")) as world:
        yield world


def door(world: World, party: str) -> Facade:
    return Facade(world[party])  # type: ignore[arg-type]


def agree(world: World) -> None:
    door(world, "us").witness_consent("ru", "un", True)
    door(world, "ru").witness_consent("us", "un", True)
    world.settle()


def tested(world: World, party: str = "us", peer: str = "ru") -> None:
    world[party].test(peer)
    world.settle()
    world.check_quiet()


def held(world: World, party: str) -> dict[str, tuple[int, str]]:
    """What each station knows of what `un` has cosigned."""
    rows = world[party].rows(witnessed)
    return {row.record: (row.size, row.verdict) for row in rows if row.witness == "un"}


def cosignatures(world: World, party: str) -> set[tuple[str, int]]:
    rows = world[party].rows(signed_heads)
    return {(r.record, r.size) for r in rows if r.kind == "cosignature" and r.signer == "un"}


def last(world: World, party: str, peer: str) -> Any:
    return entry_of(world[party].theirs(peer)[-1])


@pytest.mark.rule("R-WIT-01")
@pytest.mark.rule("R-WIT-05")
@pytest.mark.rule("R-WIT-06")
def test_both_records_are_cosigned_after_each_passed_test(world: World) -> None:
    agree(world)
    tested(world)
    tested(world, "ru", "us")
    tested(world)
    for party in ("us", "ru", "un"):
        assert held(world, party) == {"us/ru/1": (4, "cosigned"), "ru/us/1": (3, "cosigned")}
        assert cosignatures(world, party) == {("us/ru/1", 2), ("us/ru/1", 4), ("ru/us/1", 3)}
    for party in ("us", "ru"):
        with world[party].store.read() as connection:
            newest = checkpoints.newest(connection, "us/ru/1", "us")
        assert newest is not None and newest.head.size == 4
        at = check_cosignature(newest, "un", card_of("un").checkpoint_key)
        assert at.ms == world.clock.wall // 1000 * 1000
        assert not world[party].alarms()
    shown = door(world, "us").export_checkpoint("ru")["text"]
    assert [line.split()[1] for line in shown.splitlines() if line.startswith("— ")] == [
        "openline/us/ru/1",
        "openline/ru",
        "openline/un",
    ]


@pytest.mark.rule("R-WIT-02")
def test_the_witness_sees_no_content(world: World) -> None:
    agree(world)
    world["us"].send("ru", "text", text="for your eyes alone")
    tested(world)
    forms = {row.form for peer in ("us", "ru") for row in world["un"].theirs(peer)}
    assert forms == {"card", "witness-consent", "witness-heads"}
    assert not any(b"eyes" in row.raw for peer in ("us", "ru") for row in world["un"].theirs(peer))


@pytest.mark.rule("R-WIT-02")
def test_nothing_is_shown_before_both_consent_nor_after_one_withdraws(world: World) -> None:
    door(world, "us").witness_consent("ru", "un", True)
    world.settle()
    tested(world)
    assert held(world, "un") == {}
    with pytest.raises(OpenlineError) as caught:
        door(world, "us").witness_send("ru")
    assert (caught.value.code, caught.value.rule) == ("no-witness", "R-WIT-05")
    door(world, "ru").witness_consent("us", "un", True)
    world.settle()
    tested(world)
    size = held(world, "un")["us/ru/1"][0]
    door(world, "ru").witness_consent("us", "un", False)
    world.settle()
    tested(world)
    assert held(world, "un")["us/ru/1"][0] == size
    (listed,) = door(world, "us").witnesses()["witnesses"]
    assert (listed["consents"], listed["agreed"]) == (["us"], False)


@pytest.mark.rule("R-WIT-02")
@pytest.mark.rule("R-WIT-04")
def test_a_head_shown_without_both_consents_is_answered_so_to_its_sender_alone(
    world: World,
) -> None:
    door(world, "us").witness_consent("ru", "un", True)
    world.settle()
    show(world, leaves=1)
    answer = last(world, "us", "un")
    assert (answer.form, answer.fields["verdict"]) == ("witness-answer", "no-consent")
    assert last(world, "ru", "un").form == "card"


@pytest.mark.rule("R-WIT-05")
def test_a_head_is_shown_on_command_and_only_when_there_is_something_new(world: World) -> None:
    agree(world)
    assert door(world, "us").witness_send("ru")["witnesses"] == ["un"]
    world.settle()
    assert held(world, "us") == {"us/ru/1": (2, "cosigned")}
    with pytest.raises(OpenlineError) as caught:
        door(world, "us").witness_send("ru")
    assert caught.value.code == "no-witness"
    with pytest.raises(OpenlineError) as caught:
        door(world, "us").witness_send("fr")
    assert caught.value.code == "unknown-line"


def show(world: World, leaves: int, root: bytes = b"\1" * 32, since: int = 0) -> None:
    """`us` shows the witness whatever head, truly signed."""
    head = Head(Direction("us", "ru", 1), leaves, root)
    note = str(sign_checkpoint(keys_of("us").checkpoint, head)).encode()
    fields = {"head_of": "us/ru/1", "checkpoint": note, "since": since}
    world["us"].run(lambda tx: traffic.submit(tx, ("un",), "witness-heads", fields))
    world.settle()


@pytest.mark.rule("R-WIT-03")
@pytest.mark.rule("R-WIT-04")
@pytest.mark.rule("R-WIT-06")
@pytest.mark.rule("R-WIT-07")
@pytest.mark.parametrize(("more", "verdict"), [(0, "contradicts"), (3, "unproven")])
def test_a_party_that_shows_the_witness_another_record_is_found_out(
    world: World, more: int, verdict: str
) -> None:
    agree(world)
    tested(world)
    size, _ = held(world, "un")["us/ru/1"]
    show(world, size + more, since=size)
    # The witness refuses, says so to both, and what it cosigned stays.
    for party in ("us", "ru"):
        answer = last(world, party, "un").fields
        assert (answer["verdict"], answer["held"]) == (verdict, size)
    for party in ("us", "ru", "un"):
        assert [a.what for a in world[party].alarms().values()] == [f"witness-{verdict}"]
        assert ("us/ru/1", size + 3) not in cosignatures(world, party)
    # The contradiction, signed by `us`, is in the witness's record of it.
    shown = checkpoints.note(last(world, "un", "us").fields["checkpoint"])
    assert shown.head.root == b"\1" * 32
    tested(world)
    assert held(world, "ru")["us/ru/1"] == (size + 1, "cosigned")


@pytest.mark.rule("R-WIT-06")
def test_a_first_head_that_is_not_the_other_sides_copy_is_found_out_by_that_side(
    world: World,
) -> None:
    agree(world)
    show(world, 1)
    assert held(world, "un") == {"us/ru/1": (1, "cosigned")}
    assert [a.what for a in world["ru"].alarms().values()] == ["witness-differs"]
    assert cosignatures(world, "ru") == {("us/ru/1", 1)}  # it is evidence


@pytest.mark.rule("R-WIT-03")
@pytest.mark.rule("R-WIT-04")
def test_a_proof_from_elsewhere_is_asked_for_again_and_comes_with_the_next_test(
    world: World,
) -> None:
    agree(world)
    tested(world)
    size, _ = held(world, "un")["us/ru/1"]
    world["us"].run(lambda tx: tx.run(witnessed.delete()))  # as if it had lost the answer
    tested(world)
    assert held(world, "us")["us/ru/1"] == (size, "stale")
    tested(world)
    assert held(world, "us") == held(world, "un")
    assert held(world, "us")["us/ru/1"][1] == "cosigned"
    assert not any(world[party].alarms() for party in ("us", "ru", "un"))


@pytest.mark.rule("R-WIT-02")
@pytest.mark.parametrize(
    "change",
    [
        {"head_of": "us/ru/2"},
        {"checkpoint": b"nothing"},
        {"checkpoint": "other key"},
        {"checkpoint": "other record"},
    ],
)
def test_a_witness_takes_a_head_from_the_records_sender_alone(
    world: World, change: dict[str, Any]
) -> None:
    agree(world)
    head = Head(Direction("us", "ru", 1), 1, b"\1" * 32)
    key = keys_of("us").checkpoint
    if change.get("checkpoint") == "other key":
        change = {"checkpoint": str(sign_checkpoint(keys_of("ru").checkpoint, head)).encode()}
    elif change.get("checkpoint") == "other record":
        other = Head(Direction("ru", "us", 1), 1, b"\1" * 32)
        note = str(sign_checkpoint(key, other)).encode()
        change = {"checkpoint": note, "head_of": "ru/us/1"}
    note = str(sign_checkpoint(key, head)).encode()
    fields = {"head_of": "us/ru/1", "checkpoint": note, "since": 0, **change}
    world["us"].run(lambda tx: traffic.submit(tx, ("un",), "witness-heads", fields))
    world.settle()
    assert last(world, "us", "un").form == "not-understood"
    assert held(world, "un") == {}


@pytest.mark.rule("R-WIT-01")
@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        (("ru", "un"), {"witness": "us", "other": "ru"}),
        (("ru", "un"), {"witness": "ru", "other": "ru"}),
        (("ru", "un"), {"witness": "fr", "other": "ru"}),
        (("ru", "un"), {"witness": "un", "other": "fr"}),
    ],
)
def test_a_consent_names_the_other_side_and_a_third_station(
    world: World, lines: tuple[str, ...], fields: dict[str, str]
) -> None:
    with pytest.raises(OpenlineError) as caught:
        acts.send(world["us"], lines, "witness-consent", fields, None, "en")  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.rule) == ("no-witness", "R-WIT-01")
    assert world["us"].rows(consents) == []


@pytest.mark.rule("R-WIT-01")
def test_a_consent_that_concerns_others_is_not_understood(world: World) -> None:
    fields = {"witness": "fr", "other": "de", "consent": "given"}
    us = world["us"]
    from openline.station import books

    quiet = dict(books.BOOKS) | {"witness-consent": lambda tx, entry: None}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(books, "BOOKS", quiet)
        us.run(lambda tx: traffic.submit(tx, ("un",), "witness-consent", fields))
    world.settle()
    assert last(world, "us", "un").form == "not-understood"
    assert world["un"].rows(consents) == []
