"""The numbered steps of verifying a bundle, as data: what each shows, and what was found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

STEPS: dict[str, str] = {
    "file": "the file is whole: exactly the bytes that Openline writes",
    "cards": "every party has a card, and each card is signed by its party's root key",
    "parties": "each party's root key has the fingerprint that was given for it from outside",
    "joining": "the first message each way was held against both sides' cards",
    "messages": "each message is signed with a key of its sender's cards",
    "places": "each message is signed for the record and number at which it stands",
    "keys": "each message is signed with the key that held at its place",
    "receipts": "each receipt is signed by the record's receiver, for its record and size",
    "inclusion": "each message below a receipt is in the tree whose root the receipt signs",
    "consistency": "receipts and heads of a record continue one another, one tree under all",
    "early": "each early receipt is signed by the receiver, for the very message",
    "epochs": "what each later epoch names as its beginning was held against those records",
    "heads": "heads signed otherwise hold: ML-DSA, checkpoints, witnesses",
    "forks": "each proof of a fork is signed twice by the party that it accuses",
}
"""What each step shows, in the order of their numbers from 1."""

FAULTS_NAMED = 5
"""Faults of one step that are told one by one; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `holds` is None when an earlier failure left nothing to look at."""

    number: int
    name: str
    shows: str
    holds: bool | None
    what: str
    count: int
    """Things looked at; of the file, its bytes."""


@dataclass
class Findings:
    """What is found as the steps are carried out."""

    counted: Counter[str] = field(default_factory=Counter)
    faulty: Counter[str] = field(default_factory=Counter)
    named: dict[str, list[str]] = field(default_factory=dict)
    remarks: list[tuple[str, str]] = field(default_factory=list)

    def looked_at(self, step: str, count: int = 1) -> None:
        """So many more things were looked at in this step."""
        self.counted[step] += count

    def fault(self, step: str, what: str) -> None:
        """Something in this step does not hold."""
        self.faulty[step] += 1
        named = self.named.setdefault(step, [])
        if len(named) < FAULTS_NAMED:
            named.append(what)

    def remark(self, party: str, what: str) -> None:
        """What a party itself has signed and does not fit, which makes the file no false one."""
        self.remarks.append((party, what))

    def ended(self) -> tuple[Step, ...]:
        """The steps; when the file is none, nothing else was looked at."""
        whole = not self.faulty["file"]
        return tuple(
            Step(number, name, shows, *self._found(name, whole), self.counted[name])
            for number, (name, shows) in enumerate(STEPS.items(), 1)
        )

    def _found(self, name: str, whole: bool) -> tuple[bool | None, str]:
        if not whole and name != "file":
            return None, "not looked at"
        if faulty := self.faulty[name]:
            more = faulty - len(self.named[name])
            return False, "; ".join(self.named[name]) + (f"; and {more} more" if more else "")
        count = self.counted[name]
        if not count:
            return True, "none in the file"
        return True, f"{count:,} {'bytes' if name == 'file' else 'looked at'}"
