"""The books: what the station derives from messages, in the transaction that stores them.

`act` judges a message's content and gives it to the book of its form. A form
without a book only travels and is shown: adding one touches data and phrases,
not this. What the peer sent and cannot be used stays recorded and is answered
`not-understood` by the machine; what we send ourselves is refused before it is
stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from openline.forms.fields import check_fields
from openline.line.records import FIRST_EPOCH
from openline.station import entries, epochs
from openline.station.books import (
    alarms,
    announced,
    answers,
    breaks,
    calls,
    conflictwords,
    humantests,
    keys,
    lines,
    linetests,
    owndesk,
    urgency,
    urgent,
    witnesses,
)
from openline.station.engine import Tx
from openline.station.entries import Entry
from openline.station.hot import Hot, slot
from openline.station.tables import messages
from openline.words import limits
from openline.words.errors import BrokenInvariant, OpenlineError, Whose

trace = structlog.get_logger("openline.books")
Book = Callable[[Tx, Entry], None]

BOOKS: Mapping[str, Book] = MappingProxyType(
    {
        "card": lines.on_card,
        "epoch": breaks.on_epoch,
        "fork": breaks.on_fork,
        "keys": keys.on_keys,
        "revocation": keys.on_revocation,
        "revocation-held": keys.on_held,
        "declaration": lines.on_declaration,
        "terms": announced.on_terms,
        "activity": announced.on_activity,
        "activity-confirm": announced.on_confirm,
        "cancel": announced.on_cancel,
        "caution": owndesk.on_caution,
        "finding": conflictwords.on_finding,
        "finding-answer": conflictwords.on_answer,
        "linetest": linetests.on_linetest,
        "linetest-answer": linetests.on_answer,
        "human-test": humantests.on_test,
        "human-test-answer": humantests.on_answer,
        "call-request": calls.on_request,
        "call-answer": calls.on_answer,
        "call-held": calls.on_held,
        "call-confirm": calls.on_confirm,
        "contact": calls.on_contact,
        "readout": calls.on_readout,
        "witness-consent": witnesses.on_consent,
        "witness-heads": witnesses.on_heads,
        "witness-answer": witnesses.on_answer,
        "not-understood": answers.on_not_understood,
        "escalation": urgency.on_escalation,
        **dict.fromkeys(answers.FORMS, answers.on_answer),
        **dict.fromkeys(urgent.ANSWERS, urgent.on_answer),
    }
)


def act(tx: Tx, entry: Entry) -> None:
    """Let the book of the message's form act on it."""
    tx.topics.add(entry.form)
    if entry.way == "out":
        if entry.epoch == tx.line(entry.peer).state.out_epoch:
            _book(tx, entry)
        elif _try(tx, entry) is not None:  # lost and given back: it was accepted long ago
            _mark_unbooked(tx, entry, True)
        return
    if "#" in entry.id and entries.said_before(tx.connection, entry):
        return  # acted on when it was said first
    if entry.precedence.is_urgent:
        alarms.raise_alarm(tx, entry.peer, entry.id, entry.precedence, entry.form)
    urgency.begin(tx, entry)
    refusal = _try(tx, entry)
    if refusal is not None:
        _refuse(tx, entry, refusal)


def retry(tx: Tx, peer: str) -> None:
    """Book what could not be booked while what it is about was lost."""
    for place in _UNBOOKED.run(tx.connection, {"peer": peer}).fetchall():
        entry = entries.entry_at(tx.connection, peer, *place)
        refusal = _try(tx, entry)
        if refusal is None:
            _mark_unbooked(tx, entry, False)
        elif entry.way == "in" and not epochs.is_recovering(tx.line(peer).state):
            _mark_unbooked(tx, entry, False)
            _refuse(tx, entry, refusal)


def _refuse(tx: Tx, entry: Entry, refusal: OpenlineError) -> None:
    """Say that the machine cannot use it; while our own messages are lost, wait for them."""
    if epochs.is_recovering(tx.line(entry.peer).state):
        _mark_unbooked(tx, entry, True)
    elif entry.form != "not-understood":
        _not_understood(tx, entry, refusal)


def _mark_unbooked(tx: Tx, entry: Entry, unbooked: bool) -> None:
    m = messages.c
    place = (m.peer == entry.peer, m.way == entry.way, m.epoch == entry.epoch)
    at = (*place, m.number == entry.number)
    tx.run(update(messages).where(*at).values(unbooked=unbooked))


def _try(tx: Tx, entry: Entry) -> OpenlineError | None:
    """Judge and book a peer's message; why it cannot be used, where it cannot."""
    try:
        if entry.way == "in":
            judge(tx, entry)
        if entry.form in BOOKS:  # else there is nothing to undo
            with tx.undoing():
                _book(tx, entry)
    except OpenlineError as error:
        return error
    except IntegrityError:
        return _unusable("uid-reused", "its id stands for something else already")
    except (SQLAlchemyError, BrokenInvariant):
        raise
    except Exception:  # noqa: BLE001 (a fault of ours must not let one message block the line)
        trace.exception("book failed", line=entry.peer, form=entry.form, number=entry.number)
        return OpenlineError("station-fault", "this station could not use it", rule="R-LINE-10")
    return None


def judge(tx: Tx, entry: Entry) -> None:
    """Raise what is wrong with the content of a peer's message (R-LINE-10)."""
    if entry.payload is None:
        raise _unusable("unreadable", "the payload cannot be read")
    if "#" in entry.id:
        raise _unusable("uid-reused", "the uid was used before")
    if tx.engine.party not in entry.payload.to:
        raise _unusable("not-addressed", "we are not among the addressees")
    first = "card" if entry.epoch == FIRST_EPOCH else "epoch"
    if (entry.form == first) != (entry.number == 0) or entry.form in {"card", "epoch"} - {first}:
        raise _unusable("not-a-card", f"this epoch begins with one `{first}`, and has no other")
    check_fields(entry.form, entry.payload.form_version, entry.fields, tx.engine.catalog)


def _book(tx: Tx, entry: Entry) -> None:
    book = BOOKS.get(entry.form)
    if book is not None:
        book(tx, entry)
        urgent.note(tx, entry)


def _unusable(code: str, what: str) -> OpenlineError:
    return OpenlineError(code, what, whose=Whose.THEIRS, rule="R-LINE-10")


def _not_understood(tx: Tx, entry: Entry, error: OpenlineError) -> None:
    why = f"{error.code}: {error.message}"[: limits.FIELD_CHARS]
    about = {} if "#" in entry.id else {"about": entry.id}
    fields = {"about_hash": entry.leaf, "why": why, **about}
    tx.reply(entry.peer, "not-understood", fields)
    tx.run(answers.set_state(entry.peer, "in", entry.id, "answered"))


_m = messages.c
_UNBOOKED = Hot(
    select(_m.way, _m.epoch, _m.number).where(_m.peer == slot("peer"), _m.unbooked).order_by(_m.pk)
)
