"""What an officer says of a conflict: that it is known, or accepted as it is."""

from __future__ import annotations

from sqlalchemy import select

from openline.forms.fields import fill
from openline.line.conflictlife import State
from openline.station import traffic
from openline.station.books import conflicts, conflictwords
from openline.station.collision_tables import words
from openline.station.engine import Tx
from openline.station.station import Station


def answer(station: Station, id: str, word: str, text: str | None, language: str) -> str:
    """Acknowledge a conflict, or accept it as it is; returns the id of the message that says so."""
    done: str = station.run(lambda tx: _say(tx, id, word, text, language))
    return done


def _say(tx: Tx, id: str, word: str, text: str | None, language: str) -> str:
    peer, plans = conflictwords.about(tx.connection, id)
    fields = fill("finding-answer", {"answer": word, "text": text, **plans})
    # Whoever speaks of a conflict has said that it is one: the other side may not find it itself.
    conflictwords.say_due(tx, id)
    traffic.follow(tx)
    return traffic.submit(tx, (peer,), "finding-answer", fields, language=language, whole=True)


def acknowledge_found(tx: Tx, peer: str, about: str) -> None:
    """Whoever silences a conflict's alarm has acknowledged it, where the peer can read that."""
    id = about.partition(" ")[0]
    row = conflicts.life_row(tx.connection, peer, id)
    if row is None or row.state == State.RESOLVED or tx.line(peer).level < conflictwords.LEVEL:
        return
    w = words.c
    own = select(w.word).where(
        *(w.peer == peer, w.id == id, w.party == tx.engine.party),
        *(w[name] == getattr(row, name) for name in ("first_revision", "second_revision")),
    )
    if tx.run(own).first() is None:
        _say(tx, id, "acknowledged", None, "en")
