"""Statements on a message's path: they find their index, however long the record is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from simulation.world import World, joined

SCANS = re.compile(r"SCAN|TEMP B-TREE")


@pytest.mark.rule("R-STORE-12")
def test_nothing_on_a_messages_path_reads_a_whole_table(tmp_path: Path) -> None:
    """Every statement of an exchange, as SQLite plans it."""
    with joined(tmp_path) as world:
        _exchange(world)


def _exchange(world: World) -> None:
    said: dict[str, set[str]] = {"us": set(), "ru": set()}
    for party, heard in said.items():

        def hear(connection: Connection, heard: set[str] = heard) -> None:
            connection.connection.driver_connection.set_trace_callback(heard.add)  # type: ignore[union-attr]

        event.listen(world[party].store._engine, "begin", hear)
        with world[party].store.write() as writer:  # which is kept from one to the next
            hear(writer)
    for n in range(3):
        world["us"].send("ru", text=f"number {n}")
        world["ru"].send("us", precedence="flash", text=f"number {n}")
        world.settle()
    for party, heard in said.items():
        statements = [s for s in heard if s.startswith(("SELECT", "UPDATE", "DELETE"))]
        assert any("INSERT INTO messages" in s for s in heard) and statements
        with world[party].store.read() as connection:
            connection.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
            for statement in statements:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
                steps = [row[3] for row in plan]
                assert not any(SCANS.search(step) for step in steps), (statement, steps)
