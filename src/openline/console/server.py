"""The console's listener, in the running event loop and on loopback only."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from openline.console.app import STATIC, make_app
from openline.console.door import Door
from openline.console.gate import Gate
from openline.console.guard import is_loopback
from openline.words.errors import OpenlineError


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: signals are the station's."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()


class Running:
    """A console that listens."""

    def __init__(self, app: FastAPI, server: _Server, task: asyncio.Task[None], address: str):
        self._app = app
        self._server = server
        self._task = task
        self.address = address
        """``http://HOST:PORT``."""

    def link(self) -> str:
        """A new one-time link; the one before it stops working. It is a secret: print it once."""
        token = self._app.state.gate.link.issue()
        # In the fragment, which browsers send to nobody.
        return f"{self.address}/#enter={token}"

    async def close(self) -> None:
        """End the live connections, finish open requests, stop listening."""
        self._app.state.streams.close()
        self._server.should_exit = True
        await self._task


def _listen(host: str, port: int) -> socket.socket:
    if not is_loopback(host):
        raise OpenlineError(
            "console-not-loopback",
            f"the console listens on this machine's own addresses only, not on {host[:64]}",
            rule="R-CON-04",
            next="use 127.0.0.1, and reach it from elsewhere through a tunnel",
        )
    # No name is ever resolved: "localhost" is this address here.
    number = "127.0.0.1" if host == "localhost" else host.strip("[]")
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((number, port))
        sock.listen(128)
    except (OSError, OverflowError) as error:
        sock.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise OpenlineError(
                "port-in-use",
                f"another program listens on {host}:{port} already",
                rule="R-CON-04",
                next="stop it, or choose another port with --console",
            ) from None
        raise OpenlineError(
            "cannot-listen",
            f"the console cannot listen on {host}:{port}",
            rule="R-CON-04",
            next="choose another address with --console",
        ) from None
    return sock


async def serve(
    door: Door, host: str, port: int, *, gate: Gate | None = None, static: Path = STATIC
) -> Running:
    """Start the console on ``host``:``port`` (0: any free port) and return when it listens.

    Raises ``console-not-loopback``, ``port-in-use`` or ``cannot-listen``.
    """
    sock = _listen(host, port)
    app = make_app(door, gate=gate, static=static)
    config = uvicorn.Config(
        app,
        # No trace of requests: their addresses and headers can hold secrets.
        access_log=False,
        log_config=None,
        http="h11",
        ws="none",
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[sock]))
    ready = asyncio.create_task(server.ready.wait())
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        ready.cancel()
        await task
    shown = f"[{host.strip('[]')}]" if ":" in host else host
    return Running(app, server, task, f"http://{shown}:{sock.getsockname()[1]}")
