"""The page of sizes: what is said on a line, signed and sealed, weighed with the code itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openline.forms.catalog import FORMS_LEVEL, form
from openline.forms.fields import fill
from openline.forms.payload import UID_CHARS, Payload, message_id, write_payload
from openline.wire.checkpoint import cosign, sign_checkpoint
from openline.wire.keys import SigningKey
from openline.wire.message import Message, write_message
from openline.wire.mldsa import QuantumKey
from openline.wire.parcel import Envelope, seal
from openline.wire.quantum import Head, write_heads
from openline.wire.receipt import write_ask, write_early, write_receipt
from openline.wire.sealing import HYBRID, LIGHT, SEALINGS, SealingKey
from openline.words import limits
from openline.words.moment import Moment
from openline.words.party import Direction

TEXT_BYTES = 200
NUMBER = 1_000
"""A message's place: numbers take more bytes as they grow."""
SHORT = ("us", "ru", 1)
LONG = ("u" * limits.PARTY_CHARS, "r" * limits.PARTY_CHARS, limits.EPOCHS)
"""Sender, receiver and epoch: what is usual, and the longest that there can be."""

_AT = Moment.parse("2022-03-01T09:30:00Z")
_UID = "x" * UID_CHARS
_KEY = SigningKey(bytes(32))
_TO = {way: SealingKey(bytes(way.seed_bytes)).public for way in SEALINGS}

_PAGE = """\
# Sizes

What is said on a line, in bytes: signed, and as it travels, sealed alone in a parcel. SMS are those
of {sms} bytes: an 8-bit message of 140, less the 7 of the header that joins several of them
(3GPP TS 23.040, sections 9.2.3.24 and 9.2.3.24.8). A message with a text of {text} bytes and its
receipt come to {light} SMS sealed with X25519 alone, and to {hybrid} sealed hybrid.

"""
_HEAD = """\
| {title} | signed | sealed hybrid | SMS | sealed x25519 | SMS |
| --- | ---: | ---: | ---: | ---: | ---: |
"""


@dataclass(frozen=True)
class Size:
    """Bytes of one thing that is said: signed, and sealed alone in either way."""

    signed: int
    hybrid: int
    light: int


def sms(sealed: int) -> int:
    """In how many SMS so many bytes travel."""
    return -(-sealed // limits.SMS_BYTES)


def sizes(sender: str, receiver: str, epoch: int) -> dict[str, Size]:
    """What is said by the two parties in that epoch, by its name."""
    out, into = Direction(sender, receiver, epoch), Direction(receiver, sender, epoch)

    def message(direction: Direction, name: str, fields: Mapping[str, Any]) -> Message:
        schema, to = form(name), (direction.receiver,)
        payload = Payload(name, schema.version, _UID, 0, to, schema.precedence, "en", fields)
        return write_message(_KEY, direction, NUMBER, _AT, write_payload(payload))

    def size(item: bytes, direction: Direction) -> Size:
        envelopes = {
            way: Envelope(direction.sender, direction.receiver, _KEY.public, _TO[way])
            for way in SEALINGS
        }
        hybrid, light = (len(seal([item], envelopes[way])) for way in (HYBRID, LIGHT))
        return Size(len(item), hybrid, light)

    head = {"epoch": epoch, "size": NUMBER, "root": bytes(32)}
    heads = {"out": head, "in": head, "speaks": FORMS_LEVEL}
    text = message(out, "text", fill("text", {"text": "x" * TEXT_BYTES}))
    scheduled, ours, theirs = {"scheduled": _AT.ms}, _signed(out, into), _signed(into, out)
    test = message(out, "linetest", {**heads, **scheduled, **ours})
    plain = message(out, "linetest", {**heads, **scheduled, "checkpoint": ours["checkpoint"]})
    about = {"about": message_id(sender, _UID, 0), "received": _AT.ms, "equal": True}
    answer = message(into, "linetest-answer", {**about, **heads, **theirs, **_cosigned(out)})
    lost = ((NUMBER + 1, NUMBER + 2),)
    return {
        f"a message with a text of {TEXT_BYTES} bytes": size(text.raw, out),
        "its receipt": size(write_receipt(_KEY, out, NUMBER + 1, text.leaf, _AT).raw, into),
        "its early receipt": size(write_early(_KEY, out, NUMBER, text.leaf, _AT).raw, into),
        "a line test": size(test.raw, out),
        "the same without ML-DSA-65": size(plain.raw, out),
        "its answer": size(answer.raw, into),
        "an ask for one message": size(write_ask(_KEY, out, NUMBER, lost, _AT).raw, into),
    }


def _signed(out: Direction, into: Direction) -> dict[str, bytes]:
    """What a line test carries of signed heads."""
    own, other = Head(out, NUMBER, bytes(32)), Head(into, NUMBER, bytes(32))
    return {
        "heads": write_heads(QuantumKey(bytes(32)), own, other, _AT).raw,
        "checkpoint": str(sign_checkpoint(_KEY, own)).encode(),
    }


def _cosigned(direction: Direction) -> dict[str, bytes]:
    """What the answer says of the tester's checkpoint."""
    checkpoint = sign_checkpoint(_KEY, Head(direction, NUMBER, bytes(32)))
    return {"cosignature": str(cosign(_KEY, direction.receiver, checkpoint, _AT)).encode()}


def page() -> str:
    """docs/sizes.md."""
    both = list(sizes(*SHORT).values())[:2]
    said = {
        "light": sum(sms(size.light) for size in both),
        "hybrid": sum(sms(size.hybrid) for size in both),
    }
    parts = [_PAGE.format(sms=limits.SMS_BYTES, text=TEXT_BYTES, **said)]
    for title, place in (
        ("ids of two letters, epoch 1", SHORT),
        (f"ids of {limits.PARTY_CHARS} letters, the greatest epoch", LONG),
    ):
        rows = (
            f"| {name} | {size.signed:,} | {size.hybrid:,} | {sms(size.hybrid)} "
            f"| {size.light:,} | {sms(size.light)} |\n"
            for name, size in sizes(*place).items()
        )
        parts.append(_HEAD.format(title=title) + "".join(rows))
    return parts[0] + "\n".join(parts[1:])
