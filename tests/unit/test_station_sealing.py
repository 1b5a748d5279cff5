"""How a line is sealed: hybrid, unless both sides' terms say that X25519 alone will do."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.station import inbox
from openline.station.engine import Engine
from openline.station.outbox import RESEND_AFTER_MS
from openline.station.views.lines import policy
from openline.wire.parcel import Envelope, how_sealed, seal
from openline.wire.sealing import HYBRID, LIGHT, SEALINGS
from openline.words.errors import OpenlineError, Whose
from simulation.test_epochs import bring_back, copy_of
from simulation.world import Side, World, joined, keys_of


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as made:
        yield made


def propose(world: World, *parties: str, sealing: str = "x25519") -> None:
    for party in parties:
        world[party].send("ru" if party == "us" else "us", "terms", sealing=sealing)
        world.settle()


def leaves(world: World, a: str, b: str) -> bytes:
    """A new message of `a`, sealed for `b`."""
    world[a].send(b, "text", text="Convoy 17 has left.")
    return world.take(a, b)[1]


def refused(world: World, party: str, sealed: bytes) -> OpenlineError:
    before = _stored(world)
    with pytest.raises(OpenlineError) as caught:
        world.hand(party, sealed)
    assert caught.value.whose is Whose.THEIRS
    assert _stored(world) == before
    return caught.value


def _stored(world: World) -> dict[str, list[tuple[bytes, str]]]:
    """What every station holds of every line: the messages, and how far they came."""
    return {
        f"{side.party} {peer}": [(m.raw, m.state) for m in (*side.ours(peer), *side.theirs(peer))]
        for side in world.sides.values()
        for peer in side.engine.lines
    }


def _shown(side: Side, peer: str) -> str:
    return str(policy(side, peer)["sealing"])  # type: ignore[arg-type]


@pytest.mark.rule("R-WIRE-24")
def test_a_line_is_sealed_hybrid_until_both_sides_say_otherwise(world: World) -> None:
    assert how_sealed(leaves(world, "us", "ru")) is HYBRID
    propose(world, "us")
    assert (_shown(world["us"], "ru"), _shown(world["ru"], "us")) == ("hybrid", "hybrid")
    assert how_sealed(leaves(world, "us", "ru")) is how_sealed(leaves(world, "ru", "us")) is HYBRID
    propose(world, "ru")
    assert (_shown(world["us"], "ru"), _shown(world["ru"], "us")) == ("x25519", "x25519")
    sealed = leaves(world, "us", "ru")
    assert how_sealed(sealed) is LIGHT
    answer = world.hand("ru", sealed)
    assert answer is not None and how_sealed(answer) is LIGHT
    world.settle()
    world.check_quiet()


@pytest.mark.rule("R-WIRE-24")
def test_terms_outlive_a_restart(world: World) -> None:
    propose(world, "us", "ru")
    for side in world.sides.values():
        side.crash()
    assert how_sealed(leaves(world, "us", "ru")) is LIGHT
    world.settle()
    world.check_quiet()


@pytest.mark.rule("R-WIRE-24")
def test_what_came_hybrid_is_answered_hybrid(world: World) -> None:
    """A side that lost its terms, to an old backup for instance, can still read the answer."""
    propose(world, "us", "ru")
    world["us"].send("ru", "text", text="By the strong key.")
    raws = [raw for _, raw in world["us"].outboxes["ru"].take(world.clock.steady, False)]
    answer = world.hand("ru", seal(raws, world["us"].engine.envelope_to("ru", light=False)))
    assert answer is not None and how_sealed(answer) is HYBRID


@pytest.mark.rule("R-WIRE-25")
def test_weak_sealing_that_ones_own_terms_do_not_allow_is_refused(world: World) -> None:
    """The other side's terms alone allow nothing, whoever seals."""
    propose(world, "us")
    world["us"].send("ru", "text", text="Convoy 17 has left.")
    raws = [raw for _, raw in world["us"].outboxes["ru"].take(world.clock.steady, False)]
    us, ru = world["us"].engine, world["ru"].engine
    sealed = seal(raws, Envelope("us", "ru", us.card.root_key, ru.card.light_key))
    error = refused(world, "ru", sealed)
    assert (error.code, error.rule) == ("weak-sealing", "R-WIRE-25")


@pytest.mark.rule("R-WIRE-25")
def test_a_side_that_withdraws_is_sealed_to_hybrid_again(world: World) -> None:
    propose(world, "us", "ru")
    under_way = leaves(world, "ru", "us")
    world["us"].send("ru", "terms", sealing="hybrid")
    assert refused(world, "us", under_way).code == "weak-sealing"
    # The terms themselves go out hybrid, so they arrive, and what was refused comes again.
    world.exchange("us", "ru")
    assert how_sealed(leaves(world, "ru", "us")) is HYBRID
    world.settle()
    world.check_quiet()
    assert (_shown(world["us"], "ru"), _shown(world["ru"], "us")) == ("hybrid", "hybrid")


@pytest.mark.rule("R-WIRE-24")
def test_terms_under_way_do_not_stop_the_line(world: World) -> None:
    """`ru` says x25519, and seals so, before `us` has heard that it does."""
    propose(world, "us")
    world["ru"].send("us", "terms", sealing="x25519")
    _, sealed = world.take("ru", "us")
    assert how_sealed(sealed) is LIGHT
    world.hand("us", sealed)
    world.settle()
    world.check_quiet()


@pytest.mark.rule("R-WIRE-26")
@pytest.mark.parametrize("light", [False, True], ids=["hybrid", "x25519"])
def test_what_was_sealed_to_an_earlier_key_still_opens(world: World, light: bool) -> None:
    if light:
        propose(world, "us", "ru")
    under_way = leaves(world, "us", "ru")
    assert how_sealed(under_way) is (LIGHT if light else HYBRID)
    ru, old, fresh = world["ru"], keys_of("ru"), keys_of("new ru")
    changed = replace(
        old,
        sealing_seed=fresh.sealing_seed,
        light_seed=fresh.light_seed,
        old_sealing=(old.sealing_seed, old.light_seed),
    )
    forgetful = replace(changed, old_sealing=())
    for keys, opens in ((forgetful, False), (changed, True)):
        engine = Engine(ru.store, ru.engine.card, keys, ru.clock, ru.new_uid)
        with suppress(OpenlineError):
            assert inbox.open_from_any(engine, under_way)[0] == "us" and opens
            continue
        assert not opens


@pytest.mark.rule("R-WIRE-24")
def test_a_side_that_comes_back_from_before_its_terms_gets_them_back(world: World) -> None:
    us, ru = world["us"], world["ru"]
    kept = copy_of(us)
    propose(world, "us", "ru")
    bring_back(us, kept)
    ru.send("us", "text", text="Sealed with X25519 alone.")
    assert refused(world, "us", world.take("ru", "us")[1]).code == "weak-sealing"
    world.clock.pass_ms(RESEND_AFTER_MS)
    while world.exchange("us", "ru"):
        pass
    world.settle()
    world.check_quiet()
    assert (_shown(us, "ru"), _shown(ru, "us")) == ("x25519", "x25519")


STATIONS = ("us", "ru", "cn")
LINES = [(a, b) for a in STATIONS for b in STATIONS if a != b]


@pytest.fixture(scope="module")
def relayed() -> Iterator[tuple[World, list[tuple[str, bytes]]]]:
    """Three stations, and all that a relay between them has seen: to whom, and sealed."""
    with tempfile.TemporaryDirectory() as folder, joined(Path(folder), STATIONS) as world:
        yield world, _traffic(world)


@pytest.mark.rule("R-WIRE-14")
@settings(deadline=None)
@given(st.data())
def test_a_relay_gets_nowhere(
    relayed: tuple[World, list[tuple[str, bytes]]], data: st.DataObject
) -> None:
    """It hands to whom it likes what it has seen, whole, cut and joined: nothing changes."""
    world, seen = relayed
    before = _stored(world)
    (_, sealed), (_, other) = (data.draw(st.sampled_from(seen)) for _ in range(2))
    party = data.draw(st.sampled_from(STATIONS))
    cut = data.draw(st.sampled_from((0, 32, 1120, len(sealed) // 2, len(sealed))))
    made = sealed[:cut] + (other[cut:] if data.draw(st.booleans()) else b"")
    try:
        world.hand(party, made)
    except OpenlineError as error:
        assert error.whose is Whose.THEIRS
        assert (party, made) not in seen
    else:
        assert (party, made) in seen, "what nobody sealed for this station was taken"
    assert _stored(world) == before
    world.check_quiet()


def _traffic(world: World) -> list[tuple[str, bytes]]:
    """Something said on each line, both ways of sealing: to whom, and the sealed bytes."""
    seen = []
    for sealing in ("hybrid", "x25519"):
        for a, b in LINES:
            if "cn" not in (a, b):
                world[a].send(b, "terms", sealing=sealing)
            world[a].send(b, "text", text=f"{a} to {b}")
        for a, b in LINES * 3:
            numbers, sealed = world.take(a, b)
            if not sealed:
                continue
            seen.append((b, sealed))
            if answer := world.hand(b, sealed):
                seen.append((a, answer))
                inbox.take_reply(world[a].engine, world[a].run, b, answer, numbers)
                world[a].outboxes[b].covered(world[a].state(b))
            world[a].outboxes[b].delivered(world.clock.steady)
    assert {how_sealed(sealed) for _, sealed in seen} == set(SEALINGS)
    world.settle()
    return seen
