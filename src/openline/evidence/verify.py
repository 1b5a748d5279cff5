"""Verifying a bundle: numbered steps, no station, no network, no trust in who made the file.

What is trusted is given from outside: each party's fingerprint, heard from that party.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from openline.evidence.bundle import Bundle, read_bundle
from openline.evidence.compare import begins, compare, file_claim, read_records
from openline.evidence.fork import ForkProof, check_fork, read_fork
from openline.evidence.given import Given
from openline.evidence.heads import SignedHead, read_signed_heads
from openline.evidence.keyring import Keyring, read_cards, read_revocations
from openline.evidence.steps import Findings, Step
from openline.wire.card import Card
from openline.wire.fingerprint import normalise_fingerprint
from openline.wire.revocation import Revocation
from openline.words.errors import OpenlineError
from openline.words.party import Direction


class Result(StrEnum):
    """What a bundle came to."""

    VERIFIED = "verified"
    UNIDENTIFIED = "consistent, parties unidentified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Party:
    """A party of the bundle, with the fingerprint of its root key and its cards by serial.

    A witness is no party of a record, and has cosigned heads of one.
    """

    party: str
    fingerprint: str
    anchored: bool
    cards: tuple[Card, ...]
    witness: bool = False

    @property
    def name(self) -> str:
        """The name on its newest card."""
        return self.cards[-1].name if self.cards else ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Numbers of a record that exist and are not given: first and last of each run."""

    direction: Direction
    numbers: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Verification:
    """What verifying showed; `messages` are all that were given, by record and number."""

    result: Result
    steps: tuple[Step, ...]
    parties: tuple[Party, ...] = ()
    messages: tuple[Given, ...] = ()
    records: tuple[tuple[Direction, int], ...] = ()
    missing: tuple[Missing, ...] = ()
    forks: tuple[ForkProof, ...] = ()
    heads: tuple[SignedHead, ...] = ()
    revocations: tuple[Revocation, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    """Of a party, what it signed and what does not fit."""

    @property
    def failed(self) -> list[Step]:
        """The steps that do not hold."""
        return [step for step in self.steps if step.holds is False]


def verify(
    data: bytes,
    trusted: Mapping[str, str],
    told: Callable[[int, int], None] = lambda done, of: None,
) -> Verification:
    """Carry out every step on the bytes of a bundle; never raises for what is in them.

    `trusted` are fingerprints by party, as a person wrote them down; `told` hears how many of
    how many messages are done.
    """
    findings = Findings()
    try:
        bundle = read_bundle(data)
    except OpenlineError as error:
        findings.fault("file", error.message)
        return Verification(Result.FAILED, findings.ended())
    findings.looked_at("file", len(data))
    found, faults = read_cards(bundle.cards)
    for fault in faults:
        findings.fault("cards", fault)
    findings.looked_at("cards", len(bundle.cards))
    revocations, statements, faults = read_revocations(bundle.signed, found)
    for fault in faults:
        findings.fault("keys", fault)
    ring = Keyring(found, revocations)
    parties, wrong = _identify(bundle, ring, trusted, findings)
    records = read_records(bundle, ring, findings, told)
    for read in records:
        begins(read, records, ring, findings)
    heads, claims = read_signed_heads(statements, bundle.notes, ring, findings)
    _witnesses(parties, heads, findings)
    for claim in claims:
        if not file_claim(claim, records):
            findings.looked_at(claim.step)
    compared = [compare(read, findings) for read in records]
    forks = _forks(bundle, ring, findings)
    steps = findings.ended()
    failed = {step.name for step in steps if not step.holds}
    result = Result.FAILED if failed else Result.VERIFIED
    if failed == {"parties"} and not wrong:
        result = Result.UNIDENTIFIED
    return Verification(
        result,
        steps,
        parties,
        tuple(given for of_record in compared for given in of_record),
        tuple((record.direction, record.size) for record in bundle.records),
        tuple(
            Missing(record.direction, tuple(numbers))
            for record in bundle.records
            if (numbers := record.not_given())
        ),
        forks,
        tuple(heads),
        ring.revocations,
        tuple(findings.remarks),
    )


def _identify(
    bundle: Bundle, ring: Keyring, trusted: Mapping[str, str], findings: Findings
) -> tuple[tuple[Party, ...], bool]:
    """The parties, and whether one of them is another than was said from outside."""
    directions = [record.direction for record in bundle.records]
    named = {party for d in directions for party in (d.sender, d.receiver)}
    parties, wrong = [], False
    for party in sorted(named | ring.cards.keys()):
        findings.looked_at("parties")
        cards = ring.cards.get(party, ())
        words, given = ring.fingerprint(party), trusted.get(party)
        anchored = bool(words) and given is not None and normalise_fingerprint(given) == words
        if not cards:
            findings.fault("cards", f"{party} has no card")
        if given is not None and not anchored:
            wrong = True
            findings.fault("parties", f"{party}'s root key has not the fingerprint that was given")
        elif not anchored and party in named:
            findings.fault("parties", f"{party} is not anchored: no fingerprint was given for it")
        parties.append(Party(party, words, anchored, cards, party not in named))
    return tuple(parties), wrong


def _witnesses(parties: tuple[Party, ...], heads: Iterable[SignedHead], findings: Findings) -> None:
    """Whoever has a card in the file and is no party has cosigned something in it."""
    cosigners = {signed.party for signed in heads if signed.kind == "cosignature"}
    for party in parties:
        if party.witness and party.party not in cosigners:
            findings.fault("cards", f"{party.party} has a card and no part in the file")


def _forks(bundle: Bundle, ring: Keyring, findings: Findings) -> tuple[ForkProof, ...]:
    """The fork proofs that hold."""
    found = []
    for place, raw in enumerate(bundle.forks, 1):
        findings.looked_at("forks")
        try:
            proof = read_fork(raw)
            check_fork(proof, ring.signing_keys(proof.accused))
        except OpenlineError as error:
            findings.fault("forks", f"proof {place}: {error.message}")
        else:
            found.append(proof)
            if ring.revoked_ever(proof.accused, proof.key_ids()):
                what = f"it has revoked a key that signed the contradiction of proof {place}"
                findings.remark(proof.accused, what)
    return tuple(found)
