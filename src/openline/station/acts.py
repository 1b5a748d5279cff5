"""What an officer or a script does at a station: each act is one job of the writer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from openline.forms.catalog import form as form_named
from openline.forms.fields import fill
from openline.forms.precedence import Precedence
from openline.line.linetest import Result
from openline.station import announcing, heads, saying, states, timers, traffic
from openline.station.awaited import Wait
from openline.station.books import calls
from openline.station.books.lines import card_fields
from openline.station.engine import Tx
from openline.station.station import Station
from openline.station.tables import alarms, messages, tests
from openline.wire.card import Card, fingerprint, read_card
from openline.wire.fingerprint import normalise_fingerprint
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment

WAIT_STEP_S = 1.0


def join(station: Station, text: str, words: str) -> Card:
    """Open the line to a card's party, and sign its card as message number 0 (R-STN-07)."""
    card = read_card(text)
    if normalise_fingerprint(words) != fingerprint(card):
        raise OpenlineError(
            "wrong-fingerprint",
            "the card's fingerprint is not the one that was given",
            whose=Whose.THEIRS,
            rule="R-STN-07",
            next="have the other side read it aloud again, over a telephone, from its own screen",
        )
    engine = station.engine

    def job(tx: Tx) -> None:
        _check_new(tx, card)
        line = heads.open_line(tx.connection, engine.party, tx.own.signer, card, tx.now.wall)
        tx.lines[card.party] = line
        tx.topics.add("lines")
        fields = {**card_fields(tx.own.card, card), "speaks": engine.level}
        traffic.submit(tx, (card.party,), "card", fields)

    station.run(job)
    return card


def _check_new(tx: Tx, card: Card) -> None:
    if card.party == tx.engine.party:
        raise _cannot_join("this is the station's own card", "join the other side's")
    if card.party in tx.lines:
        same = tx.lines[card.party].card.raw == card.raw
        what = f"the line to {card.party} is open already"
        raise _cannot_join(
            what if same else f"{what}, with another card", "`openline status` shows it"
        )
    if len(tx.lines) >= limits.LINES:
        raise _cannot_join(f"a station has at most {limits.LINES} lines (LINES)", "found another")


def _cannot_join(what: str, next: str) -> OpenlineError:
    return OpenlineError("cannot-join", what, rule="R-STN-07", next=next)


def send(
    station: Station,
    lines: Sequence[str],
    form: str,
    raw: Mapping[str, Any],
    precedence: str | None,
    language: str,
) -> str:
    """Fill a form and send it; returns the message's id when it is stored for good."""
    id: str = station.run(_submission(lines, form, raw, precedence, language))
    return id


def send_and_wait(
    station: Station,
    lines: Sequence[str],
    form: str,
    raw: Mapping[str, Any],
    precedence: str | None,
    language: str,
    seconds: float,
) -> tuple[str, str]:
    """As `send`, and wait until every copy is received; returns the id, and the state then."""
    submit = _submission(lines, form, raw, precedence, language)
    wait = Wait()

    def job(tx: Tx) -> str:
        ours = {peer: tx.line(peer).state.out for peer in lines}
        id: str = submit(tx)
        copies = [(peer, (sent.direction.epoch, sent.size)) for peer, sent in ours.items()]
        station.awaited.drop(wait)  # what this job waited for when it was done before
        station.awaited.add(wait, copies)
        return id

    # The thread is woken once, by the receipt or by what was refused; not for the commit as well.
    stored = station.start(job)
    stored.add_done_callback(lambda done: wait.event.set() if done.exception() else None)
    wait.event.wait(seconds)
    try:
        id = stored.result()
    finally:
        station.awaited.drop(wait)
    if wait.received:
        return id, "received"
    go_on(station)
    return id, _state_of(station, id)


def _submission(
    lines: Sequence[str],
    form: str,
    raw: Mapping[str, Any],
    precedence: str | None,
    language: str,
) -> Callable[[Tx], str]:
    """What submits a filled form; it was checked then."""
    if form_named(form).by == "machine":
        raise OpenlineError(
            "machines-form",
            f"the form {form} is the machine's own",
            rule="R-LINE-15",
            next="a machine never speaks for a person, nor a person for a machine",
        )
    urgency = None if precedence is None else parse_precedence(precedence)
    if form == "activity":
        activity, _ = announcing.checked(raw)
        return lambda tx: announcing.announce(tx, lines, activity, urgency, language)
    fields = fill(form, raw)

    def job(tx: Tx) -> str:
        states.check_valid(fields, tx.now.wall)
        to = tuple(lines)
        return traffic.submit(tx, to, form, fields, urgency, language=language, whole=True)

    return job


def parse_precedence(text: str) -> Precedence:
    """The precedence of that name; raises ``bad-precedence``."""
    if text not in list(Precedence):
        raise OpenlineError(
            "bad-precedence",
            f"{text[:40]!r} is no precedence",
            rule="R-FORM-03",
            next=f"use one of {', '.join(Precedence)}",
        )
    return Precedence(text)


def wait_received(station: Station, id: str, seconds: float) -> str:
    """Wait until every copy of a message is received; returns its state then."""
    with station.engine.store.read() as connection:
        rows = connection.execute(_COPIES, {"p_id": id})
        copies = [(peer, (epoch, number)) for peer, epoch, number in rows]
    wait = Wait()
    station.awaited.add(wait, copies)
    for peer in {peer for peer, _ in copies}:  # what was receipted before anyone waited
        station.awaited.covered(peer, station.engine.lines[peer].state)
    if copies:
        wait.event.wait(seconds)
    station.awaited.drop(wait)
    if not wait.received:
        go_on(station)
    return _state_of(station, id)


def _state_of(station: Station, id: str) -> str:
    with station.engine.store.read() as connection:
        row = connection.execute(_NEWEST, {"p_id": id}).first()
        return "" if row is None else states.state_of(connection, row, station.now())


def test_line(station: Station, peer: str, wait_s: float) -> str:
    """Test a line now and wait for the answer; returns the test's id."""
    if not station.running:
        raise OpenlineError(
            "not-running",
            "no station runs in this folder, so nothing can be tested",
            next="start it with `openline serve`",
        )
    heads.require(station.engine.lines, peer)
    within_ms = int(wait_s * 1000)
    id: str = station.run(lambda tx: timers.begin_test(tx, peer, None, within_ms))
    t = tests.c
    until = time.monotonic() + wait_s + WAIT_STEP_S
    count = 0
    while time.monotonic() < until:
        with station.engine.store.read() as connection:
            result, at = connection.execute(
                select(t.result, t.at).where(t.peer == peer, t.id == id)
            ).one()
        if result != Result.PENDING and station.looked(peer, Moment(at)):
            break
        count = station.changes.wait(count, until - time.monotonic())
        go_on(station)
    return id


def go_on(station: Station) -> None:
    """After a wait: raise ``station-ending`` when that is why it is over."""
    if station.ending:
        raise OpenlineError(
            "station-ending",
            "the station was stopped meanwhile; what was stored stays",
            next="start it again, and see `openline messages`",
        )


def about_call(station: Station, id: str, form: str, raw: Mapping[str, Any], language: str) -> str:
    """Send a form about a call on the line that it stands on."""
    with station.engine.store.read() as connection:
        peer = calls.peer_of(connection, id)
    return send(station, (peer,), form, {"about": id, **raw}, None, language)


def acknowledge_alarm(station: Station, id: str) -> Moment:
    """A person acknowledges an alarm: the message behind it is answered, if it is one."""

    def job(tx: Tx) -> Moment:
        row = tx.run(select(alarms).where(alarms.c.id == id)).one_or_none()
        if row is None:
            raise OpenlineError(
                "unknown-alarm",
                f"no alarm {id[:80]!r}",
                rule="R-ALARM-02",
                next="`openline alarms` lists them",
            )
        if row.acknowledged_at is None:
            if row.what == "conflict":
                saying.acknowledge_found(tx, row.peer, row.message)
            traffic.acknowledge(tx, row.peer, row.message)
        done = tx.run(select(alarms.c.acknowledged_at).where(alarms.c.id == id)).scalar()
        return Moment(int(done))

    at: Moment = station.run(job)
    return at


# Built once: on the path of every message, building a statement costs more than running it.
_m = messages.c
_OURS = (_m.id == bindparam("p_id"), _m.way == "out")
_COPIES = select(_m.peer, _m.epoch, _m.number).where(*_OURS)
_NEWEST = select(messages).where(*_OURS).order_by(_m.received_at.is_not(None))
