"""Two stations in two processes, over HTTPS on loopback, and senders in one of them."""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.children import Child, child
from benchmarks.plan import CEILING_S, FIELDS, FORM, WAIT_S
from benchmarks.spread import Spread, spread
from benchmarks.stages import Parcels, Stage, Stages
from openline.station.facade import Facade
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.station.host import Host, settle
from openline.station.trace import to_stderr

SENDER, RECEIVER = "us", "ru"
TELL_S = 0.5


@dataclass(frozen=True)
class Traffic:
    """What a number of senders got through, and what it cost."""

    senders: int
    messages: int
    per_second: float
    latency: Spread
    """From the call of `send` until it returns with the receipt stored."""
    per_parcel: float
    sealed_bytes_out: float
    """Bytes of sealed parcels for each message."""
    sealed_bytes_back: float
    cpu_ms: dict[str, float]
    """Processor time of each station's process for each message."""
    stages: dict[str, list[Stage]]
    """Where each station's time went; empty unless it was asked for."""


Addresses = dict[str, tuple[str, int]]


def found_both(folder: Path) -> Addresses:
    """Two new stations, and where they will listen."""
    addresses = {party: ("127.0.0.1", _free_port()) for party in (SENDER, RECEIVER)}
    for party, (host, port) in addresses.items():
        found(Folder(folder / party), Founding(party, party, (f"https://{host}:{port}",)))
    return addresses


@contextmanager
def at_work(folder: Path, addresses: Addresses, profiled: bool) -> Iterator[tuple[Child, Child]]:
    """The sender's and the receiver's process."""
    with (
        child(_work, folder / SENDER, addresses[SENDER], profiled) as us,
        child(_work, folder / RECEIVER, addresses[RECEIVER], profiled) as ru,
    ):
        us.card, ru.card = us.hear(), ru.hear()
        yield us, ru


def join(us: Child, ru: Child) -> None:
    """Open the line between them."""
    us.ask("join", ru.card["card"], ru.card["fingerprint"])
    ru.ask("join", us.card["card"], us.card["fingerprint"])


@contextmanager
def two_stations(folder: Path, profiled: bool) -> Iterator[tuple[Child, Child]]:
    """Two new stations at work, joined to each other."""
    with at_work(folder, found_both(folder), profiled) as (us, ru):
        join(us, ru)
        yield us, ru


def measure(
    us: Child, ru: Child, senders: int, count: int, progress: Callable[[int], None]
) -> Traffic:
    """Have `senders` threads send `count` messages between them, after a warm-up."""
    _send(us, senders, max(senders, count // 8), lambda done: None)
    for station in (us, ru):
        station.ask("begin")
    seconds, taken = _send(us, senders, count, progress)
    spent, parcels = us.ask("cpu"), us.ask("parcels")
    return Traffic(
        senders=senders,
        messages=len(taken),
        per_second=len(taken) / seconds,
        latency=spread(taken),
        per_parcel=len(taken) / parcels.count,
        sealed_bytes_out=parcels.bytes_out / len(taken),
        sealed_bytes_back=parcels.bytes_back / len(taken),
        cpu_ms={
            "sender": spent * 1e3 / len(taken),
            "receiver": ru.ask("cpu") * 1e3 / len(taken),
        },
        stages={"sender": us.ask("stages"), "receiver": ru.ask("stages")},
    )


def _send(
    us: Child, senders: int, count: int, progress: Callable[[int], None]
) -> tuple[float, list[float]]:
    us.tell(("send", senders, count))
    while isinstance(said := us.hear(), int):
        progress(said)
    seconds, taken = said
    return seconds, taken


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def memory_mb() -> float:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


# ---- in a station's process ---------------------------------------------------------------


def _work(pipe: Connection, folder: Path, listen: tuple[str, int], profiled: bool) -> None:
    to_stderr()
    asyncio.run(_serve(Child(pipe), Folder(folder), listen, profiled))


async def _serve(parent: Child, folder: Folder, listen: tuple[str, int], profiled: bool) -> None:
    parcels = Parcels.counting()
    stages = Stages.timing() if profiled else Stages()
    async with Host(folder, listen=listen) as host:
        settle()
        parent.tell(host.facade.card())
        obeying = asyncio.to_thread(_obey, parent, host, parcels, stages)
        await asyncio.wait(
            (asyncio.ensure_future(obeying), host.failed), return_when=asyncio.FIRST_COMPLETED
        )


def _obey(parent: Child, host: Host, parcels: Parcels, stages: Stages) -> None:
    """Do what the parent says until it says None."""
    begun, facade = 0.0, host.facade
    while (said := parent.hear(None)) is not None:
        try:
            match said:
                case ("join", card, fingerprint):
                    parent.tell(facade.join(card, fingerprint))
                case ("begin",):
                    parcels.clear()
                    stages.clear()
                    begun = time.process_time()
                    parent.tell(True)
                case ("send", senders, count):
                    parent.tell(_send_all(parent, facade, senders, count))
                case ("cpu",):
                    parent.tell(time.process_time() - begun)
                case ("parcels",):
                    parent.tell(parcels)
                case ("queued",):
                    parent.tell(host.station.ways.outbox(RECEIVER).queued())
                case ("memory",):
                    parent.tell(memory_mb())
                case ("stages",):
                    parent.tell(stages.totals())
        except Exception as error:  # noqa: BLE001 (the parent raises it)
            parent.tell(RuntimeError(f"{type(error).__name__}: {error}"))


def _send_all(parent: Child, facade: Facade, senders: int, count: int) -> tuple[float, list[float]]:
    """Seconds in all, and those of each message; tells the parent how far it has come."""
    tickets = itertools.count()
    taken: list[float] = []
    faults: list[BaseException] = []
    until = time.perf_counter() + CEILING_S

    def send() -> None:
        try:
            while next(tickets) < count and time.perf_counter() < until and not faults:
                begun = time.perf_counter()
                state = facade.send((RECEIVER,), FORM, FIELDS, wait=WAIT_S)["state"]
                taken.append(time.perf_counter() - begun)
                if state != "received":
                    raise TimeoutError(f"a message is {state} after {WAIT_S:g} s")
        except Exception as error:  # noqa: BLE001 (told to the parent)
            faults.append(error)

    threads = [threading.Thread(target=send) for _ in range(senders)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(TELL_S)
            parent.tell(len(taken))
    seconds = time.perf_counter() - begun
    if faults:
        raise faults[0]
    return seconds, taken
