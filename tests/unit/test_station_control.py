"""Commands over the folder's socket: what takes long says how far it is, to whoever asks."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from openline.station import control, telling
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.words.errors import OpenlineError


class Slow:
    """A station whose `verify` says how far it is, three times."""

    def verify(self, tell: telling.Tell = lambda done, of: None) -> dict[str, Any]:
        for done in (1, 2, 3):
            tell(done, 3)
        return {"holds": True}


@pytest.mark.rule("R-STORE-11")
@pytest.mark.parametrize("asked", [True, False])
def test_a_long_command_tells_how_far_it_is_to_whoever_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    monkeypatch.setattr(telling, "TELL_S", 0)
    folder = Folder(tmp_path / "us")
    found(folder, Founding("us", "us", ("https://127.0.0.1:1",)))
    told: list[tuple[int, int]] = []

    def tell(done: int, of: int) -> None:
        told.append((done, of))

    async def main() -> Any:
        listener = control.Listener(Slow())
        await listener.start(folder)
        try:
            return await asyncio.to_thread(
                control.call, folder.path, "verify", tell if asked else None
            )
        finally:
            await listener.stop()

    assert asyncio.run(main()) == {"holds": True}
    assert told == ([(1, 3), (2, 3), (3, 3)] if asked else [])


@pytest.mark.rule("R-FMT-29")
def test_a_command_ends_once_whoever_asked_for_it_has_gone() -> None:
    """A backup goes on: nobody has to look at it."""
    there = telling.telling("notify", lambda done, of: None, lambda: False)
    there(1, 2)
    for method, ends in (("notify", True), ("preview", True), ("backup", False)):
        tell = telling.telling(method, lambda done, of: None, lambda: True)
        if ends:
            with pytest.raises(OpenlineError) as refused:
                tell(1, 2)
            assert refused.value.code == "halted"
        else:
            tell(1, 2)


class Patient:
    """A station whose `notify` begins, and goes on once whoever asked for it is away."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.ended: list[str] = []

    def notify(self, tell: telling.Tell) -> None:
        self.begun.set()
        assert self.go_on.wait(60)
        try:
            tell(1, 2)
        except OpenlineError as error:
            self.ended.append(error.code)
            raise
        self.ended.append("stored")


@pytest.mark.rule("R-FMT-29")
@pytest.mark.parametrize(("leave", "ends"), [(True, "halted"), (False, "stored")])
def test_the_station_notices_that_the_command_was_ended(
    tmp_path: Path, leave: bool, ends: str
) -> None:
    """Ctrl-C closes the connection; who only has nothing more to say has not gone."""
    folder = Folder(tmp_path / "us")
    found(folder, Founding("us", "us", ("https://127.0.0.1:1",)))
    patient = Patient()

    async def main() -> None:
        listener = control.Listener(patient)
        await listener.start(folder)
        connection = control._connect(folder)
        assert connection is not None
        connection.sendall(b'{"method": "notify", "args": {}}\n')
        await asyncio.to_thread(patient.begun.wait, 60)
        if leave:
            connection.close()
        else:
            connection.shutdown(socket.SHUT_WR)
        patient.go_on.set()
        await listener.stop()
        connection.close()

    asyncio.run(main())
    assert patient.ended == [ends]
