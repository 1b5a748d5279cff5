"""Looking at one's own side: disk, network, first hops; and what is kept of it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from openline.line.diagnosis import About, Conclusion, Finding, Health
from openline.line.linetest import Measure
from openline.station import ownside, timers
from openline.station.books import findings, probes
from openline.station.linetest_tables import test_carriers as carriers_table
from openline.station.linetest_tables import test_checks as checks_table
from openline.words import limits
from simulation.world import World, joined


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world


@pytest.mark.rule("R-TEST-11")
def test_a_disk_is_well_when_it_has_room_and_keeps_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ownside.disk(tmp_path).state is Health.WELL
    assert ownside.disk(tmp_path / "nowhere").state is Health.ILL
    monkeypatch.setattr(limits, "DISK_LEAST_BYTES", 1 << 80)
    assert ownside.disk(tmp_path).state is Health.ILL
    assert list(tmp_path.iterdir()) == []


@pytest.mark.rule("R-TEST-11")
def test_a_carrier_can_be_reached_where_anything_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        here, nobody = server.getsockname()[:2], closed.getsockname()[:2]
        well = asyncio.run(ownside.first_hop("https", [nobody, here]))
        ill = asyncio.run(ownside.first_hop("https", [nobody]))
    assert (well.state, well.subject) == (Health.WELL, "https")
    assert ill.state is Health.ILL and str(nobody[1]) in ill.detail
    assert asyncio.run(ownside.first_hop("folder", [])).state is Health.UNKNOWN


@pytest.mark.rule("R-TEST-11")
def test_a_network_is_well_with_a_way_out_to_any_carrier() -> None:
    nowhere = ("nowhere.invalid", 443)
    assert asyncio.run(ownside.network([nowhere, ("127.0.0.1", 1)])).state is Health.WELL
    assert asyncio.run(ownside.network([])).state is Health.UNKNOWN
    ill = asyncio.run(ownside.network([nowhere]))
    assert (ill.about, ill.state) == (About.NETWORK, Health.ILL)
    assert "nowhere.invalid" in ill.detail


@pytest.mark.rule("R-TEST-10")
def test_the_first_probe_of_each_carrier_belongs_to_the_test_that_has_just_begun(
    world: World,
) -> None:
    us = world["us"]
    id = us.test("ru")
    for after_ms, carrier, rtt in ((0, "https", 40), (10, "https", 50), (59_999, "mail", 9)):
        at = us.now().plus_ms(after_ms)
        measured = Measure(rtt, 0, 0)
        us.run(partial(probes.keep, peer="ru", carrier=carrier, at=at, measured=measured))
    late = us.now().plus_ms(60_000)
    us.run(partial(probes.keep, peer="ru", carrier="folder", at=late, measured=None, why="full"))
    rows = us.rows(carriers_table)
    assert [(row.test, row.carrier, row.rtt_ms) for row in rows] == [
        (id, "https", 40),
        (id, "mail", 9),
    ]


@pytest.mark.rule("R-TEST-11")
def test_a_test_that_was_just_missed_is_looked_into_once(world: World) -> None:
    us = world["us"]

    def unchecked() -> list[str]:
        with us.store.read() as connection:
            return [id for _, id, _ in findings.unchecked(connection, us.now())]

    us.test("ru", within_ms=1_000)
    world.clock.pass_ms(1_000)
    second = us.test("ru", within_ms=1_000)
    assert unchecked() == []
    us.tick()
    world.clock.pass_ms(1_000)
    us.run(partial(timers.tick, why={}))
    assert unchecked() == [second]  # the newest of the line
    found = [Finding(About.DISK, Health.WELL, "x" * 300)]
    for said in (Conclusion.ALL_SILENT, Conclusion.OWN_DISK):
        us.run(partial(findings.keep_check, peer="ru", test=second, conclusion=said, found=found))
    (row,) = us.rows(checks_table)
    assert row.conclusion == "all-silent" and "x" * 201 not in row.findings
    assert second not in unchecked()
    world.clock.pass_ms(120_000)
    assert unchecked() == []  # what is long over is not looked into any more
