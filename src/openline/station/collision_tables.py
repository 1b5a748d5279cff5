"""The tables of what collides, who said what about it, and what is still to be passed on."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text

from openline.station.tables import METADATA

findings = Table(
    "findings",  # of a pair of plans: what our machine finds, and what each side has said of it
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("source", Text, primary_key=True),  # machine: ours, now; out and in: as was said
    Column("first", Text, nullable=False),  # the activity whose id sorts first
    Column("second", Text, nullable=False),
    Column("first_revision", Integer, nullable=False),
    Column("second_revision", Integer, nullable=False),
    Column("found", Boolean, nullable=False),
    Column("start", BigInteger),
    Column("end", BigInteger),
    Column("horizontal_mm", BigInteger),
    Column("vertical_mm", BigInteger),
    Column("flags", Text, nullable=False, default=""),
    Column("epoch", BigInteger, nullable=False, default=0),  # of the message that said it
    Column("number", BigInteger, nullable=False, default=0),
)
Index("findings_first", findings.c.peer, findings.c.first)
Index("findings_second", findings.c.peer, findings.c.second)

words = Table(
    "conflict_words",  # the newest word of a person of each side on a pair of plans
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("party", Text, primary_key=True),
    Column("first_revision", Integer, nullable=False),
    Column("second_revision", Integer, nullable=False),
    Column("word", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),  # the officer's name, where one was given
    Column("text", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
)

lives = Table(
    "conflict_lives",  # how a conflict stands, beside its figures in `conflicts`
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("first_revision", Integer, nullable=False),
    Column("second_revision", Integer, nullable=False),
    Column("alarms", Integer, nullable=False, default=0),  # how many it has raised
    Column("due", BigInteger),  # when our machine says what it finds; null: nothing is to be said
)
Index(
    "conflict_lives_due",
    lives.c.due,
    sqlite_where=text("due IS NOT NULL"),
    postgresql_where=text("due IS NOT NULL"),
)

passings = Table(
    "passings",  # notices that were not passed on yet, by either side of their line
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("thing", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("taken_at", BigInteger),
    Column("alarms", Integer, nullable=False),  # how many it has raised
    Column("due", BigInteger),
)
Index("passings_due", passings.c.due)
Index("passings_taken", passings.c.taken_at)

own_desk = Table(
    "own_desk",  # plans of two lines that collide: shown here alone, and never said
    METADATA,
    Column("id", Text, primary_key=True),
    Column("first_peer", Text, nullable=False),
    Column("first", Text, nullable=False),
    Column("second_peer", Text, nullable=False),
    Column("second", Text, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("horizontal_mm", BigInteger, nullable=False),
    Column("vertical_mm", BigInteger, nullable=False),
    Column("flags", Text, nullable=False),
    Column("found_at", BigInteger, nullable=False),
    Column("resolved_at", BigInteger),
    Column("alarms", Integer, nullable=False),  # how many it has raised
    Column("waiting", Boolean, nullable=False),  # until it is alarmed
)
Index(
    "own_desk_waiting",
    own_desk.c.id,
    sqlite_where=text("waiting = 1"),
    postgresql_where=text("waiting"),
)
Index("own_desk_first", own_desk.c.first)
Index("own_desk_second", own_desk.c.second)

NEW_IN_3 = (findings, words, lives, passings, own_desk)
