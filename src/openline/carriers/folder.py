"""The folder carrier: sealed parcels as files, for a stick, a synced folder, a data diode.

A file appears whole or not at all: it is written under another name first. Its
name says when it was put there and nothing else; its folder says for whom.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from openline.carriers.base import Arrived, Held, down
from openline.carriers.knock import KNOCK_S
from openline.words import limits

SUFFIX = ".openline"
FOLDER_FILES, FOLDER_BYTES = 1_000, 64 << 20
"""What lies in it at the most unless it was set otherwise."""


@dataclass(slots=True)
class FolderCarrier:
    """Puts parcels into the folder `out` and takes them from the folder `into`; either may be none.

    At most `files` files of together `size` bytes lie in `out`: a courier who does not come
    fills no disk (R-CAR-11). With `shared` both lie in one folder and are made in it.
    """

    out: Path | None
    into: Path | None
    files: int = FOLDER_FILES
    size: int = FOLDER_BYTES
    shared: bool = False
    batch: int = limits.COLLECTED

    async def send(self, data: bytes) -> bytes:
        """Put a parcel there; raises ``carrier-down``."""
        await asyncio.to_thread(self._put, data)
        return b""

    async def collect(self, skip: Collection[str]) -> Sequence[Arrived]:
        """The oldest `batch` parcels that lie there, but for those named in `skip`."""
        return await asyncio.to_thread(self._found, skip)

    async def forget(self, names: Sequence[str]) -> None:
        """Remove what is stored; where that may not be, it is left."""
        for name in names:
            if self.into is not None:
                with suppress(OSError):
                    (self.into / name.partition("?")[0]).unlink()

    async def back(self) -> None:
        """Ends when the folder is there again, or has room again."""
        while not await asyncio.to_thread(self._may_write):
            await asyncio.sleep(KNOCK_S)

    async def close(self) -> None:
        """Nothing is open."""

    def _make(self) -> None:
        for folder in (self.out, self.into) if self.shared else ():
            if folder is not None:
                with suppress(OSError):  # what it lies in is told of by whoever looks there
                    folder.mkdir(exist_ok=True)

    def _may_write(self) -> bool:
        if self.out is None:
            return False
        self._make()
        held = lying(self.out)
        room = held is not None and held.parcels < self.files and held.size < self.size
        return room and os.access(self.out, os.W_OK)

    def _put(self, data: bytes) -> None:
        if self.out is None:
            raise down("it only brings and takes nothing along", "add `out` to its options")
        self._make()
        held = lying(self.out)
        if held is None:
            raise down(f"the folder {self.out} is not there")
        if held.parcels >= self.files or held.size + len(data) > self.size:
            raise down(f"the folder {self.out} is full: {held.parcels} parcels were not taken")
        name = f"{time.time_ns() // 1_000_000:013d}-{secrets.token_hex(4)}{SUFFIX}"
        building = self.out / f".{name}.part"
        try:
            with building.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            building.rename(self.out / name)
            _sync(self.out)
        except OSError as error:
            with suppress(OSError):
                building.unlink()
            raise down(f"the folder {self.out}: {error.strerror}") from None

    def _found(self, skip: Collection[str]) -> list[Arrived]:
        if self.into is None:
            return []
        self._make()
        found: list[Arrived] = []
        try:
            for path in sorted(self.into.glob(f"[!.]*{SUFFIX}")):
                status = path.stat()
                name = f"{path.name}?{status.st_size}.{status.st_mtime_ns}"
                if name not in skip and path.is_file():
                    with path.open("rb") as file:
                        found.append(Arrived(name, file.read(limits.PARCEL_BYTES + 1)))
                if len(found) == self.batch:
                    break
        except OSError as error:
            raise down(f"the folder {self.into}: {error.strerror}") from None
        if not self.into.is_dir():
            raise down(f"the folder {self.into} is not there")
        return found


def lying(folder: Path) -> Held | None:
    """What lies in a folder on its way; None where there is no such folder."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(SUFFIX) and not entry.name.startswith("."):
                    with suppress(FileNotFoundError):  # the courier has just taken it
                        found.append(entry.stat())
    except OSError:
        return None
    oldest = min((status.st_mtime for status in found), default=time.time())
    total = sum(status.st_size for status in found)
    return Held(len(found), total, max(time.time() - oldest, 0))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
