"""Listening: a socket bound with a clear error, and uvicorn in the running event loop."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from openline.words.errors import OpenlineError

BACKLOG = 128
GRACE_S = 2
KEEP_ALIVE_S = 60
"""Longer than a peer's carrier keeps an idle connection: it never sends into a closed one."""


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: signals are the command's."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()


@dataclass(frozen=True, slots=True)
class Serving:
    """An application that listens at `address`."""

    address: str
    _server: _Server
    _task: asyncio.Task[None]

    def renew(self, certificate: Path) -> None:
        """Take new connections with key and certificate of this file; open ones stay."""
        context = self._server.config.ssl
        assert context is not None
        context.load_cert_chain(certificate)

    async def stop(self) -> None:
        """Finish open requests and stop listening."""
        self._server.should_exit = True
        await self._task


def bind(host: str, port: int, option: str) -> socket.socket:
    """A listening socket; raises ``port-in-use`` or ``cannot-listen``, naming the `option`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named TCP, or asyncio leaves Nagle's delay on: 40 ms for each answer.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        sock.close()
        in_use = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        raise OpenlineError(
            "port-in-use" if in_use else "cannot-listen",
            f"another program listens on {host}:{port} already"
            if in_use
            else f"this machine cannot listen on {host}:{port}",
            rule="R-STN-06",
            next=f"stop it, or choose another with {option}"
            if in_use
            else f"choose another {option}",
        ) from None
    return sock


async def run(app: Any, sock: socket.socket, certificate: Path | None = None) -> Serving:
    """Serve `app` on a bound socket, over TLS with key and certificate of the PEM file if given."""
    config = uvicorn.Config(
        app,
        access_log=False,  # requests can hold secrets, and a peer's habits are its own
        log_config=None,
        http="auto",  # httptools where it is installed: 0.15 ms less for each parcel than h11
        ws="none",
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    if certificate is not None:
        config.ssl_certfile = str(certificate)
        config.ssl_version = ssl.PROTOCOL_TLS_SERVER
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[sock]))
    ready = asyncio.create_task(server.ready.wait())
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        ready.cancel()
        await task
    host, bound, *_ = sock.getsockname()
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if certificate else "http"
    return Serving(f"{scheme}://{shown}:{bound}", server, task)
