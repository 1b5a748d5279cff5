"""The database's tables about carriers."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, Table, Text

from openline.station.tables import METADATA

carriers = Table(
    "carriers",  # that were added to a line, and what was changed about its HTTPS
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("options", Text, nullable=False),  # JSON, without secrets
    Column("cost", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
)
