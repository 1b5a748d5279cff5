"""Who a station is: its card, the keys of that card, and its cards from the first."""

from __future__ import annotations

from dataclasses import dataclass, field

from openline.line.ring import Ring
from openline.station.keys import Keys
from openline.wire.card import Card
from openline.wire.keys import SigningKey
from openline.wire.sealing import SealingKey


@dataclass(frozen=True, slots=True)
class Own:
    """Who this station is: its card, the keys of that card, and its cards from the first."""

    card: Card
    keys: Keys
    ring: Ring
    signer: SigningKey = field(init=False)
    openers: tuple[SealingKey, ...] = field(init=False)
    """What opens parcels: the card's own two keys, then the earlier ones."""

    def __post_init__(self) -> None:
        keys = self.keys
        old = (SealingKey(seed) for seed in keys.old_sealing)
        object.__setattr__(self, "signer", keys.signing)
        object.__setattr__(self, "openers", (keys.sealing, keys.light, *old))
