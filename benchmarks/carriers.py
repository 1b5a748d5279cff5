"""Each carrier alone: the time from send to receipt, and the bytes that both sides send for it.

Both stations run in one process here, and one-way carriers are looked into
every POLL_S: with a carrier's own default the time is up to two of those. The floor
beside each is the carrier alone, without stations: so many bytes there and back.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.plan import FIELDS, FORM, WAIT_S, Plan
from benchmarks.spread import Spread, spread
from openline.carriers.base import Carrier, OneWay
from openline.carriers.https import listener
from openline.station import acts, serving
from openline.station.carrying import carrier_of
from openline.station.facade import Facade
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.station.host import Host
from openline.station.station import Station
from openline.station.trace import to_stderr
from openline.wire.card import card_text, fingerprint

SIDES = ("us", "ru")
PEERS = {"us": "ru", "ru": "us"}
TESTS = Path(__file__).parent.parent / "tests"
POLL_S = 0.05
NOWHERE = "https://127.0.0.1:1"


@dataclass(frozen=True)
class Carried:
    """What one carrier takes for messages of 200 bytes of text, sent one after another."""

    carrier: str
    messages: int
    latency: Spread | None
    """None where a person carries."""
    floor: Spread | None
    """The carrier alone takes half of the bytes there and half back, looked into without pause."""
    bytes: float
    """Sealed bytes that both sides sent for each message, receipts and all."""


def measure(folder: Path, plan: Plan) -> list[Carried]:
    """HTTPS, a folder, mail where servers can run, and frames of 140 bytes by hand."""
    to_stderr()
    folder.mkdir()
    found_out = [_alone(folder, "https", plan), _alone(folder, "folder", plan)]
    sys.path.append(str(TESTS))  # where the mail servers of the tests are
    import mailserver  # noqa: PLC0415

    if not mailserver.why_not():
        with mailserver.opened_post() as post:
            given = {side: post.options(side, peer) for side, peer in PEERS.items()}
            secret = {"password": mailserver.PASSWORD}
            found_out.append(_alone(folder, "mail", plan, given, secret))
    return [*found_out, _by_hand(folder / "hand", plan.carried)]


def _alone(
    folder: Path,
    kind: str,
    plan: Plan,
    options: Mapping[str, Mapping[str, str]] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Carried:
    with tempfile.TemporaryDirectory() as shared:
        given = options or {side: {"path": shared} for side in SIDES}
        each = {side: {**given[side], "poll_s": str(POLL_S)} for side in SIDES}
        return asyncio.run(_carried(folder / kind, kind, each, secrets or {}, plan.carried))


def _joined(home: Path, addresses: Mapping[str, str]) -> None:
    home.mkdir()
    cards = {p: found(Folder(home / p), Founding(p, p, (addresses[p],))) for p in SIDES}
    for party, peer in PEERS.items():
        station = Station(Folder(home / party))
        acts.join(station, card_text(cards[peer]), fingerprint(cards[peer]))
        station.close()


async def _carried(
    home: Path,
    kind: str,
    options: Mapping[str, Mapping[str, str]],
    secrets: Mapping[str, str],
    count: int,
) -> Carried:
    ports = {party: _free_port() for party in SIDES}
    by_https = {party: f"https://127.0.0.1:{port}" for party, port in ports.items()}
    _joined(home, by_https if kind == "https" else dict.fromkeys(SIDES, NOWHERE))
    async with AsyncExitStack() as stack:
        hosts = {
            party: await stack.enter_async_context(
                Host(Folder(home / party), ("127.0.0.1", ports[party]))
            )
            for party in SIDES
        }
        us = hosts["us"]
        for party, host in hosts.items() if kind != "https" else ():
            peer, given = PEERS[party], options[party]
            added = host.facade.carrier_add
            await asyncio.to_thread(added, peer, kind, options=given, secrets=secrets)
            await asyncio.to_thread(host.facade.carrier_switch, peer, "https", False)
        await _sent(us)  # the first messages of both records, and whatever comes with them
        before = _bytes(us, kind)
        taken = [await _sent(us) for _ in range(count)]
        weight = (_bytes(us, kind) - before) / count
    bare = await _bare(home, kind, ports["ru"], os.urandom(int(weight / 2)), count)
    return Carried(kind, count, spread(taken), spread(bare), weight)


async def _bare(home: Path, kind: str, port: int, data: bytes, count: int) -> list[float]:
    """Seconds in which the carriers that both sides set bring `data` there and back."""
    async with AsyncExitStack() as stack:
        ends = []
        for party, peer in PEERS.items():
            station = Station(Folder(home / party))
            stack.callback(station.close)
            (way,) = [way for way in station.carriers_of(peer) if way.setting.kind == kind]
            ends.append(carrier_of(station, way.setting))
            stack.push_async_callback(ends[-1].close)
        if kind == "https":
            sock = serving.bind("127.0.0.1", port, "--listen")
            running = await serving.run(listener(_same), sock, Folder(home / "ru").certificate)
            stack.push_async_callback(running.stop)
        taken = []
        for _ in range(count + 1):  # the first makes connections
            begun = time.perf_counter()
            for one, other in (ends, ends[::-1]) if kind != "https" else (ends,):
                await one.send(data)
                await _collected(other)
            taken.append(time.perf_counter() - begun)
        return taken[1:]


async def _collected(carrier: Carrier) -> None:
    if isinstance(carrier, OneWay):
        while not (arrived := await carrier.collect(())):
            pass
        await carrier.forget([each.name for each in arrived])


async def _same(sealed: bytes) -> bytes:
    return sealed


async def _sent(host: Host) -> float:
    begun = time.perf_counter()
    done = await asyncio.to_thread(host.facade.send, ["ru"], FORM, FIELDS, wait=WAIT_S)
    if done["state"] != "received":
        raise RuntimeError(f"no receipt within {WAIT_S} s")
    return time.perf_counter() - begun


def _bytes(host: Host, kind: str) -> int:
    (way,) = [way for way in host.station.carriers_of("ru") if way.setting.kind == kind]
    return way.bytes_out + way.bytes_in


def _by_hand(home: Path, count: int) -> Carried:
    _joined(home, dict.fromkeys(SIDES, NOWHERE))
    us, ru = (Station(Folder(home / party)) for party in SIDES)
    try:
        ours, theirs = Facade(us), Facade(ru)
        _by_hand_once(ours, theirs)
        weights = [_by_hand_once(ours, theirs) for _ in range(count)]
    finally:
        us.close()
        ru.close()
    return Carried("frames of 140 bytes", count, None, None, sum(weights) / count)


def _by_hand_once(ours: Facade, theirs: Facade) -> int:
    id = ours.send(["ru"], FORM, FIELDS)["id"]
    there: dict[str, Any] = ours.carry_out("ru", 140, 4_000)
    theirs.carry_in(there["text"])
    back = theirs.carry_out("us", 140, 4_000)
    ours.carry_in(back["text"])
    if ours.show(id)["state"] != "received":
        raise RuntimeError("no receipt came back")
    return int(there["bytes"] + back["bytes"])


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
