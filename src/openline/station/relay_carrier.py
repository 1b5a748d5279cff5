"""The relay carrier: a third station holds sealed parcels until the other side asks for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from openline.carriers.base import Arrived
from openline.carriers.https import HttpsCarrier
from openline.wire.relaying import read_held
from openline.words import limits

Write = Callable[[str, bytes, Sequence[bytes]], bytes]
"""Writes the signed request: for whom, what is to be held, and what was taken."""


@dataclass(slots=True)
class RelayCarrier:
    """Leaves parcels for `peer` at the relay that `https` reaches, and asks for its own there."""

    https: HttpsCarrier
    peer: str
    write: Write
    _taken: set[bytes] = field(default_factory=set)
    """What is stored here, until the relay was told."""
    _told: set[bytes] = field(default_factory=set)

    async def send(self, data: bytes) -> bytes:
        """Leave a parcel there; raises ``carrier-down`` or what the relay refuses it with."""
        read_held(await self.https.send(self.write(self.peer, data, ())))
        return b""

    async def collect(self, skip: Collection[str]) -> Sequence[Arrived]:
        """What the relay holds for us, from whomever. What does not open is let go of there."""
        known = {bytes.fromhex(name) for name in skip}
        self._told &= known
        useless = known - self._told
        taken = [*self._taken, *useless][: limits.COLLECTED]
        parcels = read_held(await self.https.send(self.write("", b"", taken)))
        self._taken -= set(taken)
        self._told |= useless & set(taken)
        named = ((sha256(sealed).hexdigest(), sealed) for sealed in parcels)
        return [Arrived(name, sealed) for name, sealed in named if name not in skip]

    async def forget(self, names: Sequence[str]) -> None:
        """The relay is told with the next question."""
        self._taken |= {bytes.fromhex(name) for name in names}

    async def back(self) -> None:
        """Ends when the relay takes connections again."""
        await self.https.back()

    async def close(self) -> None:
        """Close kept connections."""
        await self.https.close()
