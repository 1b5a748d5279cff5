"""The folder carrier: sealed parcels as files, for a stick, a synced folder, a data diode.

A file appears whole or not at all: it is written under another name first. Its
name says when it was put there and nothing else; its folder says for whom.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from openline.carriers.base import Arrived, Held, down
from openline.carriers.knock import KNOCK_S
from openline.words import limits
from openline.words.errors import OpenlineError

SUFFIX = ".openline"
FOLDER_FILES, FOLDER_BYTES = 1_000, 64 << 20
"""What lies in it at the most unless it was set otherwise."""
_CHECKED = 4_096
"""Bytes that are written where somebody looks whether any can be."""


@dataclass(slots=True)
class FolderCarrier:
    """Puts parcels into the folder `out` and takes them from the folder `into`; either may be none.

    At most `files` files of together `size` bytes lie in `out`: a courier who does not come
    fills no disk (R-CAR-11). With `shared` both lie in one folder and are made in it. Of a file
    in `into` not more than `most` bytes and one are read, whoever put it there.
    """

    out: Path | None
    into: Path | None
    files: int = FOLDER_FILES
    size: int = FOLDER_BYTES
    shared: bool = False
    batch: int = limits.COLLECTED
    most: int = limits.PARCEL_BYTES
    _refused: tuple[int, int] = (1, 1)
    """How many files of how many bytes found no room the last time."""

    async def send(self, data: bytes) -> bytes:
        """Put a parcel there; raises ``carrier-down``."""
        await self.put((data,))
        return b""

    async def put(self, files: Sequence[bytes]) -> None:
        """Put all of them there, or none; raises ``carrier-down``."""
        await asyncio.to_thread(self._put, files)

    async def look(self) -> str:
        """What is seen of its folders from here; raises ``carrier-down`` that says what is wrong.

        A file is written where parcels are put, and gone again.
        """
        return await asyncio.to_thread(self._look)

    async def collect(self, skip: Collection[str]) -> Sequence[Arrived]:
        """The oldest `batch` parcels that lie there, but for those named in `skip`.

        Any, once there are more to skip than are remembered: what is none holds nothing up.
        """
        return await asyncio.to_thread(self._found, skip)

    async def forget(self, names: Sequence[str]) -> None:
        """Remove what is stored; where that may not be, it is left."""
        for name in names:
            if self.into is not None:
                with suppress(OSError):
                    (self.into / name.partition("?")[0]).unlink()

    async def back(self) -> None:
        """Ends when the folder is there again, or has room again for what found none.

        Where it looks sound from the start the fault lies deeper, and this never ends.
        """
        if self.out is None or not await self._lacking():
            await asyncio.Event().wait()
        while await self._lacking():
            await asyncio.sleep(KNOCK_S)

    async def close(self) -> None:
        """Nothing is open."""

    async def _lacking(self) -> str:
        return "" if self.out is None else await asyncio.to_thread(self._lacks, self.out)

    def _make(self) -> None:
        for folder in (self.out, self.into) if self.shared else ():
            if folder is not None:
                with suppress(OSError):  # what it lies in is told of by whoever looks there
                    folder.mkdir(exist_ok=True)

    def _lacks(self, out: Path) -> str:
        """Why what was refused last, or a file at all, cannot be put there; empty when it can."""
        self._make()
        count, size = self._refused
        held = lying(out)
        if held is None:
            return f"the folder {out} is not there"
        if count > self.files or size > self.size:
            return f"the folder {out} is set to hold less than one parcel, of {size} bytes"
        if held.parcels + count > self.files or held.size + size > self.size:
            return f"the folder {out} is full: {held.parcels} parcels were not taken"
        return "" if os.access(out, os.W_OK) else f"the folder {out} may not be written to"

    def _put(self, files: Sequence[bytes]) -> None:
        if self.out is None:
            raise down("it only brings and takes nothing along", "add `out` to its options")
        self._refused = len(files), sum(map(len, files))
        if why := self._lacks(self.out):
            raise down(why)
        self._refused = (1, 1)
        put: list[Path] = []
        try:
            for data in files:
                put.append(self.out / f"{_now_ms():013d}-{secrets.token_hex(4)}{SUFFIX}")
                _write(put[-1], data)
            _sync(self.out)
        except OSError as error:
            for path in put:
                with suppress(OSError):
                    path.unlink()
            raise _fault(self.out, error) from None

    def _look(self) -> str:
        seen = []
        if self.out is not None:
            if why := self._lacks(self.out):
                raise down(why)
            try:
                _write(self.out / f"{secrets.token_hex(4)}.check", bytes(_CHECKED)).unlink()
            except OSError as error:
                raise _fault(self.out, error) from None
            held = lying(self.out) or Held(0, 0, 0)
            seen.append(f"{self.out} takes files, {held.parcels} of {self.files} parcels lie there")
        if self.into is not None:
            self._make()
            _names(self.into)
            seen.append(f"{self.into} can be read")
        return "; ".join(seen)

    def _found(self, skip: Collection[str]) -> list[Arrived]:
        if self.into is None:
            return []
        self._make()
        paths = [self.into / name for name in _names(self.into)]
        if len(skip) >= limits.UNREADABLE:
            random.shuffle(paths)
        found: list[Arrived] = []
        for path in paths:
            arrived = self._read(path, skip)
            if arrived is not None:
                found.append(arrived)
            if len(found) == self.batch:
                break
        return found

    def _read(self, path: Path, skip: Collection[str]) -> Arrived | None:
        """What a file brings; nothing where it may not be read, None where it is to be skipped."""
        try:
            status = path.stat()
            name = f"{path.name}?{status.st_size}.{status.st_mtime_ns}.{status.st_ctime_ns}"
            if name in skip or not path.is_file():
                return None
        except OSError:  # whoever syncs the folder has just taken it away
            return None
        try:
            with path.open("rb") as file:
                return Arrived(name, file.read(self.most + 1))
        except OSError:
            return Arrived(name, b"")


def _names(folder: Path) -> list[str]:
    """The parcels' names, the oldest first; raises ``carrier-down``."""
    try:
        return sorted(each.name for each in folder.iterdir() if _is_parcel(each.name))
    except FileNotFoundError:
        raise down(f"the folder {folder} is not there") from None
    except OSError as error:
        raise _fault(folder, error) from None


def _is_parcel(name: str) -> bool:
    return name.endswith(SUFFIX) and not name.startswith(".")


def lying(folder: Path) -> Held | None:
    """What lies in a folder on its way; None where there is no such folder."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _is_parcel(entry.name):
                    with suppress(FileNotFoundError):  # the courier has just taken it
                        found.append(entry.stat())
    except OSError:
        return None
    oldest = min((status.st_mtime for status in found), default=time.time())
    total = sum(status.st_size for status in found)
    return Held(len(found), total, max(time.time() - oldest, 0))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _write(path: Path, data: bytes) -> Path:
    """Have a file appear whole under its name, or not at all."""
    building = path.with_name(f".{path.name}.part")
    try:
        with building.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return building.rename(path)
    except OSError:
        with suppress(OSError):
            building.unlink()
        raise


def _fault(folder: Path, error: OSError) -> OpenlineError:
    return down(f"the folder {folder}: {error.strerror}")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
