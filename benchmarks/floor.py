"""The floor: what one message costs at the very least, measured part by part.

A message is durable on two disks, and it and its receipt are signed, verified
and carried: two commits, two signatures, two verifications, one TLS round trip.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pysqlite3 import dbapi2 as sqlite

from benchmarks.children import Child, child
from benchmarks.plan import Plan
from benchmarks.spread import Spread, spread, timed
from openline.station import serving

PARTS = {"commit": 2, "sign": 2, "verify": 2, "tls_round_trip": 1}
"""How often a message needs each."""
MESSAGE_BYTES = 416
"""A signed text of 200 bytes."""


@dataclass
class Floor:
    """Seconds of every part, collected in several rounds: a machine's speed drifts."""

    taken: dict[str, list[float]] = field(default_factory=lambda: {part: [] for part in PARTS})

    def measure(self, plan: Plan, echo: str, folder: Path, message: bytes, parcel: bytes) -> None:
        """One round. `message` is signed and stored, `parcel` goes there and comes back."""
        with _commits(folder, message) as commit:
            self.taken["commit"] += timed(commit, plan.commits)
        key = Ed25519PrivateKey.generate()
        public, signature = key.public_key(), key.sign(message)
        self.taken["sign"] += timed(lambda: key.sign(message), plan.signatures)
        self.taken["verify"] += timed(lambda: public.verify(signature, message), plan.signatures)
        self.taken["tls_round_trip"] += asyncio.run(_round_trips(echo, parcel, plan.round_trips))

    def parts(self) -> dict[str, Spread]:
        """The percentiles of each part."""
        return {part: spread(taken) for part, taken in self.taken.items()}

    def sum_ms(self) -> float:
        """The floor: the medians of all parts, each as often as a message needs it."""
        return sum(part.p50_ms * PARTS[name] for name, part in self.parts().items())


def verifications(count: int) -> list[float]:
    """Seconds of each of `count` verifications of a message's size."""
    key = Ed25519PrivateKey.generate()
    message = bytes(MESSAGE_BYTES)
    public, signature = key.public_key(), key.sign(message)
    return timed(lambda: public.verify(signature, message), count)


@contextmanager
def _commits(folder: Path, row: bytes) -> Iterator[Any]:
    """A call that makes one row of a message's size durable, as the station's store would."""
    path = folder / "floor.db"
    database = sqlite.connect(str(path), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE floor (number INTEGER PRIMARY KEY, raw BLOB)")

    def commit() -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO floor (raw) VALUES (?)", (row,))
        database.execute("COMMIT")

    try:
        yield commit
    finally:
        database.close()
        path.unlink()


async def _round_trips(url: str, body: bytes, count: int) -> list[float]:
    """Seconds of each of `count` requests over one kept connection."""
    taken = []
    clock = time.perf_counter
    async with aiohttp.ClientSession(trust_env=False) as session:
        for _ in range(count + max(1, count // 10)):
            begun = clock()
            async with session.post(url, data=body, ssl=False) as response:
                came = await response.read()
            taken.append(clock() - begun)
            if len(came) != len(body):
                raise RuntimeError(f"{len(came)} bytes came back of {len(body)}")
    return taken[-count:]


# ---- the other process --------------------------------------------------------------------


@contextmanager
def echoing(certificate: Path) -> Iterator[str]:
    """The address of a bare HTTPS listener in another process that answers what it is sent."""
    with child(_serve, certificate) as other:
        yield other.hear()


def _serve(pipe: Connection, certificate: Path) -> None:
    asyncio.run(_listen(Child(pipe), certificate))


async def _listen(parent: Child, certificate: Path) -> None:
    listener = await serving.run(_echo, serving.bind("127.0.0.1", 0, "port 0"), certificate)
    parent.tell(listener.address)
    await asyncio.to_thread(parent.hear, None)
    await listener.stop()


async def _echo(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 (ASGI's three)
    body = b""
    while True:
        part = await receive()
        body += part.get("body", b"")
        if not part.get("more_body"):
            break
    headers: Sequence[tuple[bytes, bytes]] = (
        (b"content-length", str(len(body)).encode()),
        (b"content-type", b"application/octet-stream"),
    )
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
