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
            of_line = select(heads).where(heads.c.peer == peer)
            for head in connection.execute(
                of_line.order_by(heads.c.way.desc(), heads.c.rank)
            ).all():
                record = {"line": peer, "record": head.way, "epoch": head.epoch}
                found = list(_record_faults(station, connection, line, head))
                faults += [record | fault for fault in found]
                records.append(record | {"size": head.size, "holds": not found})
        for fork in connection.execute(select(forks)).all():
            fault = {"line": fork.peer, "record": fork.way, "epoch": fork.epoch}
            faults.append(fault | {"number": fork.position, "what": f"fork: {fork.what}"})
    return {"holds": not faults, "records": records, "faults": faults}


def _record_faults(
    station: Station, connection: Connection, line: Line, head: Row[Any]
) -> Iterator[dict[str, Any]]:
    peer, way = head.peer, head.way
    ours, theirs = station.engine.signer.public, line.card.signing_key
    public, receiver = (ours, theirs) if way == "out" else (theirs, ours)
    party = station.engine.party
    sender, recipient = (party, peer) if way == "out" else (peer, party)
    direction = Direction(sender, recipient, head.epoch)
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
    yield from _receipt_faults(connection, head, roots, receiver)
    yield from _unproven(connection, head)


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


def _unproven(connection: Connection, head: Row[Any]) -> Iterator[dict[str, Any]]:
    """What is marked as received, but stands under no receipt."""
    r, m = receipts.c, messages.c
    peer, way = head.peer, head.way
    kept = select(func.max(r.size)).where(r.peer == peer, r.way == way, r.epoch == head.epoch)
    size = connection.execute(kept).scalar() or 0
    of_record = (m.peer == peer, m.way == way, m.epoch == head.epoch)
    lost = select(m.pk).where(*of_record, m.waiting, m.number < size).limit(1)
    # The other side may have lost what it once held: then it waits to leave again.
    if size != head.receipted and (size < head.receipted or not connection.execute(lost).first()):
        what = f"the newest receipt covers {size} messages, the head says {head.receipted}"
        yield {"number": size, "what": what}
    where = (m.peer == peer, m.way == way, m.epoch == head.epoch, m.received_at.is_not(None))
    for number in connection.execute(select(m.number).where(*where, m.number >= size)).scalars():
        yield {"number": number, "what": "it is marked as received without a receipt"}


def _receipt_faults(
    connection: Connection, head: Row[Any], roots: dict[int, bytes], public: bytes
) -> Iterator[dict[str, Any]]:
    r = receipts.c
    of_record = (r.peer == head.peer, r.way == head.way, r.epoch == head.epoch)
    for row in connection.execute(select(receipts).where(*of_record).order_by(r.size)):
        try:
            receipt = read_receipt(row.raw)
            check_item(receipt, public)
        except OpenlineError as error:
            yield {"number": row.size, "what": f"receipt: {error.message}"}
            continue
        if roots.get(receipt.size) != receipt.root or receipt.size != row.size:
            yield {"number": row.size, "what": "the receipt's root is not the record's"}
