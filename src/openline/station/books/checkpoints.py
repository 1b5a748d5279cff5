"""The book of signed heads: what line tests carry beside plain heads, checked and kept.

The head of the own record goes as a checkpoint, and both heads go signed with
ML-DSA-65 unless the line's terms say off. An ML-DSA signature is another at
each call: it is made inside the transaction that stores it and the message that
carries it, and nothing leaves before that is durable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, select

from openline.line.records import LineState
from openline.station import entries
from openline.station.books.policy import policy_of
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.hot import Hot, hot_insert, slot
from openline.station.tables import signed_heads
from openline.wire.card import Card
from openline.wire.checkpoint import (
    Checkpoint,
    check_checkpoint,
    check_cosignature,
    cosign,
    read_checkpoint,
    read_signature,
    sign_checkpoint,
)
from openline.wire.quantum import Head, check_heads, read_heads, write_heads
from openline.words.errors import OpenlineError, Whose

MLDSA, CHECKPOINT, COSIGNATURE = "mldsa", "checkpoint", "cosignature"
"""Kinds of signed head; `raw` is a COSE_Sign1, a note, and a note's line of signature."""

Fields = dict[str, bytes]


def heads_of(state: LineState) -> tuple[Head, Head]:
    """The head of the own record, and of the peer's as it is held here."""
    out, into = state.out, state.into
    return (
        Head(out.direction, out.size, out.root()),
        Head(into.direction, into.size, into.root()),
    )


def sign(tx: Tx, peer: str) -> Fields:
    """What a test or an answer carries of signed heads, kept (R-HEAD-10)."""
    out, into = heads_of(tx.line(peer).state)
    fields = {"checkpoint": str(sign_own(tx, peer)).encode()}
    if policy_of(tx.connection, peer).quantum:
        signed = write_heads(tx.own.keys.mldsa, out, into, tx.now.wall)
        keep(tx, out, MLDSA, tx.engine.party, signed.raw)
        fields["heads"] = signed.raw
    return fields


def sign_own(tx: Tx, peer: str) -> Checkpoint:
    """The checkpoint of the own record as it stands, kept with what its growth is proven from."""
    state = tx.line(peer).state
    out, _ = heads_of(state)
    checkpoint = sign_checkpoint(tx.own.keys.checkpoint, out)
    note = str(checkpoint).encode()
    keep(tx, out, CHECKPOINT, tx.engine.party, note, state.out.frontier.to_bytes())
    return checkpoint


def take(tx: Tx, entry: Entry) -> None:
    """Check and keep what the peer's test or answer carries of signed heads (R-HEAD-11).

    What is truly signed is kept whatever it says: a head that contradicts ours is evidence.
    Raises ``bad-cbor``, ``bad-cose``, ``bad-header``, ``bad-signature``, ``bad-checkpoint`` or
    ``other-heads`` (theirs).
    """
    fields, ring = entry.fields, tx.line(entry.peer).ring
    if "heads" in fields:
        signed = read_heads(fields["heads"])
        ring.by_any(lambda card: check_heads(signed, card.mldsa_key))
        _of_line(entry, signed.out)
        keep(tx, signed.out, MLDSA, entry.issuer, signed.raw)
        _same(signed.out, fields["out"])
        _same(signed.into, fields["in"])
    if "checkpoint" in fields:
        checkpoint = note(fields["checkpoint"])
        ring.by_any(lambda card: check_checkpoint(checkpoint, card.checkpoint_key))
        _of_line(entry, checkpoint.head)
        keep(tx, checkpoint.head, CHECKPOINT, entry.issuer, fields["checkpoint"])
        _same(checkpoint.head, fields["out"])


def cosigned(tx: Tx, entry: Entry) -> Fields:
    """Our cosignature of the checkpoint in a test whose heads we hold; nothing without one.

    A head smaller than one that was cosigned is not cosigned again (R-HEAD-12).
    """
    if "checkpoint" not in entry.fields:
        return {}
    engine, checkpoint = tx.engine, note(entry.fields["checkpoint"])
    at = (entry.peer, "in", checkpoint.head.direction.epoch, checkpoint.head.size)
    if entries.root_at(tx.connection, *at) != checkpoint.head.root:
        return {}  # lost here, and still to be fetched back
    s, record = signed_heads.c, str(checkpoint.head.direction)
    ours = (s.record == record, s.kind == COSIGNATURE, s.signer == engine.party)
    if checkpoint.head.size < (tx.run(select(func.max(s.size)).where(*ours)).scalar() or 0):
        return {}
    line = cosign(tx.own.keys.checkpoint, engine.party, checkpoint, tx.now.wall)
    signature = str(line).encode()
    keep(tx, checkpoint.head, COSIGNATURE, engine.party, signature)
    return {"cosignature": signature}


def take_cosignature(tx: Tx, entry: Entry) -> None:
    """Check and keep the peer's cosignature of the checkpoint that our test carried.

    Raises ``bad-checkpoint`` (theirs).
    """
    if "cosignature" not in entry.fields:
        return
    for row in entries.by_id(tx.connection, str(entry.fields["about"]), entry.peer):
        own = note(entries.entry_of(row).fields.get("checkpoint", b""))
        line = read_signature(_text(entry.fields["cosignature"]))
        both = own.signed_also_by([line])
        by_sender(tx, entry, both)
        keep(tx, own.head, COSIGNATURE, entry.issuer, str(line).encode())


def by_sender(tx: Tx, entry: Entry, checkpoint: Checkpoint) -> None:
    """Pass when the message's sender has cosigned, with a key of any card of its own."""

    def check(card: Card) -> None:
        check_cosignature(checkpoint, entry.issuer, card.checkpoint_key)

    tx.line(entry.peer).ring.by_any(check)


def lacks_quantum(tx: Tx, entry: Entry) -> str:
    """What to note about an answer without the heads that this line's terms ask for."""
    if "heads" in entry.fields or not policy_of(tx.connection, entry.peer).quantum:
        return ""
    return "the answer carries no heads signed with ML-DSA-65, as the line's terms ask for"


def note(raw: bytes) -> Checkpoint:
    """The checkpoint in a field; raises ``bad-checkpoint`` (theirs)."""
    return read_checkpoint(_text(raw))


def keep(tx: Tx, head: Head, kind: str, signer: str, raw: bytes, frontier: bytes = b"") -> None:
    """Keep one signed head; of two by one signer over one size, the newer stays."""
    place = {"record": str(head.direction), "size": head.size, "kind": kind, "signer": signer}
    _DELETE.run(tx.connection, place)
    row = {"at": tx.now.wall.ms, "raw": raw, "frontier": frontier}
    _INSERT.run(tx.connection, place | row)


def newest(connection: Connection, record: str, signer: str) -> Checkpoint | None:
    """The newest checkpoint of a record by its sender `signer`, with all cosignatures held."""
    s = signed_heads.c
    own = (s.record == record, s.kind == CHECKPOINT, s.signer == signer)
    query = select(signed_heads).where(*own).order_by(s.size.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    beside = (s.record == record, s.size == row.size, s.kind == COSIGNATURE)
    lines = connection.execute(select(s.raw).where(*beside).order_by(s.signer)).scalars()
    return note(row.raw).signed_also_by([read_signature(_text(line)) for line in lines])


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _of_line(entry: Entry, head: Head) -> None:
    if (head.direction.sender, head.direction.receiver) != (entry.issuer, entry.other):
        raise _other_heads("those of this line")


def _same(head: Head, plain: Mapping[str, Any]) -> None:
    """Refuse a signed head that is not the plain one in the same message."""
    if (head.direction.epoch, head.size, head.root) != (
        plain["epoch"],
        plain["size"],
        plain["root"],
    ):
        raise _other_heads("those in the message that carries them")


def _other_heads(than: str) -> OpenlineError:
    return OpenlineError(
        "other-heads",
        f"the signed heads are not {than}",
        whose=Whose.THEIRS,
        rule="R-HEAD-11",
        next="ask the other side's technicians; the message is kept",
    )


_s = signed_heads.c
_DELETE = Hot(
    delete(signed_heads).where(
        *(_s[name] == slot(name) for name in ("record", "size", "kind", "signer"))
    )
)
_INSERT = hot_insert(signed_heads)
