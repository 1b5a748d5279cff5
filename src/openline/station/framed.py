"""A one-way carrier whose pieces are small: each parcel travels as frames and is joined again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from openline.carriers.base import Arrived, OneWay
from openline.wire import frames
from openline.words.errors import OpenlineError


@dataclass(frozen=True, slots=True)
class Framed:
    """`inner`, which takes at most `limit` bytes at a time."""

    inner: OneWay
    limit: int

    async def send(self, data: bytes) -> bytes:
        """Hand the frames of a parcel over, one after another."""
        for frame in frames.split(data, self.limit):
            await self.inner.send(frame)
        return b""

    async def collect(self, skip: Collection[str]) -> Sequence[Arrived]:
        """The parcels whose frames are all there; other frames are left until they are.

        What is no frame comes as it is, to be counted as what does not open.
        """
        parcels: dict[tuple[int, int], dict[int, Arrived]] = {}
        found = []
        for arrived in await self.inner.collect(skip):
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
                found.append(Arrived(names, b"".join(each.data for each in whole)))
        return found

    async def forget(self, names: Sequence[str]) -> None:
        """Forget every frame of what is stored."""
        await self.inner.forget([each for name in names for each in name.split("/")])

    async def back(self) -> None:
        """As the carrier itself."""
        await self.inner.back()

    async def close(self) -> None:
        """As the carrier itself."""
        await self.inner.close()
