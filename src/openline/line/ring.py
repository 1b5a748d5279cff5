"""A party's keys as the other side of a line knows them: its cards by serial, and what was revoked.

A message is checked with the key that it names. A newer card, announced in the
record itself, ends the older keys there: what stands after the announcement is
signed with the newer key. A revocation ends a key at a size of each record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from openline.line.events import Place
from openline.wire.card import Card
from openline.wire.keys import key_id
from openline.wire.message import Message
from openline.wire.receipt import Early, Item, Receipt
from openline.wire.revocation import Revocation
from openline.words.errors import OpenlineError, Whose


@dataclass(frozen=True, slots=True)
class Known:
    """One card of a party, and the message of its record that announced it, where one did."""

    card: Card
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Ring:
    """A party's cards, by serial (at least one), and its revocations on this line."""

    cards: tuple[Known, ...]
    revocations: tuple[Revocation, ...] = ()
    _signers: Mapping[bytes, tuple[int, bytes]] = field(init=False, repr=False, compare=False)
    """By a signing key's short name: the place of its card, and the public key."""

    def __post_init__(self) -> None:
        signers: dict[bytes, tuple[int, bytes]] = {}
        for at, known in enumerate(self.cards):
            public = known.card.signing_key
            signers.setdefault(key_id(public), (at, public))
        object.__setattr__(self, "_signers", signers)

    @property
    def newest(self) -> Card:
        """The card that holds now."""
        return self.cards[-1].card

    @property
    def signers(self) -> tuple[bytes, ...]:
        """The public signing keys of all cards, the newest last."""
        return tuple(known.card.signing_key for known in self.cards)

    @property
    def tls_keys(self) -> tuple[bytes, ...]:
        """The TLS keys of the newest card and of the one before it."""
        return tuple(known.card.tls_key for known in self.cards[:-3:-1])

    def signer(self, key: bytes) -> bytes | None:
        """The public signing key of that short name, on whichever card it stands."""
        found = self._signers.get(key)
        return None if found is None else found[1]

    def card_with(self, key: bytes) -> Card | None:
        """The card whose signing key has that short name."""
        found = self._signers.get(key)
        return None if found is None else self.cards[found[0]].card

    def by_any(self, check: Callable[[Card], None]) -> None:
        """Pass when `check` passes with one of the cards: a newer one may have come meanwhile.

        Raises what `check` raises with the newest.
        """
        for known in self.cards[:-1]:
            try:
                return check(known.card)
            except OpenlineError:
                continue
        return check(self.newest)

    def card_numbered(self, serial: int) -> Known | None:
        """The card with that serial number."""
        return next((known for known in self.cards if known.card.serial == serial), None)

    def with_card(self, card: Card, place: Place | None = None) -> Ring:
        """With this card in its place by serial."""
        others = [known for known in self.cards if known.card.serial != card.serial]
        known = sorted([*others, Known(card, place)], key=lambda each: each.card.serial)
        return replace(self, cards=tuple(known))

    def with_revocation(self, revocation: Revocation) -> Ring:
        """With this revocation, the last."""
        return replace(self, revocations=(*self.revocations, revocation))

    def check(self, item: Item) -> None:
        """Refuse what its key, which is on this ring, may not sign (R-KEY-05, R-KEY-09).

        Raises ``old-key`` and ``revoked-key`` (theirs).
        """
        if isinstance(item, Message) and len(self.cards) > 1:
            self._check_age(item)
        for revocation in self.revocations:
            if item.key_id in revocation.keys and not _stands(revocation, item):
                raise OpenlineError(
                    "revoked-key",
                    f"signed with the key {item.key_id.hex()}, which {revocation.party} revoked",
                    whose=Whose.THEIRS,
                    rule="R-KEY-09",
                    next="whoever sent it has a key that was taken back: call the desk there",
                )

    def _check_age(self, message: Message) -> None:
        here = (message.direction.epoch, message.number)
        at, _ = self._signers[message.key_id]
        for newer in self.cards[at + 1 :]:
            if newer.place is not None and here > newer.place:
                party, serial = newer.card.party, newer.card.serial
                raise OpenlineError(
                    "old-key",
                    f"signed with a key that card {serial} of {party} had replaced by then",
                    whose=Whose.THEIRS,
                    rule="R-KEY-05",
                    next=f"a station with older keys needs `openline keys rotate --lost` "
                    f"with a --serial above {serial}",
                )


def _stands(revocation: Revocation, item: Item) -> bool:
    """Whether an item of a revoked key stands: a message or receipt within the named sizes."""
    if not revocation.is_about(item.direction):
        return True
    match item:
        case Message() | Early():
            return revocation.stands(item.direction, item.number)
        case Receipt():
            return revocation.stands(item.direction, item.size - 1)
        case _:
            return False  # what asks for something names nothing that must be kept
