"""The console's listener, in the running event loop and on loopback only."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from openline.console.app import STATIC, make_app
from openline.console.door import Door
from openline.console.gate import Gate
from openline.console.guard import is_loopback
from openline.station import serving
from openline.words.errors import OpenlineError


class Running:
    """A console that listens."""

    def __init__(self, app: FastAPI, running: serving.Serving) -> None:
        self._app = app
        self._serving = running
        self.address = running.address
        """``http://HOST:PORT``."""

    def link(self) -> str:
        """A new one-time link; the one before it stops working. It is a secret: print it once."""
        token = self._app.state.gate.link.issue()
        # In the fragment, which browsers send to nobody.
        return f"{self.address}/#enter={token}"

    async def close(self) -> None:
        """End the live connections, finish open requests, stop listening."""
        self._app.state.streams.close()
        await self._serving.stop()


async def serve(
    door: Door, host: str, port: int, *, gate: Gate | None = None, static: Path = STATIC
) -> Running:
    """Start the console on ``host``:``port`` (0: any free port) and return when it listens.

    Raises ``console-not-loopback``, ``port-in-use`` or ``cannot-listen``.
    """
    if not is_loopback(host):
        raise OpenlineError(
            "console-not-loopback",
            f"the console listens on this machine's own addresses only, not on {host[:64]}",
            rule="R-CON-04",
            next="use 127.0.0.1, and reach it from elsewhere through a tunnel",
        )
    # No name is ever resolved: "localhost" is this address here.
    sock = serving.bind("127.0.0.1" if host == "localhost" else host.strip("[]"), port, "--console")
    app = make_app(door, gate=gate, static=static)
    return Running(app, await serving.run(app, sock))
