"""What every carrier is: a way for opaque, sealed bytes to travel to one peer.

A two-way carrier brings the peer's answer back at once. A one-way carrier takes
bytes as a letter-box does; what comes is collected from it, and forgotten by it
only once it is stored here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from openline.words.errors import OpenlineError, Whose


class Arrived(NamedTuple):
    """Something that a one-way carrier brought, and by which name it is forgotten."""

    name: str
    data: bytes


class Held(NamedTuple):
    """What lies in a carrier on its way to the peer, as far as it can tell."""

    parcels: int
    size: int
    """In bytes, all together."""
    oldest_s: float
    """Age of the oldest, in seconds."""


class Carrier(Protocol):
    """A way to one peer. All its methods raise ``carrier-down`` when it does not work."""

    @property
    def two_way(self) -> bool:
        """Whether `send` brings the peer's answer."""

    async def send(self, data: bytes) -> bytes:
        """Hand sealed bytes over; the peer's sealed answer, empty where there is none."""

    async def collect(self) -> Sequence[Arrived]:
        """What has come from the peer and was not forgotten yet; of a two-way carrier nothing."""

    async def forget(self, names: Sequence[str]) -> None:
        """These are stored."""

    async def held(self) -> Held | None:
        """What lies in it; None when nobody can tell."""

    async def back(self) -> None:
        """Ends when a carrier that failed looks as if it worked again; never, if that is unseen."""

    async def close(self) -> None:
        """Give up connections."""


def down(what: str, next: str = "the station tries again by itself") -> OpenlineError:
    """The ``carrier-down`` that says what does not work."""
    return OpenlineError(
        "carrier-down", what[:300], whose=Whose.CARRIER, rule="R-CARR-03", next=next
    )
