"""Checkpoints: a record's head as a signed note, for witnesses and tools that are not Openline's.

C2SP signed-note, tlog-checkpoint and tlog-cosignature, version 1 each: three
lines of text (origin, size, root), an empty line, and signatures of two kinds,
the record's sender's own and cosignatures with a time. Written and read in one
way only: no lines of extension.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from openline.record.tree import HASH_BYTES
from openline.wire.keys import SIGNATURE_BYTES, SigningKey, verify
from openline.wire.quantum import Head
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment
from openline.words.party import Direction

NOTE, COSIGNATURE = 0x01, 0x04
"""Types of signature: Ed25519 over the text, and Ed25519 with a time over text and time."""

_PREFIX = "openline/"
_ID_BYTES, _TIME_BYTES = 4, 8
_LINE = re.compile(r"— ([^\s+\x00-\x1f\x7f]{1,255}) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line of signature: who, which key (4 bytes), and what it made of the text."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        """The line, without its end."""
        return f"— {self.name} {b64encode(self.key_id + self.signature).decode()}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A record's head, and who has signed it; whose signatures hold is for `check` to say."""

    head: Head
    signatures: tuple[NoteSignature, ...] = ()

    @property
    def text(self) -> str:
        """What is signed: three lines, each with its end."""
        root = b64encode(self.head.root).decode()
        return f"{origin(self.head.direction)}\n{self.head.size}\n{root}\n"

    def __str__(self) -> str:
        """The whole note."""
        return self.text + "\n" + "".join(f"{line}\n" for line in self.signatures)

    def lines_by(self, name: str) -> tuple[NoteSignature, ...]:
        """The lines of signature in this name, whatever they are worth."""
        return tuple(line for line in self.signatures if line.name == name)

    def signed_also_by(self, signatures: Sequence[NoteSignature]) -> Checkpoint:
        """With these signatures added, each once."""
        new = dict.fromkeys((*self.signatures, *signatures))
        return replace(self, signatures=tuple(new))


def origin(direction: Direction) -> str:
    """A record's name as an origin, and its sender's as a signer: ``openline/us/ru/1``."""
    return f"{_PREFIX}{direction}"


def cosigner(party: str) -> str:
    """A party's name as a cosigner: ``openline/ru``."""
    return _PREFIX + party


def verifier_key(name: str, kind: int, public: bytes) -> str:
    """The text by which other tools are given a key: ``name+id+base64`` (signed-note's vkey)."""
    material = b64encode(bytes([kind]) + public).decode()
    return f"{name}+{_key_id(name, kind, public).hex()}+{material}"


def sign_checkpoint(key: SigningKey, head: Head) -> Checkpoint:
    """The checkpoint of a record, signed by its sender."""
    checkpoint = Checkpoint(head)
    name = origin(head.direction)
    signature = key.sign(checkpoint.text.encode())
    return replace(
        checkpoint,
        signatures=(NoteSignature(name, _key_id(name, NOTE, key.public), signature),),
    )


def cosign(key: SigningKey, party: str, checkpoint: Checkpoint, at: Moment) -> NoteSignature:
    """`party`'s cosignature: of all heads of this record that it has seen, this is the largest.

    Its time has whole seconds.
    """
    name, seconds = cosigner(party), at.ms // 1000
    signature = key.sign(_cosigned(checkpoint, seconds))
    stamped = seconds.to_bytes(_TIME_BYTES, "big") + signature
    return NoteSignature(name, _key_id(name, COSIGNATURE, key.public), stamped)


def check_checkpoint(checkpoint: Checkpoint, public: bytes) -> None:
    """Pass when the record's sender, whose key is `public`, signed it.

    Raises ``bad-checkpoint`` (theirs) when it did not, or one line in its name does not hold.
    """
    name = origin(checkpoint.head.direction)
    found = _lines_of(checkpoint, name, NOTE, public)
    text = checkpoint.text.encode()
    if not found or not all(_holds(public, line.signature, text) for line in found):
        raise _refused("the record's sender has not signed it", "R-HEAD-05")


def check_cosignature(checkpoint: Checkpoint, party: str, public: bytes) -> Moment:
    """When `party`, whose key is `public`, last cosigned it.

    Raises ``bad-checkpoint`` (theirs) when it did not, or one line in its name does not hold.
    """
    found = _lines_of(checkpoint, cosigner(party), COSIGNATURE, public)
    times = [_cosigned_at(checkpoint, line.signature, public) for line in found]
    last = max((at for at in times if at is not None), default=None)
    if last is None or None in times:
        raise _refused(f"{party} has not cosigned it", "R-HEAD-06")
    return last


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note that `str` could have written, no signature checked.

    Raises ``bad-checkpoint`` (theirs).
    """
    if len(text.encode("utf-8", "replace")) > limits.NOTE_BYTES:
        raise _refused(f"it has more than {limits.NOTE_BYTES} bytes (NOTE_BYTES)", "R-HEAD-04")
    body, _, rest = text.partition("\n\n")
    head = _read_head(body.split("\n"))
    lines = rest.split("\n")
    if lines.pop() or not 1 <= len(lines) <= limits.NOTE_SIGNATURES:
        raise _refused(f"it has not 1 to {limits.NOTE_SIGNATURES} lines of signature", "R-HEAD-04")
    checkpoint = Checkpoint(head, tuple(read_signature(line) for line in lines))
    if str(checkpoint) != text:
        raise _refused("it is not written in the one way", "R-HEAD-04")
    return checkpoint


def read_signature(line: str) -> NoteSignature:
    """One line of signature, without its end; raises ``bad-checkpoint`` (theirs)."""
    match = _LINE.fullmatch(line) if len(line) <= limits.NOTE_BYTES else None
    try:
        blob = b64decode(match[2], validate=True) if match else b""
    except ValueError:
        blob = b""
    if match is None or len(blob) <= _ID_BYTES:
        raise _refused("a line of it is no signature", "R-HEAD-04")
    read = NoteSignature(match[1], blob[:_ID_BYTES], blob[_ID_BYTES:])
    if str(read) != line:
        raise _refused("a line of it is not written in the one way", "R-HEAD-04")
    return read


def _read_head(lines: Sequence[str]) -> Head:
    if len(lines) != 3 or not lines[0].startswith(_PREFIX) or not _SIZE.fullmatch(lines[1]):
        raise _refused("its text is not a record, a size and a root", "R-HEAD-03")
    try:
        root = b64decode(lines[2], validate=True)
        head = Head(Direction.parse(lines[0].removeprefix(_PREFIX)), int(lines[1]), root)
    except (ValueError, OpenlineError):
        raise _refused("its text is not a record, a size and a root", "R-HEAD-03") from None
    if len(root) != HASH_BYTES or head.size > limits.RECORD_MESSAGES:
        raise _refused("its text is not a record, a size and a root", "R-HEAD-03")
    return head


def _key_id(name: str, kind: int, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:_ID_BYTES]


def _lines_of(checkpoint: Checkpoint, name: str, kind: int, public: bytes) -> list[NoteSignature]:
    """The lines by this key; lines of unknown keys say nothing."""
    wanted = (name, _key_id(name, kind, public))
    return [line for line in checkpoint.signatures if (line.name, line.key_id) == wanted]


def _holds(public: bytes, signature: bytes, data: bytes) -> bool:
    return len(signature) == SIGNATURE_BYTES and verify(public, signature, data)


def _cosigned(checkpoint: Checkpoint, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{checkpoint.text}".encode()


def _cosigned_at(checkpoint: Checkpoint, stamped: bytes, public: bytes) -> Moment | None:
    """The time of a cosignature, or None when it does not hold."""
    seconds = int.from_bytes(stamped[:_TIME_BYTES], "big")
    if seconds * 1000 > limits.LATEST_MS:
        return None
    fits = _holds(public, stamped[_TIME_BYTES:], _cosigned(checkpoint, seconds))
    return Moment(seconds * 1000) if fits else None


def _refused(what: str, rule: str) -> OpenlineError:
    return OpenlineError(
        "bad-checkpoint",
        f"a checkpoint is refused: {what}",
        whose=Whose.THEIRS,
        rule=rule,
        next="keep its text for the other side to look at",
    )
