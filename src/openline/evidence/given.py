"""What a bundle gives of one record, read and checked: messages, receipts, early receipts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from openline.evidence.bundle import Record
from openline.evidence.keyring import Keyring
from openline.evidence.steps import Findings
from openline.forms.payload import Payload, message_id, read_payload, thing_id
from openline.record.tree import leaf_hash
from openline.wire.card import Card, read_signed_card
from openline.wire.message import Message, check_message, read_message
from openline.wire.receipt import Early, Receipt, check_item, read_early, read_receipt
from openline.words.errors import OpenlineError
from openline.words.party import Direction

ROTATION = "keys"
"""The form with which a party announces its newer card on a line, signed with the older key."""


@dataclass(frozen=True, slots=True)
class Given:
    """One message of a bundle, with what was found about it.

    `message` and `payload` are None when they cannot be read. `receipt` is the first in the
    bundle that covers it, `early` its early receipt: both only when they hold. `serial` is that
    of the card whose key signed it, 0 when none did; `disputed` says that its sender has revoked
    that key as misused by then.
    """

    direction: Direction
    number: int
    leaf: bytes
    message: Message | None
    payload: Payload | None
    serial: int = 0
    receipt: Receipt | None = None
    early: Early | None = None
    disputed: bool = False

    @property
    def id(self) -> str:
        """The message's id, or its place where it has none of its own."""
        if self.payload is None:
            return f"{self.direction.sender}#{self.direction.epoch}.{self.number}"
        return message_id(self.direction.sender, self.payload.uid, self.payload.revision)

    @property
    def thing(self) -> str:
        """The id of the thing that it announces or is about."""
        return thing_id(self.direction.sender, self.payload.uid) if self.payload else self.id


@dataclass(frozen=True, slots=True)
class Claim:
    """That a record had this root (32 bytes) at this size, said `by` a party.

    `step` judges it, `where` names it.
    """

    direction: Direction
    size: int
    root: bytes
    step: str
    where: str
    by: str


def read_messages(
    record: Record, ring: Keyring, findings: Findings, seen: Callable[[], None]
) -> Iterator[Given]:
    """The record's messages in order, each judged by itself and by the keys before it."""
    oldest = 0
    for number, raw in record.messages:
        where = f"message {number} of {record.direction}"
        given = Given(record.direction, number, leaf_hash(raw), *_read(raw))
        card = _judge(given, where, ring, findings)
        if card is not None:
            if card.serial < oldest:
                findings.fault("keys", f"{where}: its key had been replaced before it")
            oldest = max(oldest, card.serial, _announced(given, card))
            assert given.message is not None
            given = replace(given, serial=card.serial, disputed=ring.disputed(given.message))
        seen()
        yield given


def _read(raw: bytes) -> tuple[Message | None, Payload | None]:
    try:
        message = read_message(raw)
    except OpenlineError:
        return None, None
    try:
        return message, read_payload(message.payload)
    except OpenlineError:  # whoever received it could not read it either: it stands as it is
        return message, None


def _judge(given: Given, where: str, ring: Keyring, findings: Findings) -> Card | None:
    """The card whose key signed the message, where one did."""
    message, direction = given.message, given.direction
    for step in ("messages", "places", "keys"):
        findings.looked_at(step)
    if message is None:
        findings.fault("messages", f"{where}: it is no message")
        return None
    if (message.direction, message.number) != (direction, given.number):
        place = f"{message.number} of {message.direction}"
        findings.fault("places", f"{where}: it is signed as number {place}")
    card = ring.signer(direction.sender, message.key_id)
    if card is None:
        findings.fault("messages", f"{where}: its key is on no card of {direction.sender}")
        return None
    try:
        check_message(message, card.signing_key)
    except OpenlineError as error:
        findings.fault("messages", f"{where}: {error.message}")
        return None
    if ring.revoked(card.party, message.key_id, direction, given.number):
        findings.fault("keys", f"{where}: its key had been revoked before it")
    return card


def _announced(given: Given, signer: Card) -> int:
    """The serial of the newer card of its sender that a message announces; 0 when it does not."""
    if given.payload is None or given.payload.form != ROTATION:
        return 0
    for value in given.payload.fields.values():
        try:
            card = read_signed_card(value) if isinstance(value, bytes) else None
        except OpenlineError:
            continue
        if card and (card.party, card.root_key) == (signer.party, signer.root_key):
            return card.serial
    return 0


def read_receipts(record: Record, ring: Keyring, findings: Findings) -> Iterator[Receipt]:
    """The record's receipts that hold, by size."""
    receiver = record.direction.receiver
    for size, raw in record.receipts:
        findings.looked_at("receipts")
        where = f"the receipt over {size} of {record.direction}"
        try:
            receipt = read_receipt(raw)
            fault = _by_receiver(receipt, record, ring, size - 1)
            if not fault and receipt.size != size:
                fault = f"it is signed over {receipt.size}"
        except OpenlineError as error:
            fault = error.message
        if fault:
            findings.fault("receipts", f"{where}: {receiver}: {fault}")
        else:
            yield receipt


def read_early_receipts(
    record: Record, messages: dict[int, Given], ring: Keyring, findings: Findings
) -> Iterator[Early]:
    """The record's early receipts that hold, by number."""
    for number, raw in record.early:
        findings.looked_at("early")
        where = f"the early receipt for {number} of {record.direction}"
        given = messages.get(number)
        try:
            early = read_early(raw)
            fault = _by_receiver(early, record, ring, number)
            if not fault and (given is None or (early.number, early.leaf) != (number, given.leaf)):
                fault = "it is signed for another message"
        except OpenlineError as error:
            fault = error.message
        if fault:
            findings.fault("early", f"{where}: {fault}")
        else:
            yield early


def _by_receiver(said: Receipt | Early, record: Record, ring: Keyring, place: int) -> str:
    """Why a statement is not by the record's receiver about this record, or nothing."""
    receiver = record.direction.receiver
    if said.direction != record.direction:
        return f"it is signed for {said.direction}"
    card = ring.signer(receiver, said.key_id)
    if card is None:
        return f"its key is on no card of {receiver}"
    check_item(said, card.signing_key)
    if ring.revoked(receiver, said.key_id, record.direction, place):
        return "its key had been revoked before it"
    return ""
