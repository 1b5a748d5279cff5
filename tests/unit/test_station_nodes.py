"""Proofs from a stored record: from its kept nodes, and the same where some are missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, insert, select

from openline.record.proof import consistency_proof, inclusion_proof
from openline.record.tree import EMPTY
from openline.station import nodes, proofs
from openline.station.engine import Tx
from openline.station.tables import messages
from openline.station.tables import nodes as kept
from simulation.world import World, joined

COUNT = 40


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with joined(tmp_path_factory.mktemp("nodes")) as world:
        for n in range(COUNT):
            world["us"].send("ru", text=f"number {n}")
            if n % 5 == 0:
                world.settle()
        world.settle()
        yield world


@pytest.mark.rule("R-RECORD-20")
@pytest.mark.parametrize(("party", "peer", "way"), [("us", "ru", "out"), ("ru", "us", "in")])
@pytest.mark.parametrize("lost", ["nothing", "one", "all"])
def test_a_stored_record_proves_every_message_at_every_size(
    world: World, party: str, peer: str, way: str, lost: str
) -> None:
    side, place = world[party], (peer, way, 1)
    m = messages.c
    with side.store.read() as db:
        stored = select(m.leaf).where(m.peer == peer, m.way == way).order_by(m.number)
        leaves = list(db.execute(stored).scalars())
        assert len(db.execute(select(kept).where(kept.c.way == way)).all()) == len(leaves) // 16
    assert len(leaves) > COUNT

    def lose(tx: Tx) -> None:
        first = (kept.c.position == 0,) if lost == "one" else ()
        tx.run(delete(kept).where(kept.c.way == way, *first))

    with side.store.read() as db:
        rows = [dict(row._mapping) for row in db.execute(select(kept))]
    if lost != "nothing":
        side.run(lose)
    frontier = EMPTY
    with side.store.read() as db:
        for size, leaf in enumerate(leaves, 1):
            frontier = frontier.append(leaf)
            assert proofs.frontier(db, *place, size) == frontier
            for number in (0, size // 2, size - 1):
                path = proofs.path_to(db, *place, number, size)
                assert path == inclusion_proof(number, leaves[:size])
            old = (size + 1) // 2
            grown = nodes.tree(db, *place, size).consistency_proof(old)
            assert grown == consistency_proof(old, leaves[:size])

    def restore(tx: Tx) -> None:
        tx.run(delete(kept))
        tx.connection.execute(insert(kept), rows)

    side.run(restore)
