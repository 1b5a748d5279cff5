"""A piece of a record, checked again from its bytes alone: what `record verify` spreads over cores.

A piece says where it begins (the tree's frontier there), so pieces are checked
in any order and by any process. Nothing here reads the database.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from signal import SIG_IGN, SIGINT, signal

from openline.record.tree import Frontier, leaf_hash
from openline.wire.keys import key_id
from openline.wire.message import Message
from openline.wire.receipt import Receipt, read_signed
from openline.words.errors import OpenlineError
from openline.words.party import Direction

PIECE = 1_000
"""Messages in one piece: some 0.2 s of one core, half a megabyte."""
POOL_FROM = 4 * PIECE
"""Below so many messages, starting other processes takes longer than checking."""
AHEAD = 2
"""Pieces that wait for each process, so that none is idle and memory stays flat."""

Fault = tuple[int, str]
"""The number that it is about, and what does not hold there."""


@dataclass(frozen=True, slots=True)
class Record:
    """Whose record it is, and the public keys that sign in it: messages, and receipts of it."""

    direction: Direction
    senders: tuple[bytes, ...]
    receivers: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Messages as stored, in order, after those of `frontier`, and the receipts of these sizes."""

    record: Record
    frontier: Frontier
    messages: tuple[tuple[int, bytes, bytes, bytes], ...]
    """Number, signed bytes, stored leaf, stored root."""
    receipts: tuple[tuple[int, bytes], ...]
    """Stored size, signed bytes: of no greater size than the piece's end, unless it is the last."""


def check(piece: Piece) -> list[Fault]:
    """Everything in it that does not hold."""
    return list(_faults(piece))


def _faults(piece: Piece) -> Iterator[Fault]:
    tree = piece.frontier
    roots = {tree.size: tree.root()}
    receipts = deque(piece.receipts)
    while receipts and receipts[0][0] <= tree.size:
        yield from _receipt_faults(piece.record, *receipts.popleft(), roots)
    for number, raw, leaf, root in piece.messages:
        computed = leaf_hash(raw)
        if number != tree.size:
            yield number, f"number {tree.size} is missing"
        if leaf != computed:
            yield number, "the stored hash is not the message's"
        yield from ((number, what) for what in _message_faults(piece.record, number, raw))
        tree = tree.append(computed)
        roots = {tree.size: tree.root()}
        if root != roots[tree.size]:
            yield number, "the stored root is not the record's"
        while receipts and receipts[0][0] <= tree.size:
            yield from _receipt_faults(piece.record, *receipts.popleft(), roots)
    for size, raw in receipts:
        yield from _receipt_faults(piece.record, size, raw, roots)


def _message_faults(record: Record, number: int, raw: bytes) -> Iterator[str]:
    try:
        message, _ = read_signed(raw, lambda item: _named(item.key_id, record.senders))
        if not isinstance(message, Message):
            yield "it is signed, and no message"
            return
        if message.direction != record.direction:
            yield f"it was signed for {message.direction}"
        if message.number != number:
            yield f"it was signed with the number {message.number}"
    except OpenlineError as error:
        yield error.message


def _receipt_faults(
    record: Record, size: int, raw: bytes, roots: dict[int, bytes]
) -> Iterator[Fault]:
    try:
        receipt, _ = read_signed(raw, lambda item: _named(item.key_id, record.receivers))
    except OpenlineError as error:
        yield size, f"receipt: {error.message}"
        return
    if not isinstance(receipt, Receipt):
        yield size, "receipt: it is signed, and no receipt"
        return
    if receipt.direction != record.direction:
        yield size, f"the receipt was signed for {receipt.direction}"
    if roots.get(receipt.size) != receipt.root or receipt.size != size:
        yield size, "the receipt's root is not the record's"


def _named(short: bytes, publics: tuple[bytes, ...]) -> bytes:
    """The key of that short name, or the newest: checking then says what is wrong."""
    return next((public for public in publics if key_id(public) == short), publics[-1])


# ---- over the cores ----------------------------------------------------------------------

Checked = Iterator[tuple[Piece, list[Fault]]]


def check_all(pieces: Iterator[Piece], total: int) -> Checked:
    """Each piece with its faults, in order; by as many processes as there are cores.

    `total` says how many messages there are about: a few are checked by this process alone.
    """
    processes = cores()
    if total < POOL_FROM or processes == 1:
        yield from ((piece, check(piece)) for piece in pieces)
        return
    # Not forked: this process has threads, and a fork would copy their locks.
    with _pool(processes) as pool:
        waiting: deque[tuple[Piece, Future[list[Fault]]]] = deque()
        for piece in pieces:
            waiting.append((piece, pool.submit(check, piece)))
            if len(waiting) >= AHEAD * processes:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)


def _first(waiting: deque[tuple[Piece, Future[list[Fault]]]]) -> tuple[Piece, list[Fault]]:
    piece, future = waiting.popleft()
    try:
        return piece, future.result()
    except BrokenProcessPool:
        raise OpenlineError(
            "check-cut-off",
            "a process that checked a part of the record was ended from outside",
            next="see that there is memory enough, and verify again: nothing was changed",
        ) from None


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    pool = ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=signal, initargs=(SIGINT, SIG_IGN)
    )
    try:
        yield pool
    finally:  # also when nobody wants to know any more
        pool.shutdown(cancel_futures=True)


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
