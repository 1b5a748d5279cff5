"""How much is measured, and what a message is here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TEXT_BYTES = 200
FORM = "text"
FIELDS: dict[str, Any] = {"text": "x" * TEXT_BYTES}
SENDERS = (1, 16, 64)
CEILING_S = 20.0
"""No phase of messages goes on for longer: a slow disk gives fewer samples, not a long wait."""
WAIT_S = 30.0
"""How long a sender waits for its receipt."""


@dataclass(frozen=True)
class CrowdPlan:
    """Activities held, how many are asked about one by one, and the peers' share of all pairs.

    Of a share of 20 the peers find the pairs of every 20th activity; their time
    is multiplied by it.
    """

    sizes: tuple[int, ...]
    asked: int
    shares: tuple[int, ...]
    compiles: bool = True
    """Whether kernels are compiled where they are not yet, which takes half a minute."""


@dataclass(frozen=True)
class Plan:
    """Counts of samples; `messages` are for the senders in the same place of `SENDERS`."""

    commits: int = 200
    signatures: int = 500
    round_trips: int = 300
    parcels: int = 300
    messages: tuple[int, ...] = (400, 1_600, 3_200)
    pairs: int = 400
    activities: int = 400
    carried: int = 40
    """Messages by each carrier, one after another."""
    crowd: CrowdPlan = CrowdPlan((100_000,), 1_000, (20,))


FULL = Plan()
QUICK = Plan(10, 10, 10, 10, (5, 32, 128), 10, 20, 3, CrowdPlan((1_000,), 20, (2,), False))


@dataclass(frozen=True)
class LongPlan:
    """Counts of what takes minutes."""

    queued: int = 100_000
    record: int = 1_000_000
    proofs: int = 1_000
    signatures: int = 2_000
    crowd: CrowdPlan = CrowdPlan((10_000, 100_000, 1_000_000), 1_000, (1, 20, 500))


LONG = LongPlan()
LONG_QUICK = LongPlan(600, 6_000, 20, 20, CrowdPlan((500, 1_000), 20, (1, 2), False))
