"""A one-way carrier whose pieces are small: each parcel travels as frames and is joined again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from openline.carriers.base import Arrived
from openline.carriers.folder import FolderCarrier
from openline.wire import frames
from openline.words import limits
from openline.words.errors import OpenlineError


@dataclass(frozen=True, slots=True)
class Framed:
    """`inner`, which takes at most `limit` bytes at a time."""

    inner: FolderCarrier
    limit: int

    async def send(self, data: bytes) -> bytes:
        """Hand the frames of a parcel over, all or none."""
        await self.inner.put(frames.split(data, self.limit))
        return b""

    async def collect(self, skip: Collection[str]) -> Sequence[Arrived]:
        """The parcels whose frames are all there; other frames are left until they are.

        What is no frame comes as it is, to be counted as what does not open; so do some frames
        where as many as are looked at make no parcel, or these would keep all others away.
        """
        parcels: dict[tuple[int, int], dict[int, Arrived]] = {}
        found = []
        came = await self.inner.collect(skip)
        for arrived in came:
            try:
                frame = frames.read_frame(arrived.data)
            except OpenlineError:
                found.append(arrived)
                continue
            piece = Arrived(arrived.name, frame.piece)
            parcels.setdefault((frame.parcel, frame.count), {})[frame.place] = piece
        for (_, count), pieces in parcels.items():
            if len(pieces) == count:
                whole = [pieces[place] for place in range(count)]
                names = "/".join(each.name for each in whole)
                if names not in skip:
                    found.append(Arrived(names, b"".join(each.data for each in whole)))
        is_flood = not found and len(came) == self.inner.batch
        return came[: limits.COLLECTED] if is_flood else found

    async def forget(self, names: Sequence[str]) -> None:
        """Forget every frame of what is stored."""
        await self.inner.forget([each for name in names for each in name.split("/")])

    async def back(self) -> None:
        """As the carrier itself."""
        await self.inner.back()

    async def close(self) -> None:
        """As the carrier itself."""
        await self.inner.close()
