"""The tables of activities beside what is announced: standings, drafts, and what never leaves."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, Table, Text

from openline.station.tables import METADATA

standings = Table(
    "standings",  # what the record says of each announced activity beside its newest version
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("thing", Text, primary_key=True),
    Column("said_at", BigInteger, nullable=False),  # when its where and when was last changed
    Column("author", Text, nullable=False),  # the officer who gave its coordinates, if named
    Column("confirmed_at", BigInteger, nullable=False),  # when its side last said it is there
    Column("confirm_by", BigInteger),  # until when that holds; null: for good
    Column("reminded", Boolean, nullable=False, default=False),
)
Index("standings_confirm", standings.c.confirm_by)

drafts = Table(
    "drafts",  # activities that were not announced yet
    METADATA,
    Column("id", Text, primary_key=True),  # the thing that it will be
    Column("fields", LargeBinary, nullable=False),
    Column("author", Text, nullable=False),  # the officer who gave its coordinates, if named
    Column("at", BigInteger, nullable=False),
)

private_activities = Table(
    "private_activities",  # never leave the station; each as its newest version says
    METADATA,
    Column("id", Text, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("fields", LargeBinary, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("author", Text, nullable=False),  # the officer who gave its coordinates, if named
    Column("at", BigInteger, nullable=False),
)
Index("private_when", private_activities.c.start, private_activities.c.end)

private_versions = Table(
    "private_versions",  # every version of them; never leave the station either
    METADATA,
    Column("private", Text, primary_key=True),
    Column("revision", BigInteger, primary_key=True),
    Column("fields", LargeBinary, nullable=False),
    Column("by", Text, nullable=False),  # the officer who made this version, if named
    Column("at", BigInteger, nullable=False),
)

private_findings = Table(
    "private_findings",  # what they collide with; never leave the station either
    METADATA,
    Column("private", Text, primary_key=True),
    Column("thing", Text, primary_key=True),
    Column("peer", Text, nullable=False),  # the line on which the other was announced
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("horizontal_mm", BigInteger, nullable=False),
    Column("vertical_mm", BigInteger, nullable=False),
    Column("flags", Text, nullable=False),
    Column("found_at", BigInteger, nullable=False),
    Column("resolved_at", BigInteger),
)

NEW_IN_3 = (standings, drafts, private_activities, private_versions, private_findings)
"""What the step from version 2 of the database makes."""
