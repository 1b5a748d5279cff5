"""Parties, and the direction of a record between two of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from openline.words import limits
from openline.words.errors import OpenlineError

_EPOCH = re.compile(f"[1-9][0-9]{{0,{len(str(limits.EPOCHS)) - 1}}}")
_PARTY = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")


def party_id(text: str) -> str:
    """`text` when it is a party's id; raises ``bad-party`` otherwise (R-WORD-01)."""
    if len(text) > limits.PARTY_CHARS or not _PARTY.fullmatch(text):
        raise OpenlineError(
            "bad-party",
            f"{text[: limits.PARTY_CHARS]!r} is no party id",
            rule="R-WORD-01",
            next=f"use 1 to {limits.PARTY_CHARS} of a-z, 0-9 and, inside, any of . - _",
        )
    return text


@dataclass(frozen=True, slots=True)
class Direction:
    """One record's place: who writes it, for whom, in which epoch."""

    sender: str
    receiver: str
    epoch: int

    def __str__(self) -> str:
        """The `sub` of a signed statement: ``us/ru/1``."""
        return f"{self.sender}/{self.receiver}/{self.epoch}"

    @classmethod
    def parse(cls, text: str) -> Direction:
        """The direction whose text is exactly `text`; raises ``bad-direction`` (R-WORD-02)."""
        parts = text.split("/")
        if len(parts) == 3 and parts[0] != parts[1] and _EPOCH.fullmatch(parts[2]):
            direction = cls(party_id(parts[0]), party_id(parts[1]), int(parts[2]))
            if direction.epoch <= limits.EPOCHS:
                return direction
        raise OpenlineError(
            "bad-direction", "a subject that is no SENDER/RECEIVER/EPOCH", rule="R-WORD-02"
        )
