"""Holding what is signed about a record against its tree, and one record against another."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from openline.evidence.bundle import Bundle, Record
from openline.evidence.given import (
    Claim,
    Given,
    read_early_receipts,
    read_messages,
    read_receipts,
)
from openline.evidence.keyring import Keyring
from openline.evidence.steps import Findings
from openline.record.tree import EMPTY_ROOT
from openline.wire.receipt import Early, Receipt
from openline.words.party import Direction

FIRST_EPOCH = 1
PROGRESS_EVERY = 256


@dataclass
class Read:
    """One record, read: what holds by itself, and the roots that others claim for it."""

    record: Record
    given: dict[int, Given]
    receipts: list[Receipt]
    early: list[Early]
    claims: list[Claim] = field(default_factory=list)


def read_records(
    bundle: Bundle, ring: Keyring, findings: Findings, told: Callable[[int, int], None]
) -> list[Read]:
    """All records of the bundle; `told` hears how many of how many messages are done."""
    total = sum(len(record.messages) for record in bundle.records)
    done = 0

    def seen() -> None:
        nonlocal done
        done += 1
        if done % PROGRESS_EVERY == 0 or done == total:
            told(done, total)

    found = []
    for record in bundle.records:
        given = {one.number: one for one in read_messages(record, ring, findings, seen)}
        receipts = list(read_receipts(record, ring, findings))
        early = list(read_early_receipts(record, given, ring, findings))
        found.append(Read(record, given, receipts, early))
    return found


def begins(read: Read, records: Sequence[Read], ring: Keyring, findings: Findings) -> None:
    """What the record's first message says: both cards, or the heads it goes on from.

    What a party says there wrongly is told of it, and does not make the file a false one: else
    whoever wants to deny a record would begin it with nonsense.
    """
    first = read.given.get(0)
    if first is None or not first.serial:
        return
    form, fields = (first.payload.form, first.payload.fields) if first.payload else ("", {})
    direction = read.record.direction
    if direction.epoch == FIRST_EPOCH:
        findings.looked_at("joining")
        named = all(
            fields.get(name) in [sha256(card.raw).digest() for card in ring.cards.get(party, ())]
            for name, party in (("own_card", direction.sender), ("peer_card", direction.receiver))
        )
        if form != "card" or not named:
            what = f"begins {direction} with other cards than those in the file"
            findings.remark(direction.sender, what)
        return
    findings.looked_at("epochs")
    for name, sender, receiver in (
        ("previous", direction.sender, direction.receiver),
        ("peer", direction.receiver, direction.sender),
    ):
        match fields.get(name) if form == "epoch" else None:
            case {"epoch": int(epoch), "size": int(size), "root": bytes(root)} if size >= 0:
                where = f"message 0 of {direction}"
                claim = Claim(
                    Direction(sender, receiver, epoch),
                    size,
                    root,
                    "epochs",
                    where,
                    direction.sender,
                )
                file_claim(claim, records)
            case _:
                findings.remark(direction.sender, f"begins {direction} with no {name} record")


def file_claim(claim: Claim, records: Sequence[Read]) -> bool:
    """Lay a claim beside the record that it is about, where the bundle shows that much of it.

    Of what lies beyond the part that is shown, the bundle can say nothing.
    """
    for read in records:
        if read.record.direction == claim.direction and claim.size <= read.record.size:
            read.claims.append(claim)
            return True
    return False


def compare(read: Read, findings: Findings) -> list[Given]:
    """Hold every root that is signed against the tree; the messages with what covers them."""
    record, roots = read.record, {0: EMPTY_ROOT, **read.record.roots}
    for receipt in read.receipts:
        where = f"the receipt over {receipt.size}"
        claim = Claim(
            record.direction,
            receipt.size,
            receipt.root,
            "consistency",
            where,
            record.direction.receiver,
        )
        read.claims.append(claim)
    for claim in read.claims:
        findings.looked_at(claim.step)
        what = f"{claim.where} names another root of {record.direction} at {claim.size}"
        if claim.step == "epochs" and roots.get(claim.size, claim.root) != claim.root:
            findings.remark(claim.by, what)
        elif roots.get(claim.size) != claim.root:
            findings.fault(claim.step, what)
    for size in sorted(set(record.sizes) - {claim.size for claim in read.claims}):
        findings.fault("consistency", f"nobody has signed a root of {record.direction} at {size}")
    holding = [receipt for receipt in read.receipts if roots.get(receipt.size) == receipt.root]
    return list(_under_receipts(read, holding, findings))


def _under_receipts(read: Read, holding: Sequence[Receipt], findings: Findings) -> Iterator[Given]:
    """The messages, each with the first receipt that covers it and its early receipt."""
    sizes = [receipt.size for receipt in read.receipts]
    ahead = {said.number: said for said in read.early}
    whole = {receipt.size for receipt in holding}
    for number, given in read.given.items():
        at = bisect_right(sizes, number)
        receipt = read.receipts[at] if at < len(sizes) else None
        if receipt is not None:
            findings.looked_at("inclusion")
            if receipt.size not in whole:
                where = f"message {number} of {given.direction}"
                findings.fault("inclusion", f"{where} is not under the receipt over {receipt.size}")
                receipt = None
        yield replace(given, receipt=receipt, early=ahead.get(number))
