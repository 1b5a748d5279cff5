"""A long record, made quickly in a station that does not run: signed on all cores, stored plainly.

What is stored is what messages on a line would have left, receipts included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import update

from benchmarks.plan import FIELDS, FORM
from openline.forms.catalog import form
from openline.forms.fields import fill
from openline.forms.payload import UID_ALPHABET, UID_CHARS, Payload, write_payload
from openline.record.tree import Frontier
from openline.station import entries, keys, nodes
from openline.station.engine import Tx
from openline.station.folder import Folder
from openline.station.founding import own_card
from openline.station.hot import hot_insert
from openline.station.station import Station
from openline.station.tables import heads, messages, receipts
from openline.wire.message import write_message
from openline.wire.receipt import write_receipt
from openline.words.moment import Moment
from openline.words.party import Direction

PIECE = 5_000
RECEIPT_EVERY = 256
"""Messages that one receipt adds, as when a long queue is sent."""
AT = Moment(1_650_000_000_000)


def grow(station: Station, receiver: Folder, count: int, progress: Callable[[int], None]) -> None:
    """Let the station's record to `receiver`'s party go on for `count` messages, all receipted."""
    peer = own_card(receiver).party
    sent = station.engine.lines[peer].state.out
    frontier = sent.frontier
    their_keys = keys.read_keys(receiver.keys)
    make = partial(_rows, station.folder.path, peer, sent.direction)
    firsts = range(sent.size, sent.size + count, PIECE)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for first, rows in zip(firsts, pool.map(make, firsts), strict=True):
            rows = rows[: sent.size + count - first]
            frontier = station.run(
                partial(
                    _store,
                    peer=peer,
                    direction=sent.direction,
                    frontier=frontier,
                    rows=rows,
                    theirs=their_keys,
                )
            )
            progress(first - sent.size + len(rows))


def _store(
    tx: Tx,
    peer: str,
    direction: Direction,
    frontier: Frontier,
    rows: list[dict[str, Any]],
    theirs: keys.Keys,
) -> Frontier:
    place: dict[str, Any] = {"peer": peer, "way": "out", "epoch": direction.epoch}
    begun, given = frontier.size, []
    for row in rows:
        frontier = frontier.append(row["leaf"])
        row["root"] = frontier.root()
        if frontier.size % RECEIPT_EVERY == 0 or row is rows[-1]:
            raw = write_receipt(theirs.signing, direction, frontier.size, row["root"], AT).raw
            given.append({**place, "size": frontier.size, "at": AT.ms, "raw": raw})
    hot_insert(messages).run_many(tx.connection, rows)
    hot_insert(receipts).run_many(tx.connection, given)
    nodes.keep(tx.connection, **place, before=begun, after=frontier.size)
    h, size = heads.c, frontier.size
    head = {"size": size, "frontier": frontier.to_bytes(), "receipted": size, "known": size}
    at = (h.peer == peer, h.way == "out", h.epoch == direction.epoch)
    tx.run(update(heads).where(*at).values(**head))
    return frontier


# ---- in a process for each core ------------------------------------------------------------


def _rows(folder: Path, peer: str, direction: Direction, first: int) -> list[dict[str, Any]]:
    """The rows of PIECE messages from `first` on, but for their roots."""
    signer = keys.read_keys(Folder(folder).keys).signing
    schema, fields = form(FORM), fill(FORM, FIELDS)
    made = []
    for number in range(first, first + PIECE):
        to = (peer,)
        payload = Payload(
            FORM, schema.version, _uid(number), 0, to, schema.precedence, "en", fields
        )
        message = write_message(signer, direction, number, AT, write_payload(payload))
        row = entries.row_of(message, peer, "out", payload)
        received = {"state": "received", "received_at": AT.ms, "waiting": False, "shown": True}
        made.append({**row, "arrived_at": None, "early": None, "root": b"", **received})
    return made


def _uid(number: int) -> str:
    return "".join(_digits(number))


def _digits(number: int) -> Iterator[str]:
    for place in reversed(range(UID_CHARS)):
        yield UID_ALPHABET[number >> (5 * place) & 31]
