"""`openline serve`: the station and its console in one event loop, until a signal ends it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import structlog
import typer

from openline.console.guard import is_loopback
from openline.console.server import serve as serve_console
from openline.station.authority import Tls, given, issued, utc_now
from openline.station.folder import Folder
from openline.station.founding import own_card
from openline.station.host import Host, settle
from openline.station.trace import to_stderr
from openline.wire.address import split_address
from openline.words.errors import BrokenInvariant, OpenlineError

trace = structlog.get_logger("openline.serve")


@dataclass(frozen=True, slots=True)
class Console:
    """Where the console listens, what it is called there, and a certificate if one is given."""

    at: str
    names: Sequence[str] = ()
    certificate: Path | None = None
    key: Path | None = None

    def tls(self, folder: Folder, host: str) -> Tls | None:
        """The certificate; none where it listens on loopback and none is given."""
        if self.certificate is not None:
            return given(self.certificate, self.key)
        if is_loopback(host) or not _is_address(host):  # nothing is listened on by name
            return None
        return issued(folder, own_card(folder), host, self.names, utc_now())


def run(path: Path, listen: str | None, console: Console, language: str) -> int:
    """Serve until SIGTERM or SIGINT; alarms leave in `language`; returns the exit code."""
    to_stderr()
    folder = Folder(path)
    folder.require()
    where = _parse(listen, "--listen") if listen else _default_listen(folder)
    return asyncio.run(_serve(folder, where, console, language))


async def _serve(folder: Folder, listen: tuple[str, int], console: Console, language: str) -> int:
    host_port = _parse(console.at, "--console")
    tls = console.tls(folder, host_port[0])
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Host(folder, listen=listen, language=language) as host:
        page = await serve_console(host.facade, *host_port, tls=tls)
        try:
            host.station.console_link = page.link
            settle()
            party = host.facade.card()["party"]
            typer.echo(f"{party}: line {host.address} · console {page.address} · {page.link()}")
            return await _until(stop, host.failed)
        finally:
            await page.close()


async def _until(stop: asyncio.Event, failed: asyncio.Future[None]) -> int:
    ended = asyncio.create_task(stop.wait())
    waiting: set[asyncio.Future[Any]] = {ended, failed}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    if failed.done() and (error := failed.exception()) is not None:
        trace.error("station stopped", error=type(error).__name__)
        raise BrokenInvariant(str(error)) from error
    return 0


def _default_listen(folder: Folder) -> tuple[str, int]:
    """The port of the card's first address; its host too where that is this machine alone."""
    host, port = split_address(own_card(folder).addresses[0])
    try:
        loopback = ip_address(host.strip("[]")).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if loopback:
        return ("127.0.0.1" if host == "localhost" else host.strip("[]")), port
    return "0.0.0.0", port  # noqa: S104 (the line's listener is public by design)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _parse(text: str, option: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise OpenlineError(
            "bad-address", f"{text[:80]!r} is no HOST:PORT", next=f"give {option} HOST:PORT"
        )
    return host.strip("[]"), int(port)
