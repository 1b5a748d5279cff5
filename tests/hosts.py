"""Two stations at work in this event loop, joined, whose carriers a test chooses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from openline.station import acts
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.station.host import Host
from openline.station.station import Station
from openline.wire.card import Card, card_text, fingerprint

PATIENCE_S = 60
NOWHERE = "https://127.0.0.1:1"
"""An address at which nobody listens."""


def found_joined(folder: Path, *parties: str, ports: Mapping[str, int] | None = None) -> None:
    """Make stations of `parties` in `folder`, every two of them joined.

    HTTPS leads to nowhere but for those who have `ports`.
    """
    cards: dict[str, Card] = {}
    for party in parties:
        at = f"https://127.0.0.1:{ports[party]}" if party in (ports := ports or {}) else NOWHERE
        cards[party] = found(Folder(folder / party), Founding(party, f"{party} side", (at,)))
    for party in parties:
        station = Station(Folder(folder / party))
        for card in cards.values():
            if card.party != party:
                acts.join(station, card_text(card), fingerprint(card))
        station.close()


@asynccontextmanager
async def hosts(
    folder: Path, *parties: str, ports: Mapping[str, int] | None = None
) -> AsyncIterator[list[Host]]:
    """The stations of `found_joined`, at work."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                Host(Folder(folder / party), ("127.0.0.1", (ports or {}).get(party, 0)))
            )
            for party in parties
        ]


async def ask(host: Host, method: str, *args: Any, **named: Any) -> Any:
    """What the facade answers, without blocking the loop."""
    return await asyncio.to_thread(getattr(host.facade, method), *args, **named)


async def until(host: Host, holds: Callable[[], Any]) -> Any:
    """Wait, from change to change of a station, until something holds; returns it."""
    count = 0
    async with asyncio.timeout(PATIENCE_S):
        while not (found_it := await asyncio.to_thread(holds)):
            count = await asyncio.to_thread(host.station.changes.wait, count, 0.5)
        return found_it


def texts(host: Host) -> list[str]:
    """The texts that have come, oldest first."""
    found_them = host.facade.messages()["messages"]
    came = (m for m in found_them if m["direction"] == "in" and m["form"] == "text")
    return [m["fields"]["text"] for m in came]


def states(host: Host) -> dict[str, str]:
    """The states of our own texts."""
    found_them = host.facade.messages()["messages"]
    return {
        m["fields"]["text"]: m["state"]
        for m in found_them
        if m["direction"] == "out" and m["form"] == "text"
    }


def carrier(host: Host, line: str, name: str) -> dict[str, Any]:
    """One carrier, as `openline carriers --json` shows it."""
    for each in host.facade.carriers()["lines"]:
        if each["line"] == line:
            found_it: dict[str, Any] = next(c for c in each["carriers"] if c["name"] == name)
            return found_it
    raise KeyError(line)
