"""Looking at one's own side: disk, network, and the first hop of a carrier.

Each look gives a finding and never raises: what cannot be looked at is unknown. Nothing is sent
to anybody but the carriers' own addresses, and no name resolved but theirs.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from openline.line.diagnosis import About, Finding, Health
from openline.station.probing import Probed
from openline.words import limits
from openline.words.errors import OpenlineError

CONNECT_S = 5.0
Place = tuple[str, int]
"""A host and a port."""


def disk(folder: Path) -> Finding:
    """Whether the station's disk has room, and takes and keeps a small file."""
    probe = folder / ".check"
    try:
        free = shutil.disk_usage(folder).free
        with probe.open("wb") as file:
            file.write(bytes(4_096))
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        return Finding(About.DISK, Health.ILL, f"takes nothing: {_said(fault)}")
    finally:
        probe.unlink(missing_ok=True)
    state = Health.WELL if free >= limits.DISK_LEAST_BYTES else Health.ILL
    return Finding(About.DISK, state, f"{free >> 20} MiB free, and a file was written")


async def network(places: Sequence[Place]) -> Finding:
    """Whether this machine has a way out to any of the places where carriers begin."""
    if not places:
        return Finding(About.NETWORK, Health.UNKNOWN, "no carrier of any line goes over it")
    faults = [await _no_route(*place) for place in places]
    if not all(faults):
        count = faults.count("")
        detail = f"a route to {count} of {len(places)} addresses where carriers begin"
        return Finding(About.NETWORK, Health.WELL, detail)
    return Finding(About.NETWORK, Health.ILL, f"no route to any carrier: {faults[0]}")


async def _no_route(host: str, port: int) -> str:
    """Why no packet could leave for that place; nothing when one could. None is sent."""
    try:
        async with asyncio.timeout(CONNECT_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except TimeoutError:
        return f"the name {host} was not resolved within {CONNECT_S:g} s"
    except OSError as fault:
        return f"the name {host} is not resolved: {_said(fault)}"
    why = "no address"
    for family, kind, protocol, _, address in found:
        try:
            with socket.socket(family, kind, protocol) as sock:
                sock.connect(address)  # of a datagram socket: looks the route up, sends nothing
        except OSError as fault:
            why = _said(fault)
        else:
            return ""
    return why


def hops(way: Probed) -> list[Coroutine[Any, Any, Finding]]:
    """The looks at where a carrier begins."""
    looks = [first_hop(way.name, places) for places in way.hops]
    if way.look is not None:
        looks.append(own_hop(way.name, way.look))
    return looks or [first_hop(way.name, ())]


async def own_hop(carrier: str, look: Callable[[], Awaitable[str]]) -> Finding:
    """What a look at this machine's own end of a carrier sees."""
    try:
        async with asyncio.timeout(CONNECT_S):
            return Finding(About.CARRIER, Health.WELL, await look(), carrier)
    except TimeoutError:
        detail = f"cannot be looked at within {CONNECT_S:g} s"
    except OpenlineError as error:
        detail = error.message
    return Finding(About.CARRIER, Health.ILL, detail, carrier)


async def first_hop(carrier: str, places: Sequence[Place]) -> Finding:
    """Whether a carrier can be reached where it begins: the first of its places that answers."""
    if not places:
        return Finding(About.CARRIER, Health.UNKNOWN, "has no place to connect to", carrier)
    faults = []
    for host, port in places:
        fault = await _no_connection(host, port)
        if not fault:
            return Finding(About.CARRIER, Health.WELL, f"{host} port {port} connects", carrier)
        faults.append(f"{host} port {port}: {fault}")
    return Finding(About.CARRIER, Health.ILL, "; ".join(faults), carrier)


async def _no_connection(host: str, port: int) -> str:
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return f"no connection within {CONNECT_S:g} s"
    except OSError as fault:
        return _said(fault)
    writer.close()
    return ""


def _said(fault: OSError) -> str:
    """The fault in the system's words: asyncio puts its own in their place."""
    if fault.errno is not None and fault.errno > 0:
        return os.strerror(fault.errno)
    return fault.strerror or str(fault)
