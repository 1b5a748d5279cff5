"""Proofs over a stored record: its leaves and kept nodes, read where they are needed."""

from __future__ import annotations

from sqlalchemy import Connection, select

from openline.record.proof import extension_proof
from openline.record.tree import Frontier
from openline.station import nodes
from openline.station.tables import messages


def leaves(
    connection: Connection, peer: str, way: str, epoch: int, first: int, end: int
) -> list[bytes]:
    """The leaves (32 bytes each) of the messages from `first` up to, and without, `end`."""
    m = messages.c
    place = (m.peer == peer, m.way == way, m.epoch == epoch)
    within = (m.number >= first, m.number < end)
    query = select(m.leaf).where(*place, *within).order_by(m.number)
    return list(connection.execute(query).scalars())


def path_to(
    connection: Connection, peer: str, way: str, epoch: int, number: int, size: int
) -> list[bytes]:
    """The path from message `number` to the record's root at `size`."""
    return nodes.tree(connection, peer, way, epoch, size).inclusion_proof(number)


def growth(
    connection: Connection, peer: str, way: str, epoch: int, old: Frontier, size: int
) -> list[bytes]:
    """That the record at `size` continues `old`, from the leaves that came since alone."""
    return extension_proof(old, leaves(connection, peer, way, epoch, old.size, size))


def frontier(connection: Connection, peer: str, way: str, epoch: int, size: int) -> Frontier:
    """The record's frontier at `size`."""
    return nodes.tree(connection, peer, way, epoch, size).frontier()
