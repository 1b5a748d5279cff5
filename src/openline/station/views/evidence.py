"""Bundles from the store: what was asked for, what belongs with it, and what proves it."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from openline.evidence.bundle import Bundle, Placed, Record, assemble, order, write_bundle
from openline.evidence.fork import read_fork
from openline.evidence.keyring import Keyring, read_cards
from openline.station import entries, nodes
from openline.station.heads import require
from openline.station.station import Station
from openline.station.tables import forks, messages, receipts
from openline.station.views.choice import Choice, Place, Things, choose, named, within
from openline.station.views.keys import history
from openline.station.views.signed import heads_over
from openline.wire.quantum import Head
from openline.words.errors import OpenlineError
from openline.words.party import Direction

Json = dict[str, Any]
ROWS_AT_ONCE = 500
_m, _r = messages.c, receipts.c


def export(
    station: Station,
    to: str,
    ids: Sequence[str],
    line: str | None,
    since: str | None,
    until: str | None,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Json:
    """Write the bundle of messages by id, or of a line's messages signed in a span of time.

    `since` belongs to the span, `until` does not. What belongs with the chosen messages is taken
    along; `tell` hears how many of how many are collected. Raises ``unknown-line``,
    ``unknown-message``, ``nothing-chosen``, ``bad-time``, ``bundle-too-large``, ``cannot-write``.
    """
    if line is not None:
        require(station.engine.lines, line)
    with station.engine.store.read() as connection:
        if line is not None and not ids:
            things: Things = {line: within(connection, line, since, until)}
        else:
            things = named(connection, ids, line)
        choices = choose(connection, things)
        asked = {peer for peer, _, _ in choices}
        stored = _stored(connection, station.engine.party, choices)
        covered = {at.direction: at.choice.end for at in stored}
        ring = Keyring(read_cards(_cards(station, station.engine.lines))[0])
        heads = heads_over(connection, covered, ring, partial(_fits, connection, stored))
        records = tuple(_records(connection, stored, heads.named, tell))
        signed = {*heads.signed, *(each.raw for each in history(station, asked).revocations)}
        cards = _cards(station, asked | heads.cosigners & station.engine.lines.keys())
        proofs = _forks(connection, asked)
    data = write_bundle(Bundle(cards, records, _sorted(signed), _sorted(heads.notes), proofs))
    _write(Path(to), data)
    return {
        "file": to,
        "bytes": len(data),
        "messages": sum(len(record.messages) for record in records),
        "records": [str(record.direction) for record in records],
    }


@dataclass(frozen=True, slots=True)
class _Stored:
    """A record to be shown: where it is stored, how much of it, and what was chosen."""

    direction: Direction
    place: Place
    recorded: int
    choice: Choice


def _stored(connection: Connection, party: str, choices: Mapping[Place, Choice]) -> list[_Stored]:
    """The chosen records, in order."""
    found = []
    for place, choice in choices.items():
        count = select(func.count()).where(*_of(place), _m.root.is_not(None))
        found.append(
            _Stored(_direction(party, place), place, connection.execute(count).scalar_one(), choice)
        )
    return sorted(found, key=lambda at: order(at.direction))


def _fits(connection: Connection, stored: Iterable[_Stored], head: Head) -> bool:
    """Whether a head is one of the stored record; of what is not stored, nothing is known."""
    for at in stored:
        if at.direction == head.direction and head.size <= at.recorded:
            return entries.root_at(connection, *at.place, head.size) == head.root
    return True


def _records(
    connection: Connection,
    stored: Iterable[_Stored],
    named: Collection[Head],
    tell: Callable[[int, int], None],
) -> Iterator[Record]:
    """What the bundle gives of each record."""
    total, done = sum(len(at.choice.numbers) for at in stored), 0
    for at in stored:
        given, early = _given(connection, at.place, at.choice.numbers)
        done += len(given)
        tell(done, total)
        covering = _receipts(connection, at.place, at.choice.numbers, at.recorded)
        sizes = at.choice.heads | {head.size for head in named if head.direction == at.direction}
        heads = [size for size in sizes if 0 < size <= at.recorded]
        tree = nodes.tree(connection, *at.place, at.recorded)
        yield assemble(at.direction, tree.subtree, given, covering, early, heads)


def _direction(party: str, place: Place) -> Direction:
    peer, way, epoch = place
    return Direction(party, peer, epoch) if way == "out" else Direction(peer, party, epoch)


def _of(place: Place) -> tuple[Any, ...]:
    peer, way, epoch = place
    return (_m.peer == peer, _m.way == way, _m.epoch == epoch)


def _given(
    connection: Connection, place: Place, numbers: Iterable[int]
) -> tuple[list[Placed], list[Placed]]:
    """The chosen messages, and their early receipts."""
    given: list[Placed] = []
    early: list[Placed] = []
    for some in _batches(sorted(numbers)):
        query = select(_m.number, _m.raw, _m.early).where(*_of(place), _m.number.in_(some))
        for number, raw, ahead in connection.execute(query):
            given.append((number, raw))
            if ahead:
                early.append((number, ahead))
    return given, early


def _receipts(
    connection: Connection, place: Place, numbers: Iterable[int], recorded: int
) -> list[Placed]:
    """The first receipt over each of the chosen messages, and the newest, over what is stored."""
    peer, way, epoch = place
    of_record = (_r.peer == peer, _r.way == way, _r.epoch == epoch)
    query = select(_r.size).where(*of_record, _r.size <= recorded).order_by(_r.size)
    sizes = list(connection.execute(query).scalars())
    first = {bisect_right(sizes, number) for number in numbers}
    wanted = sorted({sizes[at] for at in first if at < len(sizes)} | set(sizes[-1:]))
    found: list[Placed] = []
    for some in _batches(wanted):
        raws = select(_r.size, _r.raw).where(*of_record, _r.size.in_(some))
        found += [(size, raw) for size, raw in connection.execute(raws)]
    return found


def _cards(station: Station, peers: Collection[str]) -> tuple[bytes, ...]:
    """Every card of both sides of each line, from the first."""
    known = history(station, peers).cards.values()
    return _sorted(held.card.raw for cards in known for held in cards)


def _forks(connection: Connection, peers: Collection[str]) -> tuple[bytes, ...]:
    """The proofs of forks on these lines; what is kept without being proof stays here."""
    found = set()
    for data in connection.execute(
        select(forks.c.evidence).where(forks.c.peer.in_(peers))
    ).scalars():
        with suppress(OpenlineError):
            read_fork(data)
            found.add(data)
    return tuple(sorted(found))


def _sorted(found: Iterable[bytes]) -> tuple[bytes, ...]:
    return tuple(sorted(found))


def _batches(values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[at : at + ROWS_AT_ONCE] for at in range(0, len(values), ROWS_AT_ONCE))


def _write(path: Path, data: bytes) -> None:
    """The file whole or not at all, for its owner alone."""
    part = path.with_name(path.name + ".part")
    try:
        with suppress(FileNotFoundError):
            part.unlink()
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise OpenlineError(
            "cannot-write",
            f"{path} cannot be written: {error.strerror}",
            next="name a file in a folder that exists, is yours, and has room",
        ) from None
