"""Export: what was asked for and what belongs with it, from either side's store, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.evidence.bundle import Bundle, read_bundle
from openline.evidence.verify import Result, Verification, verify
from openline.station.views import evidence
from openline.wire.card import fingerprint
from openline.words.errors import OpenlineError
from openline.words.party import Direction
from simulation.world import Side, World, card_of, joined

PARTIES = ("us", "ru", "fr")
ANCHORS = {party: fingerprint(card_of(party)) for party in PARTIES}
OUT, INTO = Direction("us", "ru", 1), Direction("ru", "us", 1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with joined(tmp_path_factory.mktemp("evidence"), PARTIES) as world:
        yield world


@pytest.fixture
def exported(world: World, tmp_path: Path) -> Any:
    def export(side: str, *ids: str, **how: Any) -> tuple[Bundle, Verification]:
        file = tmp_path / "bundle"
        span = {"line": None, "since": None, "until": None, **how}
        told = evidence.export(world[side], str(file), ids, **span)  # type: ignore[arg-type]
        data = file.read_bytes()
        assert told["bytes"] == len(data) and file.stat().st_mode & 0o777 == 0o600
        return read_bundle(data), verify(data, ANCHORS)

    return export


def ids(done: Verification) -> set[str]:
    return {m.id for m in done.messages if m.number}


def receive(world: World, side: Side, to: str, **how: Any) -> str:
    id = side.send(to, **how)
    world.settle()
    return id


@pytest.mark.rule("R-EVID-13")
@pytest.mark.parametrize("side", ["us", "ru"])
def test_one_message_comes_with_its_proof_and_nothing_of_the_others(world, exported, side) -> None:
    us = world["us"]
    before = receive(world, us, "ru", text="before it, and secret")
    id = receive(world, us, "ru", text="the one that counts")
    receive(world, us, "ru", text="after it, and secret")
    bundle, done = exported(side, id)
    assert done.result is Result.VERIFIED
    assert ids(done) == {id}
    (message,) = [m for m in done.messages if m.id == id]
    assert message.receipt is not None and message.receipt.size == message.number + 1
    assert {m.direction for m in done.messages if m.number == 0} == {OUT, INTO}
    assert all(b"secret" not in raw for record in bundle.records for _, raw in record.messages)
    (missing,) = [m for m in done.missing if m.direction == OUT]
    assert any(first <= message.number - 1 <= last for first, last in missing.numbers)
    assert before not in ids(done)


@pytest.mark.rule("R-EVID-14")
@pytest.mark.parametrize("side", ["us", "ru"])
def test_what_amends_cancels_or_answers_it_comes_along_from_any_of_them(
    world, exported, side
) -> None:
    us, ru = world["us"], world["ru"]
    plan = receive(world, us, "ru", text="a plan")
    opened = receive(world, ru, "us", form="opened", about=plan)
    objection = receive(world, ru, "us", form="objection", about=plan, reason="no")
    answer = receive(world, us, "ru", form="acknowledged", about=objection)
    receive(world, us, "ru", text="something else")
    uid = plan.split("-")[1]
    amended = us.submit(("ru",), "text", {"text": "a better plan"}, uid=uid, revision=1)
    world.settle()
    belongs = {plan, opened, objection, answer, amended}
    for chosen in belongs:
        _, done = exported(side, chosen)
        assert done.result is Result.VERIFIED
        assert ids(done) == belongs


@pytest.mark.rule("R-EVID-14")
def test_what_was_not_understood_comes_with_that_answer(world, exported) -> None:
    us = world["us"]
    strange = str(us.run(_submit_strange))
    world.settle()
    _, done = exported("ru", strange)
    assert {m.payload.form for m in done.messages if m.number and m.payload} >= {"not-understood"}


def _submit_strange(tx: Any) -> str:
    from openline.station import traffic

    return traffic.submit(tx, ("ru",), "text", {"txt": "a field that nobody knows"})


@pytest.mark.rule("R-EVID-13")
def test_a_span_of_a_line_holds_what_was_signed_from_its_start_and_before_its_end(
    world, exported
) -> None:
    us = world["us"]
    world.clock.pass_ms(60_000)
    since = world.clock.now().wall
    inside = {receive(world, us, "ru", text=f"inside {n}") for n in range(3)}
    world.clock.pass_ms(60_000)
    until = world.clock.now().wall
    receive(world, us, "ru", text="after")
    for side, other in (("us", "ru"), ("ru", "us")):
        _, done = exported(side, line=other, since=str(since), until=str(until))
        assert (done.result, ids(done)) == (Result.VERIFIED, inside)
        _, whole = exported(side, line=other)
        assert whole.result is Result.VERIFIED and whole.missing == ()
        assert whole.messages[-1].id not in inside


@pytest.mark.rule("R-EVID-15")
def test_both_sides_bundles_prove_the_same(world, exported) -> None:
    receive(world, world["us"], "ru", text="one more")
    told = [exported(side, line=other)[1] for side, other in (("us", "ru"), ("ru", "us"))]
    one, other = (
        {(m.direction, m.number, m.leaf, m.receipt and m.receipt.root) for m in done.messages}
        for done in told
    )
    assert one == other
    assert told[0].records == told[1].records


@pytest.mark.rule("R-EVID-13")
def test_a_message_on_several_lines_brings_all_of_them_or_the_one_that_is_named(
    world, exported
) -> None:
    us = world["us"]
    id = us.submit(("ru", "fr"), "text", {"text": "to both"})
    world.settle()
    _, done = exported("us", id)
    assert done.result is Result.VERIFIED
    assert {m.direction.receiver for m in done.messages if m.id == id} == {"ru", "fr"}
    _, done = exported("us", id, line="fr")
    assert {p.party for p in done.parties} == {"us", "fr"}


@pytest.mark.rule("R-EVID-05")
def test_what_has_no_receipt_is_given_without_one(world, exported) -> None:
    us = world["us"]
    world.settle()
    id = us.send("ru", text="not yet sent")
    _, done = exported("us", id)
    (message,) = [m for m in done.messages if m.id == id]
    assert done.result is Result.VERIFIED and message.receipt is None
    world.settle()


@pytest.mark.rule("R-EVID-13")
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"ids": ("us-0000000000",)}, "unknown-message"),
        ({"line": "xx"}, "unknown-line"),
        ({"line": "ru", "since": "2099-01-01"}, "nothing-chosen"),
        ({"line": "ru", "since": "soon"}, "bad-time"),
        ({"line": "ru", "to": "/nowhere/at/all"}, "cannot-write"),
    ],
)
def test_what_cannot_be_exported_is_refused(world, tmp_path, asked, code) -> None:
    how = {"to": str(tmp_path / "x"), "ids": (), "line": None, "since": None, "until": None}
    with pytest.raises(OpenlineError) as refused:
        evidence.export(world["us"], **(how | asked))
    assert refused.value.code == code and not list(tmp_path.iterdir())
