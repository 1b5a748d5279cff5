"""`record verify`: recompute everything that is stored, and name what does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, func, select

from openline.record.tree import EMPTY, Frontier, leaf_hash
from openline.station.heads import Line
from openline.station.station import Station
from openline.station.tables import forks, heads, messages, receipts
from openline.wire.message import check_message, read_message
from openline.wire.receipt import check_item, read_receipt
from openline.words.errors import OpenlineError
from openline.words.party import Direction


def verify(station: Station) -> dict[str, Any]:
    """Both records of every line: signatures, numbers, hashes, roots, heads and receipts."""
    faults: list[dict[str, Any]] = []
    records = []
    with station.engine.store.read() as connection:
        for peer, line in station.engine.lines.items():
            for way in ("out", "in"):
                found = list(_record_faults(station, connection, peer, line, way))
                faults += [{"line": peer, "record": way, **fault} for fault in found]
                size = _head(connection, peer, way).size
                records.append({"line": peer, "record": way, "size": size, "holds": not found})
        for fork in connection.execute(select(forks)).all():
            fault = {"line": fork.peer, "record": "in", "number": fork.position}
            faults.append({**fault, "what": f"fork: {fork.what}"})
    return {"holds": not faults, "records": records, "faults": faults}


def _head(connection: Connection, peer: str, way: str) -> Row[Any]:
    where = (heads.c.peer == peer, heads.c.way == way)
    return connection.execute(select(heads).where(*where)).one()


def _record_faults(
    station: Station, connection: Connection, peer: str, line: Line, way: str
) -> Iterator[dict[str, Any]]:
    head = _head(connection, peer, way)
    public = station.engine.signer.public if way == "out" else line.card.signing_key
    direction = line.state.out if way == "out" else line.state.into
    m = messages.c
    where = (m.peer == peer, m.way == way, m.epoch == head.epoch, m.root.is_not(None))
    tree = EMPTY
    roots = {0: tree.root()}
    for row in connection.execute(select(messages).where(*where).order_by(m.number)):
        for what in _message_faults(row, tree, public, direction):
            yield {"number": row.number, "what": what}
        tree = tree.append(leaf_hash(row.raw))
        roots[tree.size] = tree.root()
        if row.root != roots[tree.size]:
            yield {"number": row.number, "what": "the stored root is not the record's"}
    if (tree.size, tree.to_bytes()) != (head.size, head.frontier):
        yield {"number": tree.size, "what": f"the head says {head.size} messages"}
    signer = line.card.signing_key if way == "out" else station.engine.signer.public
    yield from _receipt_faults(connection, peer, way, roots, signer)
    yield from _unproven(connection, peer, way, head)


def _message_faults(
    row: Row[Any], tree: Frontier, public: bytes, direction: Direction
) -> Iterator[str]:
    if row.number != tree.size:
        yield f"number {tree.size} is missing"
    if row.leaf != leaf_hash(row.raw):
        yield "the stored hash is not the message's"
    try:
        message = read_message(row.raw)
        check_message(message, public)
        if message.direction != direction:
            yield f"it was signed for {message.direction}"
        if message.number != row.number:
            yield f"it was signed with the number {message.number}"
    except OpenlineError as error:
        yield error.message


def _unproven(
    connection: Connection, peer: str, way: str, head: Row[Any]
) -> Iterator[dict[str, Any]]:
    """What is marked as received, but stands under no receipt."""
    r, m = receipts.c, messages.c
    kept = select(func.max(r.size)).where(r.peer == peer, r.way == way, r.epoch == head.epoch)
    size = connection.execute(kept).scalar() or 0
    if size != head.receipted:
        what = f"the newest receipt covers {size} messages, the head says {head.receipted}"
        yield {"number": size, "what": what}
    where = (m.peer == peer, m.way == way, m.epoch == head.epoch, m.received_at.is_not(None))
    for number in connection.execute(select(m.number).where(*where, m.number >= size)).scalars():
        yield {"number": number, "what": "it is marked as received without a receipt"}


def _receipt_faults(
    connection: Connection, peer: str, way: str, roots: dict[int, bytes], public: bytes
) -> Iterator[dict[str, Any]]:
    r = receipts.c
    query = select(receipts).where(r.peer == peer, r.way == way).order_by(r.size)
    for row in connection.execute(query):
        try:
            receipt = read_receipt(row.raw)
            check_item(receipt, public)
        except OpenlineError as error:
            yield {"number": row.size, "what": f"receipt: {error.message}"}
            continue
        if roots.get(receipt.size) != receipt.root or receipt.size != row.size:
            yield {"number": row.size, "what": "the receipt's root is not the record's"}
