"""What a verified bundle tells, as one JSON document: for scripts, people and reports alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from openline.evidence.given import Given
from openline.evidence.heads import SignedHead
from openline.evidence.verify import Verification
from openline.forms.fields import plain_or_raw
from openline.forms.phrases import phrase, raw_phrase
from openline.wire.card import Card
from openline.wire.keys import key_id
from openline.wire.revocation import Revocation
from openline.words.party import Direction

Json = dict[str, Any]
AMENDED = "amended"
"""What is said of a message that a later revision of its thing replaces."""


def account(done: Verification, language: str) -> Json:
    """The result, the steps, the parties, each message with what became of it, what is missing.

    Times are RFC 3339 in UTC, hashes hex; ranges of numbers name their first and last. `text` of
    a message is its phrase in `language`; what its writer wrote stays as it was written.
    """
    events = _events(done.messages)
    given = Counter(message.direction for message in done.messages)
    return {
        "result": str(done.result),
        "steps": [asdict(step) for step in done.steps],
        "parties": [
            {
                "party": p.party,
                "name": p.name,
                "fingerprint": p.fingerprint,
                "anchored": p.anchored,
                "witness": p.witness,
                "cards": [_card(card) for card in p.cards],
            }
            for p in done.parties
        ],
        "remarks": [{"party": party, "what": what} for party, what in done.remarks],
        "heads": [_head(signed) for signed in done.heads],
        "revocations": [_revocation(revocation) for revocation in done.revocations],
        "records": [
            # As far as the bundle shows it: how long it is, and how much of it is given.
            {**_place(direction), "size": size, "given": given[direction]}
            for direction, size in done.records
        ],
        "messages": [
            {**_message(message, language), "events": _told(message, events)}
            for message in done.messages
        ],
        "missing": [
            {**_place(missing.direction), "numbers": [list(run) for run in missing.numbers]}
            for missing in done.missing
        ],
        "forks": [
            {
                **_place(fork.direction),
                "kind": str(fork.kind),
                "position": fork.position,
                "accused": fork.accused,
            }
            for fork in done.forks
        ],
    }


def _place(direction: Direction) -> Json:
    return {
        "record": str(direction),
        "sender": direction.sender,
        "receiver": direction.receiver,
        "epoch": direction.epoch,
    }


def _card(card: Card) -> Json:
    return {
        "serial": card.serial,
        "issued": str(card.issued),
        "name": card.name,
        "signing_key": key_id(card.signing_key).hex(),
        "hash": sha256(card.raw).hexdigest(),
    }


def _head(signed: SignedHead) -> Json:
    return {
        **_place(signed.head.direction),
        "kind": signed.kind,
        "by": signed.party,
        "size": signed.head.size,
        "at": str(signed.at) if signed.at else None,
    }


def _revocation(revocation: Revocation) -> Json:
    return {
        "party": revocation.party,
        "line": revocation.peer,
        "keys": [key.hex() for key in revocation.keys],
        "since": str(revocation.since),
        "at": str(revocation.at),
    }


def _message(given: Given, language: str) -> Json:
    payload, message, receipt, early = given.payload, given.message, given.receipt, given.early
    form, fields = "unreadable", {}
    if payload is not None:
        form = payload.form
        fields = plain_or_raw(form, payload.form_version, payload.fields)
    return {
        **_place(given.direction),
        "number": given.number,
        "id": given.id,
        "form": form,
        "precedence": str(payload.precedence) if payload else None,
        "at": str(message.at) if message else None,
        "hash": given.leaf.hex(),
        "key": message.key_id.hex() if message else None,
        "card": given.serial or None,
        "disputed": given.disputed,
        "held_at": str(early.at) if early else None,
        "received_at": str(receipt.at) if receipt else None,
        "receipt_size": receipt.size if receipt else None,
        "fields": fields,
        "text": phrase(form, fields, language) if payload else raw_phrase(form, fields),
    }


def _events(messages: Iterable[Given]) -> Mapping[str, Sequence[Json]]:
    """What the given messages say about others, by the id that they name, in order of time."""
    found: dict[str, list[Json]] = {}
    revised: dict[str, Given] = {}
    for given in messages:
        if given.message is None or given.payload is None or not given.serial:
            continue
        event = {
            "form": given.payload.form,
            "by": given.direction.sender,
            "at": str(given.message.at),
            "id": given.id,
        }
        about = given.payload.fields.get("about")
        if isinstance(about, str):
            found.setdefault(about, []).append(event)
        before = revised.get(given.thing)
        if before is not None and given.payload.revision > 0:
            found.setdefault(before.id, []).append({**event, "form": AMENDED})
        revised[given.thing] = given
    for events in found.values():
        events.sort(key=lambda event: event["at"])
    return found


def _told(given: Given, events: Mapping[str, Sequence[Json]]) -> list[Json]:
    """What is said about a message, by its own id or its thing's."""
    names = dict.fromkeys((given.id, given.thing))
    return [event for name in names for event in events.get(name, ())]
