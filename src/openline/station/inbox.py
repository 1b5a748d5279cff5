"""The way in: opens what a carrier brought, checks it, and has it stored before it is answered."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any, TypeVar

import structlog
from sqlalchemy import update

from openline.line import progress
from openline.line.events import Place
from openline.station import effects, traffic, verified
from openline.station.engine import Engine, Job, Tx
from openline.station.heads import require
from openline.station.hot import Hot, fixed, slot
from openline.station.tables import messages
from openline.station.verified import Arrived
from openline.wire.parcel import how_sealed, open_parcel, seal
from openline.wire.sealing import LIGHT
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

trace = structlog.get_logger("openline.inbox")
Run = Callable[[Job], Any]
T = TypeVar("T")
MANY = 16
"""So many items of a parcel are worth other threads' help, and a parcel beside the first."""
_CORES = os.cpu_count() or 1
_SHARING = ThreadPoolExecutor(_CORES, thread_name_prefix="verify")


def open_from_any(engine: Engine, sealed: bytes) -> tuple[str, list[bytes]]:
    """The peer that sealed this for us, and its items; raises ``stranger`` (R-LINE-05)."""
    if len(sealed) > limits.PARCEL_BYTES:
        raise OpenlineError(
            "too-large",
            f"a parcel of more than {limits.PARCEL_BYTES} bytes (PARCEL_BYTES)",
            whose=Whose.THEIRS,
            rule="R-LINE-05",
        )
    try:
        return _open(engine, list(engine.lines), sealed)
    except OpenlineError as error:
        if error.code != "unopened":
            raise
    raise OpenlineError(
        "stranger",
        "nobody whose card was joined here sealed this for this station",
        whose=Whose.THEIRS,
        rule="R-LINE-05",
        next="both sides join each other's card of today; nothing was stored",
    )


def _open(engine: Engine, peers: Sequence[str], sealed: bytes) -> tuple[str, list[bytes]]:
    """Which of `peers` sealed this for us, and its items.

    Raises ``unopened``, or ``weak-sealing`` (theirs) when X25519 alone seals what our own terms
    want hybrid.
    """
    way = how_sealed(sealed)
    tries = [(key, peer) for key in engine.openers if key.sealing is way for peer in peers]
    for key, peer in tries:
        try:
            items = open_parcel(sealed, key, engine.envelope_from(peer, key))
        except OpenlineError:
            continue
        if way is LIGHT and not engine.lines[peer].light_ours:
            raise OpenlineError(
                "weak-sealing",
                "it is sealed with X25519 alone, which this side's terms do not allow",
                whose=Whose.THEIRS,
                rule="R-WIRE-25",
                next="it is sealed hybrid once this side's newest terms arrive there",
            )
        engine.heard(peer, key.public)
        return peer, items
    raise OpenlineError(
        "unopened",
        "a parcel does not open for this line with any key of this station",
        whose=Whose.THEIRS,
        rule="R-WIRE-14",
        next="compare both sides' cards; the sender seals it again by itself",
    )


def with_card(engine: Engine, peer: str, items: Sequence[bytes]) -> list[bytes]:
    """The items, before them our card for as long as the peer has not shown that it holds it."""
    if items and peer in engine.behind:
        return list(effects.fitting((engine.card.raw, *items)))
    return list(items)


def admit_all(engine: Engine, peer: str, raws: Sequence[bytes]) -> list[Arrived]:
    """The items whose signature holds, and those whose key is not known yet.

    Raises the first fault when none is good.
    """
    ours, theirs = engine.own.ring, require(engine.lines, peer).ring

    def admit(raw: bytes) -> Arrived | OpenlineError:
        try:
            return verified.admit(raw, ours, theirs)
        except OpenlineError as error:
            return error

    items: list[Arrived] = []
    faults = []
    for outcome in _each(admit, raws):
        if isinstance(outcome, OpenlineError):
            trace.warning("refused", line=peer, code=outcome.code)
            faults.append(outcome)
        else:
            items.append(outcome)
    if faults and not items:
        raise faults[0]
    return items


def _each(act: Callable[[bytes], T], raws: Sequence[bytes]) -> Iterator[T]:
    """What `act` makes of each; many are shared by as many threads as there are cores.

    A signature is checked with the interpreter's lock released.
    """
    if len(raws) < MANY:
        return map(act, raws)
    share = -(-len(raws) // _CORES)
    shares = [raws[first : first + share] for first in range(0, len(raws), share)]
    return chain.from_iterable(_SHARING.map(lambda some: [act(raw) for raw in some], shares))


def admit_parcel(engine: Engine, sealed: bytes) -> tuple[str, list[Arrived]]:
    """Who sent a parcel, and what of it is to be stored."""
    peer, raws = open_from_any(engine, sealed)
    return peer, admit_all(engine, peer, raws)


def admit_reply(engine: Engine, peer: str, sealed: bytes) -> list[Arrived]:
    """What is to be stored of the parcel (or nothing) with which `peer` answered ours at once."""
    raws = _open(engine, [peer], sealed)[1] if sealed else []
    return admit_all(engine, peer, raws)


def arriving(peer: str, items: Sequence[Arrived]) -> Job:
    """The job that stores a parcel; its value is the answer's items."""
    return lambda tx: traffic.arrive(tx, peer, items)


def replying(peer: str, items: Sequence[Arrived], sent: Sequence[Place]) -> Job:
    """The job that stores the answer to the messages at the places `sent`."""

    def job(tx: Tx) -> None:
        traffic.arrive(tx, peer, items)
        mark_sent(tx, peer, sent)

    return job


def seal_answer(engine: Engine, peer: str, answer: Sequence[bytes], to: bytes) -> bytes | None:
    """The answer to the parcel `to`, when there is one, sealed as that was."""
    if peer in engine.behind:
        answer = effects.fitting((engine.card.raw, *answer))
    if not answer:
        return None
    return seal(answer, engine.envelope_to(peer, light=how_sealed(to) is LIGHT))


def receive(engine: Engine, run: Run, sealed: bytes) -> tuple[str, bytes | None]:
    """Take a parcel in; returns who sent it, and the sealed answer once all of it is durable."""
    peer, items = admit_parcel(engine, sealed)
    return peer, seal_answer(engine, peer, run(arriving(peer, items)), sealed)


def take_reply(engine: Engine, run: Run, peer: str, sealed: bytes, sent: Sequence[Place]) -> None:
    """Take in what the peer answered at once to the messages at the places `sent`."""
    run(replying(peer, admit_reply(engine, peer, sealed), sent))


def mark_sent(tx: Tx, peer: str, places: Sequence[Place]) -> None:
    """A carrier took these; those that no receipt covers yet are `sent`."""
    state = tx.line(peer).state
    covered = {epoch: state.sent_in(epoch).covered for epoch, _ in places}
    left = [
        {"peer": peer, "epoch": epoch, "number": number}
        for epoch, number in places
        if number >= covered[epoch]
    ]
    if left:
        _MARK_SENT.run_many(tx.connection, left)


_m = messages.c
_MARK_SENT = Hot(
    update(messages)
    .where(_m.peer == slot("peer"), _m.way == fixed("out"), _m.epoch == slot("epoch"))
    .where(_m.number == slot("number"), _m.state.in_(progress.before("sent")))
    .values(state="sent")
)
