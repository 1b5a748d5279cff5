"""Whose key signed what: the cards of every party by serial, and which key held where.

A party's root key never changes, and signs every card; a newer card replaces the keys of the one
before. So a record's messages are signed with the keys of its sender's cards, and from one
message to a later one the card never gets older. A revocation, signed by the root key, ends a
key at a size of each record: what stands below stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from openline.wire.card import Card, read_signed_card
from openline.wire.fingerprint import fingerprint_of
from openline.wire.keys import key_id
from openline.wire.message import Message
from openline.wire.revocation import Revocation, check_revocation, read_revocation
from openline.words.errors import OpenlineError
from openline.words.party import Direction


@dataclass(frozen=True, slots=True)
class Keyring:
    """The cards of each party, by serial, and what was revoked."""

    cards: Mapping[str, tuple[Card, ...]]
    revocations: tuple[Revocation, ...] = ()
    _signers: Mapping[tuple[str, bytes], Card] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        signers = {
            (party, key_id(card.signing_key)): card
            for party, cards in self.cards.items()
            for card in cards[::-1]  # a key on two cards is the older one's
        }
        object.__setattr__(self, "_signers", signers)

    def fingerprint(self, party: str) -> str:
        """The twelve words of the party's root key; empty for a party without a card."""
        cards = self.cards.get(party)
        return fingerprint_of(party, cards[0].root_key) if cards else ""

    def signer(self, party: str, key: bytes) -> Card | None:
        """The card of `party` that holds the signing key with this id, the oldest of them."""
        return self._signers.get((party, key))

    def signing_keys(self, party: str) -> list[bytes]:
        """The public keys of all its cards that sign messages, receipts and heads."""
        cards = self.cards.get(party, ())
        return [key for card in cards for key in (card.signing_key, card.mldsa_key)]

    def revoked(self, party: str, key: bytes, direction: Direction, place: int) -> bool:
        """Whether the key was revoked for what stands at `place` (from 0) of the record."""
        return any(
            revocation.is_about(direction) and not revocation.stands(direction, place)
            for revocation in self._against(party, key)
        )

    def disputed(self, message: Message) -> bool:
        """Whether its sender has said of the message's key that it was misused by then."""
        return any(revocation.disputes(message) for revocation in self.revocations)

    def revoked_ever(self, party: str, keys: Iterable[bytes]) -> bool:
        """Whether the party has taken back one of these keys, on whichever line."""
        return any(True for key in keys for _ in self._against(party, key))

    def _against(self, party: str, key: bytes) -> Iterable[Revocation]:
        return (r for r in self.revocations if r.party == party and key in r.keys)


def read_cards(raws: Iterable[bytes]) -> tuple[dict[str, tuple[Card, ...]], list[str]]:
    """The cards by party and serial, and what is wrong with any of them."""
    found: dict[str, list[Card]] = {}
    faults = []
    for place, raw in enumerate(raws, 1):
        try:
            card = read_signed_card(raw)
        except OpenlineError as error:
            faults.append(f"card {place}: {error.message}")
        else:
            found.setdefault(card.party, []).append(card)
    for party, cards in found.items():
        cards.sort(key=lambda card: card.serial)
        if len({card.root_key for card in cards}) > 1:
            faults.append(f"{party} has cards of different root keys")
        if len({card.serial for card in cards}) < len(cards):
            faults.append(f"{party} has two cards of one serial number")
    return {party: tuple(cards) for party, cards in found.items()}, faults


def read_revocations(
    raws: Iterable[bytes], cards: Mapping[str, tuple[Card, ...]]
) -> tuple[tuple[Revocation, ...], list[bytes], list[str]]:
    """Those of the statements that are revocations and hold, those that are none, and the faults.

    A revocation holds when the root key on its party's cards has signed it.
    """
    found, others, faults = [], [], []
    for raw in raws:
        try:
            revocation = read_revocation(raw)
        except OpenlineError:
            others.append(raw)
            continue
        try:
            held = cards.get(revocation.party)
            if not held:
                raise OpenlineError("unknown-party", f"{revocation.party} has no card")
            check_revocation(revocation, held[0].root_key)
        except OpenlineError as error:
            faults.append(f"a revocation by {revocation.party}: {error.message}")
        else:
            found.append(revocation)
    return tuple(found), others, faults
