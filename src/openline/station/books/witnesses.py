"""The book of witnesses: who consents, what is shown to a witness, and what it answers.

Everything travels as messages on the lines that each party has with the
witness. A witness sees sizes, roots and times, and no content.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, delete, insert, select

from openline.forms.precedence import Precedence
from openline.line import witness
from openline.line.witness import Held, Verdict
from openline.record.tree import HASH_BYTES, Frontier
from openline.station import entries, proofs
from openline.station.books import alarms, checkpoints
from openline.station.books.checkpoints import CHECKPOINT, COSIGNATURE
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.tables import consents, signed_heads, witnessed
from openline.wire.checkpoint import (
    Checkpoint,
    check_checkpoint,
    cosign,
    cosigner,
)
from openline.wire.quantum import Head
from openline.words.errors import OpenlineError, Whose

Offer = tuple[str, str, dict[str, Any]]
"""To which witness, which form, and its fields."""


def on_consent(tx: Tx, entry: Entry) -> None:
    """A side agrees that a third station cosigns the heads of its line, or takes that back."""
    third, other = str(entry.fields["witness"]), str(entry.fields["other"])
    here = (entry.peer,) if entry.way == "out" else (tx.engine.party,)
    if len({entry.issuer, third, other}) != 3 or not {third, other}.intersection(here):
        raise _refused("a consent names the other side and a third station, and goes to both")
    place = {"party": entry.issuer, "other": other, "witness": third}
    _replace(tx, consents, place, given=entry.fields["consent"] == "given", at=entry.at.ms)
    tx.topics.add("witnesses")


def offers(tx: Tx, peer: str) -> Iterator[Offer]:
    """What the line's witnesses are shown now: the newest checkpoint, where it is new to them."""
    party, (out, _) = tx.engine.party, checkpoints.heads_of(tx.line(peer).state)
    newest = checkpoints.newest(tx.connection, str(out.direction), party)
    for third in sorted(tx.lines) if newest else ():
        assert newest is not None
        since = _held(tx, out.direction, third).size
        if not _agreed(tx, party, peer, third) or since >= newest.head.size:
            continue
        own = Checkpoint(newest.head, newest.lines_by(f"openline/{out.direction}"))
        fields = {"head_of": str(out.direction), "checkpoint": str(own).encode(), "since": since}
        if since:
            old = _frontier(tx, peer, out.direction, since)
            at = (peer, "out", out.direction.epoch)
            proof = proofs.growth(tx.connection, *at, old, newest.head.size)
            fields["proof"] = b"".join(proof)
        yield third, "witness-heads", fields


def offer(tx: Tx, peer: str) -> None:
    """Let the machine show them, as after each line test that has passed (R-WIT-05)."""
    for shown in offers(tx, peer):
        tx.reply(*shown)


def on_heads(tx: Tx, entry: Entry) -> None:
    """A party shows this station a head: cosign it, or say why not; tell both sides."""
    if entry.way == "out":
        return
    checkpoint, since = _read(entry), int(entry.fields["since"])
    head, other = checkpoint.head, checkpoint.head.direction.receiver
    if head.direction.sender != entry.issuer:
        raise _refused("a head of somebody else's record")
    ring = tx.line(entry.peer).ring
    ring.by_any(lambda card: check_checkpoint(checkpoint, card.checkpoint_key))
    agreed = _agreed(tx, entry.issuer, other, tx.engine.party)
    held = _held(tx, head.direction, tx.engine.party)
    verdict = witness.judge(held, head, since, _hashes(entry), agreed)
    if verdict is Verdict.COSIGNED:
        checkpoint = _cosign(tx, checkpoint)
        held = Held(head.size, head.root)
    elif verdict.is_alarming:
        what = f"witness-{verdict}"
        alarms.raise_alarm(tx, entry.peer, entry.id, Precedence.IMMEDIATE, what)
    answer = {
        "head_of": str(head.direction),
        "checkpoint": str(checkpoint).encode(),
        "verdict": str(verdict),
        "held": held.size,
    }
    concerns_both = verdict is Verdict.COSIGNED or verdict.is_alarming
    for party in (entry.peer, other) if concerns_both else (entry.peer,):
        tx.reply(party, "witness-answer", answer)


def on_answer(tx: Tx, entry: Entry) -> None:
    """A witness answers about a record of ours or of the line's other side: check and keep it."""
    if entry.way == "out":
        return
    checkpoint, verdict = _read(entry), Verdict(str(entry.fields["verdict"]))
    head, way = checkpoint.head, "out"
    peer = head.direction.receiver
    if head.direction.sender != tx.engine.party:
        peer, way = head.direction.sender, "in"
    if tx.engine.party not in (head.direction.sender, head.direction.receiver):
        raise _refused("a head of somebody else's line")
    sender = tx.own.ring if way == "out" else tx.line(peer).ring
    sender.by_any(lambda card: check_checkpoint(checkpoint, card.checkpoint_key))
    if verdict is Verdict.COSIGNED:
        checkpoints.by_sender(tx, entry, checkpoint)
        for line in checkpoint.lines_by(cosigner(entry.issuer)):
            checkpoints.keep(tx, head, COSIGNATURE, entry.issuer, str(line).encode())
        if way == "in":
            own = Checkpoint(head, checkpoint.lines_by(f"openline/{head.direction}"))
            checkpoints.keep(tx, head, CHECKPOINT, peer, str(own).encode())
    root = entries.root_at(tx.connection, peer, way, head.direction.epoch, head.size)
    if verdict.is_alarming or (root is not None and root != head.root):
        what = f"witness-{verdict}" if verdict.is_alarming else "witness-differs"
        alarms.raise_alarm(tx, entry.peer, entry.id, Precedence.IMMEDIATE, what)
    held = Held(int(entry.fields["held"]), head.root if verdict is Verdict.COSIGNED else b"")
    _hold(tx, head, entry.issuer, held, verdict)


def agreed_by(tx: Tx, party: str, other: str, third: str) -> bool:
    """Whether `party` consents to the witness `third` for its line with `other`."""
    place = {"party": party, "other": other, "witness": third}
    row = _row(tx, consents, place)
    return row is not None and bool(row.given)


def _agreed(tx: Tx, a: str, b: str, third: str) -> bool:
    return agreed_by(tx, a, b, third) and agreed_by(tx, b, a, third)


def _read(entry: Entry) -> Checkpoint:
    checkpoint = checkpoints.note(entry.fields["checkpoint"])
    if str(checkpoint.head.direction) != entry.fields["head_of"]:
        raise _refused("the checkpoint is of another record than the message says")
    return checkpoint


def _hashes(entry: Entry) -> list[bytes]:
    joined = bytes(entry.fields.get("proof", b""))
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]


def _cosign(tx: Tx, checkpoint: Checkpoint) -> Checkpoint:
    engine, head = tx.engine, checkpoint.head
    line = cosign(tx.own.keys.checkpoint, engine.party, checkpoint, tx.now.wall)
    checkpoints.keep(tx, head, CHECKPOINT, head.direction.sender, str(checkpoint).encode())
    checkpoints.keep(tx, head, COSIGNATURE, engine.party, str(line).encode())
    _hold(tx, head, engine.party, Held(head.size, head.root), Verdict.COSIGNED)
    return checkpoint.signed_also_by([line])


def _held(tx: Tx, record: Any, third: str) -> Held:
    row = _row(tx, witnessed, {"record": str(record), "witness": third})
    return Held() if row is None else Held(row.size, row.root)


def _hold(tx: Tx, head: Head, third: str, held: Held, verdict: Verdict) -> None:
    place = {"record": str(head.direction), "witness": third}
    now = {"verdict": str(verdict), "at": tx.now.wall.ms}
    _replace(tx, witnessed, place, size=held.size, root=held.root, **now)
    tx.topics.add("witnesses")


def _frontier(tx: Tx, peer: str, direction: Any, size: int) -> Frontier:
    """What the own record was at `size`: kept with its checkpoint, or made again."""
    s = signed_heads.c
    own = (s.record == str(direction), s.kind == CHECKPOINT, s.signer == tx.engine.party)
    kept = tx.run(select(s.frontier).where(*own, s.size == size)).scalar()
    if kept:
        return Frontier.from_bytes(size, kept)
    return proofs.frontier(tx.connection, peer, "out", direction.epoch, size)


def _row(tx: Tx, table: Any, place: dict[str, Any]) -> Row[Any] | None:
    where = (table.c[name] == value for name, value in place.items())
    found: Row[Any] | None = tx.run(select(table).where(*where)).one_or_none()
    return found


def _replace(tx: Tx, table: Any, place: dict[str, Any], **values: Any) -> None:
    tx.run(delete(table).where(*(table.c[name] == value for name, value in place.items())))
    tx.run(insert(table).values(**place, **values))


def _refused(what: str) -> OpenlineError:
    return OpenlineError(
        "no-witness",
        f"this is nothing for a witness: {what}",
        whose=Whose.THEIRS,
        rule="R-WIT-01",
        next="`openline witness list` shows who consents to what",
    )
