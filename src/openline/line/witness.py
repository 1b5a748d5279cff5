"""The witness: a third station that cosigns heads of a line, and sees nothing else of it.

It keeps the last head that it cosigned of each record and cosigns another only
when that one is shown to continue it; what it does not cosign it answers all
the same, and says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from openline.record.proof import verify_consistency
from openline.wire.quantum import Head


class Verdict(StrEnum):
    """What a witness says to a head that is shown to it."""

    COSIGNED = "cosigned"
    NO_CONSENT = "no-consent"
    OLDER = "older"
    """Smaller than one that was cosigned."""
    STALE = "stale"
    """Its proof starts elsewhere than at the head that was cosigned last: show it again."""
    UNPROVEN = "unproven"
    """Nothing shows that it continues what was cosigned."""
    CONTRADICTS = "contradicts"
    """Another root of the size that was cosigned: a fork, proven by its two signatures."""

    @property
    def is_alarming(self) -> bool:
        """Whether people must look at it: an honest station never comes to it."""
        return self in (Verdict.UNPROVEN, Verdict.CONTRADICTS)


@dataclass(frozen=True, slots=True)
class Held:
    """What was cosigned last of a record; nothing yet is size 0."""

    size: int = 0
    root: bytes = b""


def judge(held: Held, head: Head, since: int, proof: Sequence[bytes], consents: bool) -> Verdict:
    """What to say to `head`, whose `proof` shows that it continues the record of size `since`."""
    if not consents:
        return Verdict.NO_CONSENT
    if head.size < held.size:
        return Verdict.OLDER
    if head.size == held.size and held.size:
        return Verdict.COSIGNED if head.root == held.root else Verdict.CONTRADICTS
    if since != held.size:
        return Verdict.STALE
    # The first head of a record is taken as it is: an empty record has any continuation.
    shown = not held.size or verify_consistency(held.size, head.size, proof, held.root, head.root)
    return Verdict.COSIGNED if shown else Verdict.UNPROVEN
