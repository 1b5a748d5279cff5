"""Which signed heads go into a bundle: of each signer the first that covers what was chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from openline.evidence.heads import SignedHead, read_note, read_statement
from openline.evidence.keyring import Keyring
from openline.station.tables import signed_heads
from openline.wire.checkpoint import Checkpoint, read_checkpoint, read_signature
from openline.wire.quantum import Head
from openline.words.errors import OpenlineError
from openline.words.party import Direction

_s = signed_heads.c


@dataclass
class Heads:
    """Signed statements and notes for a bundle, the heads that they name, and who cosigned."""

    signed: set[bytes] = field(default_factory=set)
    notes: set[bytes] = field(default_factory=set)
    named: set[Head] = field(default_factory=set)
    cosigners: set[str] = field(default_factory=set)


def heads_over(
    connection: Connection,
    covered: Mapping[Direction, int],
    ring: Keyring,
    fits: Callable[[Head], bool],
) -> Heads:
    """The signed heads of the records whose first so many messages are to be covered.

    A head that does not fit what is stored is left out: it proves a fork, not a message.
    """
    found = Heads()
    for direction, size in covered.items():
        for raw, heads in _statements(connection, direction, size, ring):
            if all(map(fits, heads)):
                found.signed.add(raw)
                found.named.update(heads)
        for note, signed in _notes(connection, direction, size, ring):
            if fits(note.head):
                found.notes.add(str(note).encode())
                found.named.add(note.head)
                found.cosigners.update(each.party for each in signed)
    return found


def _statements(
    connection: Connection, direction: Direction, size: int, ring: Keyring
) -> Iterator[tuple[bytes, list[Head]]]:
    """Of the sender and of the receiver, the first ML-DSA signature over `size` messages."""
    for sender, receiver in (
        (direction.sender, direction.receiver),
        (direction.receiver, direction.sender),
    ):
        of_signer = _s.record.startswith(f"{sender}/{receiver}/", autoescape=True)
        query = select(_s.raw).where(_s.kind == "mldsa", _s.signer == sender, of_signer)
        chosen: tuple[bytes, list[Head]] | None = None
        for raw in connection.execute(query.order_by(_s.at)).scalars():
            with suppress(OpenlineError):
                heads = [signed.head for signed in read_statement(raw, ring)]
                here = next((h.size for h in heads if h.direction == direction), 0)
                chosen = (raw, heads) if here else chosen
                if here >= size:
                    break
        if chosen is not None:
            yield chosen


def _notes(
    connection: Connection, direction: Direction, size: int, ring: Keyring
) -> Iterator[tuple[Checkpoint, list[SignedHead]]]:
    """The first checkpoint over `size` messages, and the first that each cosigner signed."""
    query = select(_s.size, _s.kind, _s.signer, _s.raw).where(
        _s.record == str(direction), _s.size > 0, _s.kind != "mldsa"
    )
    notes: dict[int, bytes] = {}
    lines: dict[int, dict[str, bytes]] = {}
    for at, kind, signer, raw in connection.execute(query):
        if kind == "checkpoint":
            notes[at] = raw
        else:
            lines.setdefault(at, {})[signer] = raw
    cosigners = {signer for given in lines.values() for signer in given}
    wanted = {_first_over(size, notes)}
    wanted |= {
        _first_over(size, [at for at in notes if signer in lines.get(at, {})])
        for signer in cosigners
    }
    for at in sorted(wanted - {0}):
        with suppress(OpenlineError):
            note = read_checkpoint(notes[at].decode())
            more = [read_signature(raw.decode()) for raw in lines.get(at, {}).values()]
            holding = read_note(note.signed_also_by(more), ring)
            if any(signed.kind == "checkpoint" for _, signed in holding):
                whole = Checkpoint(note.head, tuple(line for line, _ in holding))
                yield whole, [signed for _, signed in holding]


def _first_over(size: int, sizes: Iterable[int]) -> int:
    """The least of the sizes that is no less than `size`, else the greatest; 0 when none is."""
    ascending = sorted(sizes)
    return next((at for at in ascending if at >= size), ascending[-1] if ascending else 0)
