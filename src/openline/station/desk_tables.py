"""The tables about the people at a station; `tables` has all others."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text

from openline.station.tables import METADATA

officers = Table(
    "officers",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("hash", Text, nullable=False),  # argon2id, with its salt and costs
    Column("disabled", Boolean, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("stamp", Integer, nullable=False),  # rises with every change
)
