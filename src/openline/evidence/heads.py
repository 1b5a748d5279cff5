"""Heads signed otherwise than by receipts: ML-DSA-65, checkpoints, and who cosigned them.

A witness is no party of the record: it is named, and counts for whoever has its fingerprint.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from openline.evidence.given import Claim
from openline.evidence.keyring import Keyring
from openline.evidence.steps import Findings
from openline.wire.checkpoint import (
    Checkpoint,
    NoteSignature,
    check_checkpoint,
    check_cosignature,
    cosigner,
    origin,
    read_checkpoint,
)
from openline.wire.keys import key_id
from openline.wire.quantum import Head, check_heads, read_heads
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment
from openline.words.party import Direction

STEP = "heads"


@dataclass(frozen=True, slots=True)
class SignedHead:
    """That `party` signed a record's head, and by which `kind` of signature.

    `kind` is ``mldsa``, ``checkpoint`` or ``cosignature``; `at` is the time in it, None in a
    checkpoint, which has none.
    """

    kind: str
    party: str
    head: Head
    at: Moment | None


def read_signed_heads(
    statements: Sequence[bytes], notes: Sequence[bytes], ring: Keyring, findings: Findings
) -> tuple[list[SignedHead], list[Claim]]:
    """The heads that truly are signed, and what they claim of the records."""
    found: list[SignedHead] = []
    for what, part, read in (
        ("statement", statements, read_statement),
        ("checkpoint", notes, _whole_note),
    ):
        for place, raw in enumerate(part, 1):
            try:
                found += read(raw, ring)
            except OpenlineError as error:
                findings.looked_at(STEP)
                findings.fault(STEP, f"{what} {place}: {error.message}")
    return found, [_claim(signed) for signed in found]


def read_statement(raw: bytes, ring: Keyring) -> list[SignedHead]:
    """Both heads of an ML-DSA signature; raises what reading and checking raise (theirs)."""
    heads = read_heads(raw)
    party = heads.out.direction.sender
    keys = [card.mldsa_key for card in ring.cards.get(party, ())]
    public = next((key for key in keys if key_id(key) == heads.key_id), None)
    if public is None:
        raise _unknown(f"its key is on no card of {party}")
    check_heads(heads, public)
    return [SignedHead("mldsa", party, head, heads.at) for head in (heads.out, heads.into)]


def read_note(note: Checkpoint, ring: Keyring) -> list[tuple[NoteSignature, SignedHead]]:
    """The lines of a checkpoint that hold: its sender's, and those of cosigners with a card."""
    sender, cosigners = note.head.direction.sender, {cosigner(party): party for party in ring.cards}
    found = []
    for line in note.signatures:
        alone = Checkpoint(note.head, (line,))
        kind, party = "cosignature", cosigners.get(line.name, "")
        if line.name == origin(note.head.direction):
            kind, party = "checkpoint", sender
        for card in ring.cards.get(party, ()):
            with suppress(OpenlineError):
                if kind == "checkpoint":
                    check_checkpoint(alone, card.checkpoint_key)
                    signed = SignedHead(kind, party, note.head, None)
                else:
                    at = check_cosignature(alone, party, card.checkpoint_key)
                    signed = SignedHead(kind, party, note.head, at)
                found.append((line, signed))
                break
    return found


def _whole_note(raw: bytes, ring: Keyring) -> list[SignedHead]:
    """A checkpoint of which every line holds, the sender's among them."""
    try:
        note = read_checkpoint(raw.decode())
    except UnicodeDecodeError:
        raise _unknown("it is no text") from None
    holding = read_note(note, ring)
    stranger = set(note.signatures) - {line for line, _ in holding}
    if stranger:
        name = min(line.name for line in stranger)
        raise _unknown(f"a line by {name} does not hold by any card in the file")
    if "checkpoint" not in {signed.kind for _, signed in holding}:
        raise _unknown(f"{note.head.direction.sender} has not signed it")
    return [signed for _, signed in holding]


def _claim(signed: SignedHead) -> Claim:
    direction: Direction = signed.head.direction
    where = f"{signed.party}'s {signed.kind}"
    return Claim(direction, signed.head.size, signed.head.root, STEP, where, signed.party)


def _unknown(what: str) -> OpenlineError:
    return OpenlineError("bad-signature", what, whose=Whose.THEIRS, rule="R-EVID-17")
