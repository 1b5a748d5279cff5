"""Two parties and what they sign, without a station: the makings of bundles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256, shake_256
from typing import Any

from openline.evidence.bundle import Bundle, Record, assemble, order, write_bundle
from openline.forms.payload import Payload, write_payload
from openline.forms.precedence import Precedence
from openline.record.nodes import root_of_full
from openline.record.tree import EMPTY
from openline.station.keys import SEEDS, Keys
from openline.wire.card import Card, fingerprint, write_card
from openline.wire.keys import SigningKey
from openline.wire.message import Message, write_message
from openline.wire.receipt import Early, Receipt, write_early, write_receipt
from openline.words.moment import Moment
from openline.words.party import Direction

START = Moment.parse("2022-03-01T09:30:00Z")


def subtrees_of(leaves: Sequence[bytes]) -> Callable[[int, int], bytes]:
    """The roots of a record's full subtrees, from all its leaves."""
    return lambda first, height: root_of_full(leaves[first : first + (1 << height)])


class Party:
    """A party with its cards; `seed` makes other keys for the same name."""

    def __init__(self, name: str, seed: str = "") -> None:
        self.name, self.seed = name, seed
        self.root = SigningKey(sha256(f"root {name} {seed}".encode()).digest())
        self.cards: list[Card] = []
        self.keys: list[Keys] = []
        self.rotate()

    def rotate(self) -> Card:
        """A newer card, and the key of it from now on."""
        serial = len(self.cards) + 1
        seeds = (f"{self.name} {self.seed} {serial} {name}".encode() for name in SEEDS)
        lengths = SEEDS.values()
        keys = Keys(*(shake_256(s).digest(n) for s, n in zip(seeds, lengths, strict=True)))
        card = write_card(
            self.root,
            self.name,
            f"{self.name} command",
            keys=keys.public,
            addresses=(f"https://{self.name}.example:8440",),
            serial=serial,
            issued=START.plus_ms(serial),
        )
        self.cards.append(card)
        self.keys.append(keys)
        return card

    @property
    def signing(self) -> SigningKey:
        return self.keys[-1].signing

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.cards[0])


class Line:
    """Two records between two parties, and the receipts for them."""

    def __init__(self, us: Party, ru: Party) -> None:
        self.parties = {us.name: us, ru.name: ru}
        self.us, self.ru = us, ru
        self.now = START
        self.messages: dict[Direction, list[Message]] = {}
        self.receipts: dict[Direction, list[Receipt]] = {}
        self.early: dict[Direction, list[Early]] = {}
        self.drawn = 0
        for sender, receiver in ((us, ru), (ru, us)):
            own, peer = (sha256(p.cards[0].raw).digest() for p in (sender, receiver))
            self.say(sender, "card", {"peer_card": peer, "own_card": own})
            self.receipt(self.out(sender))

    def out(self, sender: Party, epoch: int = 1) -> Direction:
        receiver = self.ru if sender is self.us else self.us
        return Direction(sender.name, receiver.name, epoch)

    def say(
        self,
        sender: Party,
        form: str = "text",
        fields: Mapping[str, Any] | None = None,
        *,
        key: SigningKey | None = None,
        epoch: int = 1,
        uid: str = "",
        revision: int = 0,
    ) -> Message:
        """The sender's next message."""
        direction = self.out(sender, epoch)
        record = self.messages.setdefault(direction, [])
        self.drawn += 1
        self.now = self.now.plus_ms(1_000)
        payload = Payload(
            form,
            1,
            uid or f"{self.drawn:010d}",
            revision,
            (direction.receiver,),
            Precedence.ROUTINE,
            "en",
            fields if fields is not None else {"text": f"number {len(record)}"},
        )
        signer = key or sender.signing
        raw = write_payload(payload)
        record.append(write_message(signer, direction, len(record), self.now, raw))
        return record[-1]

    def root(self, direction: Direction, size: int) -> bytes:
        tree = EMPTY
        for message in self.messages[direction][:size]:
            tree = tree.append(message.leaf)
        return tree.root()

    def receipt(self, direction: Direction, size: int | None = None, **how: Any) -> Receipt:
        """The receiver's receipt over all messages, or the first `size`."""
        size = len(self.messages[direction]) if size is None else size
        key = how.get("key") or self.parties[direction.receiver].signing
        root = how.get("root") or self.root(direction, size)
        self.now = self.now.plus_ms(500)
        made = write_receipt(key, direction, size, root, self.now)
        self.receipts.setdefault(direction, []).append(made)
        return made

    def hold(self, direction: Direction, number: int) -> Early:
        """The receiver's early receipt."""
        leaf = self.messages[direction][number].leaf
        key = self.parties[direction.receiver].signing
        made = write_early(key, direction, number, leaf, self.now)
        self.early.setdefault(direction, []).append(made)
        return made

    def record(
        self,
        direction: Direction,
        numbers: Iterable[int] | None = None,
        receipts: Sequence[Receipt] | None = None,
        heads: Iterable[int] = (),
    ) -> Record:
        """What a bundle gives of a record: some of its messages, or all."""
        record = self.messages[direction]
        shown = range(len(record)) if numbers is None else numbers
        signed = self.receipts.get(direction, []) if receipts is None else receipts
        return assemble(
            direction,
            subtrees_of([message.leaf for message in record]),
            [(n, record[n].raw) for n in shown],
            [(receipt.size, receipt.raw) for receipt in signed],
            [(e.number, e.raw) for e in self.early.get(direction, []) if e.number in set(shown)],
            heads,
        )

    def bundle(self, *records: Record, **parts: Any) -> Bundle:
        """A bundle of these records, or of everything."""
        chosen = records or tuple(self.record(direction) for direction in self.messages)
        cards = sorted(card.raw for party in self.parties.values() for card in party.cards)
        given = {"cards": tuple(cards), **parts}
        return Bundle(records=tuple(sorted(chosen, key=lambda r: order(r.direction))), **given)

    def file(self, *records: Record, **parts: Any) -> bytes:
        """The bundle's bytes."""
        return write_bundle(self.bundle(*records, **parts))

    @property
    def anchors(self) -> dict[str, str]:
        """Both fingerprints, as both parties read them aloud."""
        return {name: party.fingerprint for name, party in self.parties.items()}


def line() -> Line:
    """A line whose cards have crossed."""
    return Line(Party("us"), Party("ru"))
