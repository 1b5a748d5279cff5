"""Contradictions: kept with their evidence, alarmed, and shown to the other side.

What proves a fork to a third party is kept as that proof. Anything less is kept
as it came, as "unproven", and proven later when what was missing has come.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import delete, insert, select

from openline.evidence.fork import Exhibit, ForkProof, Kind, contradiction, prove, write_fork
from openline.forms.precedence import Precedence
from openline.line import events
from openline.station import books, entries, proofs
from openline.station.engine import Tx
from openline.station.hot import Hot, fixed
from openline.station.tables import forks, receipts
from openline.wire.receipt import Early, Receipt, read_item
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.party import Direction

UNPROVEN = "unproven"


def keep(tx: Tx, peer: str, fork: events.Fork) -> None:
    """Keep the evidence once, up to FORKS a line; the alarm stays until a person has seen it."""
    way = "out" if fork.direction.sender == tx.engine.party else "in"
    proof = _proof(tx, peer, way, fork.direction, fork.evidence)
    _keep(tx, peer, way, fork.direction, fork.number, fork.evidence, proof)


def prove_later(tx: Tx) -> None:
    """Prove what could not be proven when it was found."""
    party = tx.engine.party
    unproven = _UNPROVEN.run(tx.connection, {}).fetchall()
    for digest, peer, way, epoch, position, evidence in unproven:
        sender, receiver = (party, peer) if way == "out" else (peer, party)
        direction = Direction(sender, receiver, epoch)
        proof = _proof(tx, peer, way, direction, evidence)
        if proof is not None:
            tx.run(delete(forks).where(forks.c.digest == digest))
            _keep(tx, peer, way, direction, position, evidence, proof)


def _keep(
    tx: Tx,
    peer: str,
    way: str,
    direction: Direction,
    number: int,
    raw: bytes,
    proof: ForkProof | None,
) -> None:
    evidence = write_fork(proof) if proof else raw
    kind = str(proof.kind) if proof else UNPROVEN
    digest = books.alarms.digest_of(evidence)
    of_line = select(forks.c.digest).where(forks.c.peer == peer)
    known = tx.run(of_line.limit(limits.FORKS)).scalars().all()
    if digest in known or len(known) == limits.FORKS:
        return
    place = {"way": way, "epoch": direction.epoch, "position": number}
    row = {"digest": digest, "peer": peer, "what": kind, "evidence": evidence, **place}
    tx.run(insert(forks).values(**row, seen_at=tx.now.wall.ms))
    books.alarms.raise_alarm(tx, peer, digest.hex()[:12], Precedence.IMMEDIATE, f"fork-{kind}")
    said_in = {"record": direction.sender, "epoch": direction.epoch, "number": number}
    shown = {"evidence": evidence} if len(evidence) <= limits.FORK_BYTES else {}
    tx.reply(peer, "fork", {"kind": kind, "place": said_in, **shown})


def _proof(tx: Tx, peer: str, way: str, direction: Direction, raw: bytes) -> ForkProof | None:
    """What proves the fork: `raw` against a statement of the same signer that is stored."""
    said = read_item(raw)
    if isinstance(said, Early):
        return _proof_of_leaves(tx, peer, way, said)
    for other in _stored(tx, peer, way, direction, raw):
        proof = contradiction(raw, other)
        if proof is not None:
            return proof
    return None


def _stored(tx: Tx, peer: str, way: str, direction: Direction, raw: bytes) -> Iterator[bytes]:
    said = read_item(raw)
    if isinstance(said, Receipt):
        r = receipts.c
        at = (r.peer == peer, r.way == way, r.epoch == direction.epoch, r.size == said.size)
        yield from tx.run(select(r.raw).where(*at)).scalars()
        return
    number = getattr(said, "number", None)
    if number is not None:
        row = entries.at_number(tx.connection, peer, way, direction.epoch, number)
        if row is not None:
            yield row.raw


def _proof_of_leaves(tx: Tx, peer: str, way: str, early: Early) -> ForkProof | None:
    """An early receipt for one leaf, and a receipt of the same signer that covers another."""
    r = receipts.c
    epoch, number = early.direction.epoch, early.number
    covers = (r.peer == peer, r.way == way, r.epoch == epoch, r.size > number)
    raw = tx.run(select(r.raw).where(*covers).order_by(r.size).limit(1)).scalar()
    if raw is None:
        return None
    receipt = read_item(raw)
    assert isinstance(receipt, Receipt)
    leaf = entries.leaf_at(tx.connection, peer, way, epoch, number)
    assert leaf is not None
    path = proofs.path_to(tx.connection, peer, way, epoch, number, receipt.size)
    try:
        covered = Exhibit(receipt.raw, leaf, tuple(path))
        return prove(Kind.LEAVES, number, Exhibit(early.raw, early.leaf), covered)
    except OpenlineError:  # they agree after all
        return None


_f = forks.c
_UNPROVEN = Hot(
    select(_f.digest, _f.peer, _f.way, _f.epoch, _f.position, _f.evidence).where(
        _f.what == fixed(UNPROVEN)
    )
)
