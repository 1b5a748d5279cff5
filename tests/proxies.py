"""Proxies for tests: SOCKS5 (RFC 1928) and HTTP CONNECT (RFC 9110), which note where to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

Names = dict[str, str]


class Proxy:
    """Passes bytes on; `asked` are the names and ports that it was asked for."""

    def __init__(self, names: Names) -> None:
        self.asked: list[tuple[str, int]] = []
        self._names = names

    async def pass_on(
        self, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.asked.append((host, port))
        there = await asyncio.open_connection(self._names.get(host, host), port)
        await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))
        for each in (writer, there[1]):
            with suppress(ConnectionError):
                await each.wait_closed()

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        kind = (await reader.readexactly(4))[3]
        length = {1: 4, 4: 16}.get(kind) or (await reader.readexactly(1))[0]
        raw = await reader.readexactly(length)
        host = raw.decode() if kind == 3 else ".".join(map(str, raw))
        port = int.from_bytes(await reader.readexactly(2), "big")
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await self.pass_on(host, port, reader, writer)

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, _ = (await reader.readuntil(b"\r\n\r\n")).decode().split(" ", 2)
        assert method == "CONNECT"
        host, _, port = target.rpartition(":")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await self.pass_on(host, int(port), reader, writer)


async def _pump(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await source.read(1 << 16):
            to.write(chunk)
            await to.drain()
    with suppress(ConnectionError):
        to.close()


@asynccontextmanager
async def proxy(kind: str, names: Names) -> AsyncIterator[tuple[str, Proxy]]:
    """A proxy's address, and the proxy."""
    made = Proxy(names)
    serve = made.socks if kind == "socks5" else made.http
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server:
        yield f"{kind}://{host}:{port}", made
