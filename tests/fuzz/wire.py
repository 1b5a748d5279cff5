"""Harnesses of what travels, of what is handed in, and of the short texts in both."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256

import cbor2
from scitt_cose.cose_sign1 import strict_decode

from fuzz.harness import Harness
from openline.forms.catalog import CATALOG
from openline.forms.fields import check_fields, fill, plain, plain_or_raw
from openline.forms.payload import Payload, read_payload, split_id, thing_id, write_payload
from openline.forms.phrases import languages, phrase
from openline.wire import cose
from openline.wire.address import split_address
from openline.wire.card import card_text, read_card, read_signed_card, write_card
from openline.wire.cbor import decode, encode
from openline.wire.frames import read_frame, split, write_frame
from openline.wire.message import Message, write_message
from openline.wire.parcel import Envelope, fits, open_parcel, seal
from openline.wire.receipt import (
    Ask,
    Early,
    Fetch,
    Item,
    Receipt,
    read_item,
    write_ask,
    write_early,
    write_fetch,
    write_receipt,
)
from openline.wire.relaying import read_request, write_request
from openline.wire.sealing import HYBRID, LIGHT, SEALINGS, SealingKey, seal_to
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import Direction, party_id
from vectors import golden

_KEYS = {way: SealingKey(bytes([9]) * way.seed_bytes) for way in SEALINGS}
_ENVELOPES = {
    way: Envelope("us", "ru", golden.CARD.root_key, key.public) for way, key in _KEYS.items()
}
ITEMS = tuple(
    made.raw for made in (golden.MESSAGE, golden.RECEIPT, golden.EARLY, golden.ASK, golden.FETCH)
)


def cbor(data: bytes) -> bool:
    """What is read is written as the same bytes, and cbor2 reads the same value."""
    try:
        value = decode(data, limits.MESSAGE_BYTES)
    except OpenlineError:
        return False
    assert encode(value) == data, "what was accepted is written otherwise"
    assert encode(cbor2.loads(data)) == data, "another reader reads another value"
    return True


def signed(data: bytes) -> bool:
    """A statement is its four parts and nothing else, as a strict foreign reader sees them."""
    try:
        found = cose.parse(data)
    except OpenlineError:
        return False
    parts = [encode(found.header), {}, found.payload, found.signature]
    assert b"\xd2" + encode(parts) == data, "what was accepted is written otherwise"
    foreign = strict_decode(data)
    assert foreign.tag == 18
    protected, unprotected, payload, signature = foreign.value
    assert (protected, payload, signature) == (found.protected, found.payload, found.signature)
    assert not unprotected and encode(cbor2.loads(protected)) == found.protected
    return True


def item(data: bytes) -> bool:
    """Whatever travels in a parcel says what it would say if we had written it."""
    try:
        found = read_item(data)
    except OpenlineError:
        return False
    theirs, ours = cose.parse(data), cose.parse(_written(found))
    assert theirs.header == {**ours.header, cose.KID: theirs.key_id}
    assert theirs.payload == ours.payload
    return True


def _written(found: Item) -> bytes:
    where = (golden.US, found.direction)
    match found:
        case Message():
            return write_message(*where, found.number, found.at, found.payload).raw
        case Receipt():
            return write_receipt(*where, found.size, found.root, found.at).raw
        case Early():
            return write_early(*where, found.number, found.leaf, found.at).raw
        case Ask():
            return write_ask(*where, found.size, found.ranges, found.at).raw
        case Fetch():
            return write_fetch(*where, found.size, found.ranges, found.at).raw


def card(data: bytes) -> bool:
    """A card's payload, truly signed by the root key that it should name."""
    header = cose.parse(golden.CARD.raw).header
    raw = cose.sign(golden.US_ROOT, header, data)
    try:
        found = read_signed_card(raw)
    except OpenlineError:
        return False
    made = write_card(
        golden.US_ROOT,
        found.party,
        found.name,
        keys=found.keys,
        addresses=found.addresses,
        voice=found.voice,
        serial=found.serial,
        issued=found.issued,
    )
    assert made == found, "what was accepted is written otherwise"
    assert read_card(card_text(found)) == found
    return True


def page(data: bytes) -> bool:
    """A card's page, as a person hands it over."""
    try:
        text = data.decode()
        found = read_card(text)
    except (UnicodeDecodeError, OpenlineError):
        return False
    assert card_text(found) == text.replace("\r\n", "\n").rstrip("\n") + "\n"
    return True


def parcel(data: bytes) -> bool:
    """The first byte says what the rest is: a parcel as it came, or what is sealed in one."""
    if not data:
        return False
    way = LIGHT if data[0] & 1 else HYBRID
    truly_sealed = bool(data[0] & 2)
    sealed = data[1:]
    if truly_sealed:
        sealed = seal_to(_KEYS[way].public, sealed, _ENVELOPES[way].info)
    try:
        items = open_parcel(sealed, _KEYS[way], _ENVELOPES[way])
    except OpenlineError:
        return False
    assert fits(items), "what was accepted would not be sealed"
    assert len(seal(items, _ENVELOPES[way])) == len(sealed)
    assert truly_sealed or items == [*ITEMS[:2]], "what nobody sealed was opened"
    return True


def payload(data: bytes) -> bool:
    """A message's payload, as far as the screen: read, held to its form, and shown."""
    try:
        found = read_payload(data)
    except OpenlineError:
        return False
    assert write_payload(found) == data, "what was accepted is written otherwise"
    shown = plain_or_raw(found.form, found.form_version, found.fields)
    json.dumps(shown, allow_nan=False)
    for language in languages():
        phrase(found.form, shown, language)
    try:
        check_fields(found.form, found.form_version, found.fields)
    except OpenlineError:
        return False
    assert fill(found.form, plain(found.form, found.fields)) == found.fields
    return True


def words(data: bytes) -> bool:
    """Short texts that mean something: each is read as the one value that is written so."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    accepted = False
    for read, written in _WORDS.items():
        try:
            value = read(text)
        except OpenlineError:
            continue
        accepted = True
        assert written(value, text), f"{read.__qualname__} reads {text!r} as {value!r}"
    return accepted


_WORDS: dict[Callable[[str], object], Callable[..., bool]] = {
    Direction.parse: lambda value, text: str(value) == text,
    party_id: lambda value, text: value == text,
    Moment.parse: lambda value, text: Moment.parse(str(value)) == value,
    split_address: lambda value, text: text.endswith(f":{value[1]}") and value[0] in text,
    split_id: lambda value, text: text.startswith(thing_id(value[0], value[1])),
}


def _sealed_seeds() -> list[bytes]:
    """Parcels as they travel, so that there is something to alter."""
    ways = enumerate((HYBRID, LIGHT))
    return [bytes([number]) + seal(ITEMS[:2], _ENVELOPES[way]) for number, way in ways]


def _plain_seeds() -> list[bytes]:
    """What is sealed in a parcel of one item or of all, for either way."""
    found = []
    for number, way in ((2, HYBRID), (3, LIGHT)):
        for items in (ITEMS[:1], ITEMS):
            sealed = seal(items, _ENVELOPES[way])
            opened = _KEYS[way].unseal(sealed, _ENVELOPES[way].info)
            assert opened is not None
            found.append(bytes([number]) + opened)
    return found


def payload_seeds() -> list[bytes]:
    return [
        write_payload(
            Payload(
                name,
                schema.version,
                "7h2k9m4q3x",
                number % 3,
                ("ru", "un-ocha")[: 1 + number % 2],
                schema.precedence,
                ("en", "ru", "uk-UA")[number % 3],
                fill(name, schema.example),
            )
        )
        for number, (name, schema) in enumerate(CATALOG.items())
    ]


def frame(data: bytes) -> bool:
    """A frame that is read is written as the same bytes."""
    try:
        found = read_frame(data)
    except OpenlineError:
        return False
    assert write_frame(found) == data, "what was accepted is written otherwise"
    return True


def relay(data: bytes) -> bool:
    """What is read as a request holds what its statement signed."""
    try:
        found = read_request(data)
    except OpenlineError:
        return False
    signed = cose.parse(found.signed)
    assert encode((found.signed, found.sealed)) == data, "it is written otherwise"
    assert sha256(found.sealed).digest() in signed.payload or not found.to, "it was not signed"
    return True


def _relay_seeds() -> list[bytes]:
    key, at = golden.US, golden.AT
    return [
        write_request(key, "us", "un", at, "ru", b"sealed"),
        write_request(key, "us", "un", at, taken=[bytes(32), bytes([1]) * 32]),
    ]


HARNESSES = {
    "relay": Harness(relay, _relay_seeds),
    "frame": Harness(frame, lambda: split(golden.MESSAGE.raw, 140)),
    "cbor": Harness(cbor, lambda: [cose.parse(golden.CARD.raw).payload, *payload_seeds()]),
    "signed": Harness(signed, lambda: [*ITEMS, golden.CARD.raw]),
    "item": Harness(item, lambda: [*ITEMS]),
    "card": Harness(card, lambda: [cose.parse(golden.CARD.raw).payload]),
    "page": Harness(page, lambda: [card_text(golden.CARD).encode()]),
    "parcel": Harness(parcel, lambda: [*_sealed_seeds(), *_plain_seeds()]),
    "payload": Harness(payload, payload_seeds),
    "words": Harness(
        words,
        lambda: [
            *(b"us/ru/1", b"us-eucom/ru.gen_1/9007199254740991", b"un-ocha"),
            *(b"2022-03-01T09:30:00Z", b"2022-03-01T11:30:00.250+02:00"),
            *(b"https://line.us.example:8444", b"https://[2001:db8::1]:443", b"https://10.0.0.1:1"),
            *(b"us-7h2k9m4q3x", b"un-ocha-7h2k9m4q3x.12"),
        ],
    ),
}
