"""A small play on two real stations, over HTTPS on loopback; and the host that holds a station."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from openline.scenario.clock import ScenarioClock
from openline.scenario.figures import figures
from openline.scenario.player import Player
from openline.scenario.script import parse
from openline.station import control
from openline.station.facade import Facade
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.station.host import Host
from openline.words.errors import OpenlineError
from ports import free_port
from scenario_world import TINY, event

URGENT = event(precedence='"immediate"', name='"urgent"')
SEEN = event(do='"acknowledge-alarms"', by='"ru"', fields="")


def make(path: Path, party: str, port: int) -> Folder:
    folder = Folder(path / party)
    found(folder, Founding(party, f"Party {party}", (f"https://127.0.0.1:{port}",)))
    return folder


@pytest.mark.rule("R-SCN-12")
def test_two_stations_play_a_script_and_hold_the_same(tmp_path: Path) -> None:
    script = parse(TINY + URGENT + SEEN)
    clock = ScenarioClock(script.start)

    async def play() -> tuple[dict[str, object], dict[str, Facade]]:
        facades = {}
        async with AsyncExitStack() as running:
            for party in script.parties:
                port = free_port()
                folder = make(tmp_path, party.id, port)
                host = Host(folder, ("127.0.0.1", port), clock)
                facades[party.id] = (await running.enter_async_context(host)).facade
            await asyncio.to_thread(Player(script, facades, clock).play)
            came_to = await asyncio.to_thread(figures, script, facades)
            assert [a["acknowledged_at"] is None for a in facades["ru"].alarms()["alarms"]] == [
                False
            ]
            states = {m["form"]: m["state"] for m in facades["us"].messages()["messages"]}
            assert states["text"] == "answered"
            assert all(facade.quiet() for facade in facades.values())
            assert all(facade.verify()["holds"] for facade in facades.values())
        return came_to, facades

    came_to, _ = asyncio.run(play())
    assert came_to["tests"] == {"run": 3, "passed": 3}
    assert came_to["records_equal"] is True
    # Each: the card, three tests and three answers; us two texts, ru two acknowledgements.
    assert came_to["messages"] == {"us": 9, "ru": 9}


def test_a_host_that_cannot_listen_leaves_the_station_free(tmp_path: Path) -> None:
    folder = make(tmp_path, "us", 18_499)

    async def enter(port: int) -> str:
        async with Host(folder, ("127.0.0.1", port)) as host:
            return host.address

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OpenlineError) as caught:
            asyncio.run(enter(taken.getsockname()[1]))
    assert caught.value.code == "port-in-use"
    assert asyncio.run(enter(0)).startswith("https://127.0.0.1:")


def test_a_host_takes_commands_while_it_runs_and_ends_at_once_after_a_jump(tmp_path: Path) -> None:
    folder = make(tmp_path, "us", 18_499)
    script = parse(TINY)
    clock = ScenarioClock(script.start)

    async def enter() -> dict[str, object]:
        async with Host(folder, ("127.0.0.1", 0), clock):
            status = await asyncio.to_thread(control.call, folder.path, "status")
            clock.jump(script.end)
        return status  # type: ignore[no-any-return]

    status = asyncio.run(asyncio.wait_for(enter(), 30))
    assert (status["party"], status["running"]) == ("us", True)
    assert control.call(folder.path, "status")["running"] is False
