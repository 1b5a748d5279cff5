"""The high-water mark: how far this station has signed, kept outside its database.

A database that is brought back from a copy, by whatever means, stands behind
the mark; what it would number next was signed before. The mark is written in
place after each commit and before anything leaves. It knows its own file, so a
copied folder is noticed as well. It outlives every crash of the process; a
power failure may set it back by what the system had not yet written, which
matters only if an old copy is brought back in the same moment.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from openline.line.records import LineState
from openline.station.heads import Line
from openline.words import limits

_MAGIC = b"openline mark 1\n"
_SLOT = struct.Struct(">32sQQQ")
"""Party, epoch, size, received; a checksum of four bytes follows. A slot never crosses a page."""
_HEAD = struct.Struct(">16sQQ")
"""Magic, device and inode of the file itself."""
_SLOT_BYTES = 64


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a line's own record was signed, and how much of the peer's was receipted.

    `received` counts the peer's messages, all epochs together: whoever forgets them must say so,
    since the peer sends no more what we have receipted.
    """

    epoch: int
    size: int
    received: int


class Mark:
    """The mark of one station. `reached` is None where it is missing, damaged or a copy."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._slots: dict[str, int] = {}
        self._written: dict[str, tuple[int, int, int]] = {}
        self.known = self._read()
        """What stands in the file, by peer, whether or not it can be relied on."""
        self.is_sound = self._own_head() == os.pread(self._handle, _SLOT_BYTES, 0)

    def behind(self, lines: Mapping[str, Line]) -> bool:
        """Whether these lines lack something that this station has signed before."""
        return any(
            peer not in lines or _lacks(lines[peer].state, reached)
            for peer, reached in self.known.items()
        )

    def begin(self, lines: Mapping[str, Line]) -> None:
        """Make the file say what these lines hold, and that it is this station's own."""
        os.ftruncate(self._handle, 0)
        self._slots, self._written = {}, {}
        self.write(lines)
        os.pwrite(self._handle, self._own_head(), 0)
        os.fsync(self._handle)

    def write(self, lines: Mapping[str, Line]) -> None:
        """Set the mark to what these lines have signed."""
        for peer, line in lines.items():
            out = line.state.out
            reached = (out.direction.epoch, out.size, _received(line.state))
            if self._written.get(peer) != reached:
                slot = self._slots.setdefault(peer, len(self._slots) + 1)
                data = _checked(_SLOT.pack(peer.encode(), *reached))
                os.pwrite(self._handle, data, slot * _SLOT_BYTES)
                self._written[peer] = reached

    def close(self) -> None:
        """Write it to the disk for good."""
        os.fsync(self._handle)
        os.close(self._handle)

    def _own_head(self) -> bytes:
        stat = os.fstat(self._handle)
        return _checked(_HEAD.pack(_MAGIC, stat.st_dev, stat.st_ino))

    def _read(self) -> dict[str, Reached]:
        data = os.pread(self._handle, (limits.LINES + 1) * _SLOT_BYTES, 0)
        known = {}
        for at in range(_SLOT_BYTES, len(data), _SLOT_BYTES):
            slot = data[at : at + _SLOT_BYTES]
            if _checked(slot[: _SLOT.size]) == slot:
                party, *reached = _SLOT.unpack(slot[: _SLOT.size])
                known[party.rstrip(b"\0").decode()] = Reached(*reached)
        return known


def _lacks(state: LineState, reached: Reached) -> bool:
    return state.sent_in(reached.epoch).size < reached.size or _received(state) < reached.received


def _received(state: LineState) -> int:
    return sum(each.given_size for each in state.received.values())


def _checked(data: bytes) -> bytes:
    return (data + crc32(data).to_bytes(4, "big")).ljust(_SLOT_BYTES, b"\0")
