"""The book of epochs and forks: what a side says of a record that could not go on as it was."""

from __future__ import annotations

from openline.evidence.fork import Kind, check_fork, read_fork
from openline.forms.precedence import Precedence
from openline.line.events import ForkShown, PeerBegan
from openline.line.records import FIRST_EPOCH
from openline.station import entries
from openline.station.books import alarms
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.words.errors import OpenlineError


def on_epoch(tx: Tx, entry: Entry) -> None:
    """A record goes on in a new epoch: both sides are alarmed, and what was lost leaves again."""
    state = tx.line(entry.peer).state
    if entry.way == "out":
        if entry.epoch == state.out_epoch:
            what = f"epoch-{entry.fields['reason']}"
            alarms.raise_alarm(tx, entry.peer, entry.id, Precedence.IMMEDIATE, what)
        return
    previous, held = entry.fields["previous"], entry.fields["peer"]
    root = entries.root_at(
        tx.connection, entry.peer, "in", int(previous["epoch"]), int(previous["size"])
    )
    if root is not None and root != previous["root"]:
        alarms.raise_alarm(
            tx, entry.peer, f"{entry.id} head", Precedence.IMMEDIATE, "records-differ"
        )
    newest = not _came_before(tx, entry.peer, entry.epoch, state.in_epoch)
    heads = (held, *entry.fields.get("held", ()))
    sizes = {int(head["epoch"]): int(head["size"]) for head in heads}
    began = PeerBegan(entry.epoch, newest, sizes)
    tx.happen(entry.peer, began)  # the message is urgent, and alarms by itself


def on_fork(tx: Tx, entry: Entry) -> None:
    """The peer shows a contradiction: where we did sign both, our record goes on elsewhere."""
    place = entry.fields["place"]
    ours = entry.way == "in" and place["record"] == tx.engine.party
    if ours and _signed_both(tx, bytes(entry.fields.get("evidence", b""))):
        tx.happen(entry.peer, ForkShown(int(place["epoch"])))


def _signed_both(tx: Tx, evidence: bytes) -> bool:
    """Whether the evidence proves that we signed two messages at one place."""
    try:
        proof = read_fork(evidence)
        check_fork(proof, tx.own.ring.signers)
    except OpenlineError:
        return False
    return proof.kind is Kind.MESSAGES


def _came_before(tx: Tx, peer: str, epoch: int, newest: int) -> bool:
    """Whether the peer's record was in `epoch` before it came to `newest`."""
    seen: set[int] = set()
    while newest not in (epoch, FIRST_EPOCH) and newest not in seen:
        seen.add(newest)
        row = entries.at_number(tx.connection, peer, "in", newest, 0)
        fields = entries.entry_of(row).fields if row else {}
        newest = int(fields["previous"]["epoch"]) if "previous" in fields else FIRST_EPOCH
    return newest == epoch and bool(seen)
