"""The console's listener, in the running event loop: on loopback, or over HTTPS for officers."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol

from fastapi import FastAPI

from openline.console.app import STATIC, make_app
from openline.console.door import Door
from openline.console.gate import Gate
from openline.console.guard import is_loopback
from openline.station import serving
from openline.words.errors import OpenlineError


class Tls(Protocol):
    """A certificate, the file of its key if that is another, and the names that it vouches for."""

    @property
    def certificate(self) -> Path:
        """A PEM file."""

    @property
    def key(self) -> Path | None:
        """A PEM file."""

    @property
    def hosts(self) -> Sequence[str]:
        """The first is shown to people."""


class Running:
    """A console that listens."""

    def __init__(self, app: FastAPI, running: serving.Serving, shown: str = "") -> None:
        self._app = app
        self._serving = running
        self.address = shown or running.address
        """``http://HOST:PORT``, with https beyond loopback."""

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
    door: Door,
    host: str,
    port: int,
    *,
    gate: Gate | None = None,
    static: Path = STATIC,
    tls: Tls | None = None,
) -> Running:
    """Start the console on ``host``:``port`` (0: any free port) and return when it listens.

    Raises ``console-not-loopback``, ``port-in-use`` or ``cannot-listen``.
    """
    # No name is ever resolved: "localhost" is this address here.
    address = "127.0.0.1" if host == "localhost" else host.strip("[]")
    require_allowed(address, door.seats.may_come_in() and tls is not None)
    sock = serving.bind(address, port, "--console")
    app = make_app(door, gate=gate, static=static, hosts=tls.hosts if tls else ())
    if tls is None:
        return Running(app, await serving.run(app, sock))
    running = await serving.run(app, sock, tls.certificate, tls.key)
    name = next(each for each in (*tls.hosts, "localhost") if not each.startswith("*."))
    shown = f"[{name}]" if ":" in name else name
    return Running(app, running, f"https://{shown}:{sock_port(running.address)}")


def sock_port(address: str) -> str:
    """The port of ``https://HOST:PORT``."""
    return address.rpartition(":")[2]


def require_allowed(host: str, guarded: bool) -> None:
    """Raise ``console-not-loopback`` unless the console may listen on the address `host`."""
    if is_loopback(host):
        return
    try:
        ip_address(host)
    except ValueError:
        guarded = False
    if not guarded:
        raise OpenlineError(
            "console-not-loopback",
            "the console listens on this machine's own addresses only until there is an officer"
            f" who may come in, and by address, not on {host[:64]}",
            rule="R-CON-04",
            next="use 127.0.0.1, or `openline officer add` first, then an address like 0.0.0.0",
        )
