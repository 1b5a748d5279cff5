"""The tables of what cannot wait: what answers what, who is called when, and whether that left."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text

from openline.station.tables import METADATA, messages

abouts = Table(
    "abouts",  # which message is about which, for the timeline of each
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("way", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("about", Text, nullable=False),  # as it was said: a message's or a thing's id
    Column("form", Text, nullable=False),
)
Index("abouts_about", abouts.c.peer, abouts.c.about)

UNANSWERED = "state <> 'answered'"
"""In the words of the index, or it is not used."""
Index(
    "unanswered",
    messages.c.peer,
    messages.c.way,
    messages.c.rank,
    messages.c.pk,
    messages.c.form,
    sqlite_where=text(UNANSWERED),
    postgresql_where=text(UNANSWERED),
)

urgencies = Table(
    "urgencies",  # messages of peers that wait for a person
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("precedence", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("arrived_at", BigInteger, nullable=False),
    Column("since", BigInteger, nullable=False),  # from when the steps count
    Column("steps", Text, nullable=False),  # as the policy was then: [[who, after ms], …]
    Column("taken", Integer, nullable=False),
    Column("opened_at", BigInteger),
    Column("ended_at", BigInteger),
)
Index(
    "urgencies_open",
    urgencies.c.peer,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)

escalations = Table(
    "escalations",  # what this side does when nobody answers, where it is not the default
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("precedence", Text, primary_key=True),
    Column("steps", Text, nullable=False),  # [[who, after ms], …]
    Column("desks", Text, nullable=False),  # peers whose desks are asked for help
)

people = Table(
    "people",  # whom an alarm can reach; the ways themselves are secrets, in a file
    METADATA,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("place", Integer, nullable=False),  # in which order they are called
    Column("ways", Integer, nullable=False),  # how many ways of reaching them the file has
    Column("kinds", Text, nullable=False, default="[]"),  # of these ways: JSON, nothing secret
    Column("language", Text, nullable=False, default=""),  # empty: the station's
)

watches = Table(
    "watches",
    METADATA,
    Column("pk", Integer, primary_key=True),
    Column("person", Text, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("source", Text, nullable=False),  # table, or the calendar's file and uid
    Column("tested_at", BigInteger),  # when its hand-over was
)
Index("watches_when", watches.c.start, watches.c.end)

notices = Table(
    "notices",  # one alarm to one person by one way
    METADATA,
    Column("pk", Integer, primary_key=True),
    Column("peer", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("way", Integer, nullable=False),  # which of the person's ways, from 1
    Column("at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("left", Boolean),  # whether the gateway took it
    Column("why", Text, nullable=False, default=""),
)
Index("notices_about", notices.c.peer, notices.c.about)
Index(
    "notices_open",
    notices.c.pk,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)

NEW_IN_3 = (abouts, urgencies, escalations, people, watches, notices)
"""What the step from version 2 of the database makes."""
