"""The database's tables about carriers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text

from openline.station.tables import METADATA

carriers = Table(
    "carriers",  # that were added to a line, and what was changed about its HTTPS
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("options", Text, nullable=False),  # JSON, without secrets
    Column("hidden", Text, nullable=False, default="[]"),  # JSON: the options kept in a file
    Column("set_at", BigInteger, nullable=False, default=0),  # a new secret is a new carrier
    Column("cost", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
)

relays = Table(
    "relays",  # between whom this station relays, in the order of their ids
    METADATA,
    Column("a", Text, primary_key=True),
    Column("b", Text, primary_key=True),
)

relayed = Table(
    "relayed",  # sealed parcels that this station holds for others
    METADATA,
    Column("sender", Text, primary_key=True),
    Column("receiver", Text, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),  # SHA-256 of what is sealed
    Column("at", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
Index("relayed_for", relayed.c.receiver, relayed.c.at)
