"""What every carrier is: a way for opaque, sealed bytes to travel to one peer.

A two-way carrier brings the peer's answer back at once. A one-way carrier takes
bytes as a letter-box does; what comes is collected from it, and forgotten by it
only once it is stored here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

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

    async def send(self, data: bytes) -> bytes:
        """Hand sealed bytes over; the peer's sealed answer, empty where none comes this way."""

    async def back(self) -> None:
        """Ends when a carrier that failed looks as if it worked again; never, if that is unseen."""

    async def close(self) -> None:
        """Give up connections."""


@runtime_checkable
class OneWay(Carrier, Protocol):
    """A carrier that takes bytes as a letter-box does, and is looked into for what has come."""

    async def collect(self, skip: Collection[str]) -> Sequence[Arrived]:
        """What has come and was not forgotten yet, but for what is named in `skip`."""

    async def forget(self, names: Sequence[str]) -> None:
        """These are stored."""


def down(what: str, next: str = "the station tries again by itself") -> OpenlineError:
    """The ``carrier-down`` that says what does not work."""
    return OpenlineError(
        "carrier-down", what[:300], whose=Whose.CARRIER, rule="R-CARR-03", next=next
    )
