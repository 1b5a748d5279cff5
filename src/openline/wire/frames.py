"""Small frames: a sealed parcel in pieces, for carriers that take 140 bytes or so, up to QR codes.

A frame is 7 bytes and a piece. The 7 bytes are 56 bits: 16 of the parcel's
hash, 13 of the frame's place, 13 of how many there are, 14 of a hash over all
of that and the piece: so one that was heard or typed wrongly is found out by
itself, and named. Seven is what a concatenated SMS leaves (133 of 140 bytes,
`words.limits.SMS_BYTES`), so light parcels fill whole frames.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from openline.words import limits
from openline.words.errors import OpenlineError, Whose

HEAD_BYTES = 7
_ID, _PLACE, _CHECK = 16, 13, 14
_GROUP = 4
_LINE = re.compile(r"\s*(?:([0-9]{1,4})/([0-9]{1,4})\s+)?([A-Za-z2-7 \t\r-]+)")


@dataclass(frozen=True, slots=True)
class Frame:
    """One piece: of which parcel (16 bits of its hash), which of how many, counted from 0."""

    parcel: int
    place: int
    count: int
    piece: bytes


def split(parcel: bytes, limit: int) -> list[bytes]:
    """The frames of a parcel, each of at most `limit` bytes.

    Raises ``bad-frames`` (ours) when that needs more than FRAMES, or `limit` is below FRAME_LEAST.
    """
    room = limit - HEAD_BYTES
    count = -(-len(parcel) // room) if limit >= limits.FRAME_LEAST else 0
    if not 0 < count <= limits.FRAMES:
        raise OpenlineError(
            "bad-frames",
            f"{len(parcel)} bytes do not go into frames of {limit} bytes (FRAMES, FRAME_LEAST)",
            rule="R-WIRE-31",
            next=f"give frames of at least {limits.FRAME_LEAST} bytes, or more to each",
        )
    own = _hash(parcel, _ID)
    pieces = (parcel[at * room : (at + 1) * room] for at in range(count))
    return [write_frame(Frame(own, place, count, piece)) for place, piece in enumerate(pieces)]


def write_frame(frame: Frame) -> bytes:
    """The bytes of a frame."""
    head = (frame.parcel << _PLACE | frame.place) << _PLACE | frame.count - 1
    check = _hash(head.to_bytes(6, "big") + frame.piece, _CHECK)
    return (head << _CHECK | check).to_bytes(HEAD_BYTES, "big") + frame.piece


def read_frame(data: bytes) -> Frame:
    """The frame that `data` is; raises ``bad-frame`` (carrier) when something in it is wrong."""
    head, check = divmod(int.from_bytes(data[:HEAD_BYTES], "big"), 1 << _CHECK)
    rest, last = divmod(head, 1 << _PLACE)
    parcel, place = divmod(rest, 1 << _PLACE)
    frame = Frame(parcel, place, last + 1, data[HEAD_BYTES:])
    whole = len(data) > HEAD_BYTES and place <= last < limits.FRAMES
    if not whole or _hash(head.to_bytes(6, "big") + frame.piece, _CHECK) != check:
        raise OpenlineError(
            "bad-frame",
            f"a frame of {len(data)} bytes was read, heard or typed wrongly",
            whose=Whose.CARRIER,
            rule="R-WIRE-32",
            next="compare it with what was sent, letter by letter",
        )
    return frame


def join(frames: Iterable[Frame]) -> tuple[list[bytes], list[str]]:
    """The parcels that are whole, and of each other one what is lacking: ``3/7`` for a place.

    The frames may come in any order, doubled, and of several parcels.
    """
    found: dict[tuple[int, int], dict[int, bytes]] = {}
    for frame in frames:
        found.setdefault((frame.parcel, frame.count), {})[frame.place] = frame.piece
    parcels, lacking = [], []
    for (own, count), pieces in found.items():
        missing = [f"{at + 1}/{count}" for at in range(count) if at not in pieces]
        parcel = b"".join(pieces.get(at, b"") for at in range(count))
        if missing:
            lacking += missing
        elif _hash(parcel, _ID) == own:
            parcels.append(parcel)
        else:
            lacking.append(f"all {count}: they do not belong together")
    return parcels, lacking


# ---- as text, to be read aloud ---------------------------------------------------------


def compact(frame: bytes) -> str:
    """A frame as base32 (RFC 4648) without groups, as a QR code holds it best."""
    return b32encode(frame).decode().rstrip("=")


def text(frames: Sequence[bytes]) -> str:
    """Frames in lines: place and count, then base32 in groups of four letters and digits."""
    lines = []
    for place, frame in enumerate(frames, 1):
        letters = compact(frame)
        groups = (letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
        lines.append(f"{place}/{len(frames)} {' '.join(groups)}\n")
    return "".join(lines)


def read_text(said: str) -> list[Frame]:
    """The frames in lines of text, whoever wrote them down, in capitals or not.

    Raises ``bad-frame`` (carrier), naming the line.
    """
    frames = []
    for number, line in enumerate(said.splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        try:
            letters = re.sub(r"[\s-]", "", match[3]).upper() if match else "1"
            data = b32decode(letters + "=" * (-len(letters) % 8))
            frames.append(read_frame(data))
        except (ValueError, OpenlineError):
            raise OpenlineError(
                "bad-frame",
                f"line {number} was read, heard or typed wrongly",
                whose=Whose.CARRIER,
                rule="R-WIRE-32",
                next="compare that line with what was sent, letter by letter",
            ) from None
        if len(frames) > limits.FRAMES:
            raise OpenlineError(
                "too-large",
                f"more than {limits.FRAMES} frames (FRAMES)",
                rule="R-WIRE-31",
                next="give them in several files",
            )
    return frames


def _hash(data: bytes, bits: int) -> int:
    return int.from_bytes(sha256(data).digest()[:4], "big") >> (32 - bits)
