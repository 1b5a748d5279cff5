"""The database's tables. `way` is "out" for what we signed, "in" for what the peer signed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

SCHEMA_VERSION = "3"
"""Raised by every change of these tables; a station refuses a database that it does not know."""

METADATA = MetaData()

meta = Table("meta", METADATA, Column("key", Text, primary_key=True), Column("value", Text))

lines = Table(
    "lines",
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("card", Text, nullable=False),
    Column("joined_at", BigInteger, nullable=False),
    Column("out_epoch", BigInteger, nullable=False),  # in which our record goes on
    Column("in_epoch", BigInteger, nullable=False),  # and the peer's
    Column("level", Integer, nullable=False, default=1),  # of the forms that the peer reads
    Column("declared_ours", Text, nullable=False, default="open"),
    Column("declared_theirs", Text, nullable=False, default="open"),
    Column("terms_ours", Text, nullable=False, default="{}"),
    Column("terms_theirs", Text, nullable=False, default="{}"),
)

cards = Table(
    "cards",  # every card of ours and of our peers: whose keys signed what
    METADATA,
    Column("party", Text, primary_key=True),
    Column("serial", BigInteger, primary_key=True),
    Column("raw", LargeBinary, nullable=False),
    Column("learned_at", BigInteger, nullable=False),
    Column("epoch", BigInteger),  # of the message that announced it on our line
    Column("number", BigInteger),
)

revocations = Table(
    "revocations",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("peer", Text, nullable=False),  # the other party of its line
    Column("party", Text, nullable=False),  # whose keys
    Column("raw", LargeBinary, nullable=False),
    Column("learned_at", BigInteger, nullable=False),
)

unverified = Table(
    "unverified",  # signed with a key that no card here has: its card was asked for
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("peer", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("arrived_at", BigInteger, nullable=False),
)
Index("unverified_of", unverified.c.peer, unverified.c.arrived_at)

heads = Table(
    "heads",
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("way", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("rank", Integer, nullable=False),  # in which order we came to know the epochs
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("receipted", BigInteger, nullable=False),  # out: covered by the peer; in: given by us
    Column("known", BigInteger, nullable=False),  # out: how many the peer says that it holds
    Column("receipt", LargeBinary, nullable=False),
)

messages = Table(
    "messages",
    METADATA,
    Column("pk", Integer, primary_key=True),
    Column("peer", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("id", Text, nullable=False),
    Column("thing", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("rank", Integer, nullable=False),  # of its precedence: 0 is flash
    Column("at", BigInteger, nullable=False),  # the signer's time, ms
    Column("raw", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("root", LargeBinary),  # the record's root after it; null while parked
    Column("state", Text, nullable=False),
    Column("arrived_at", BigInteger),  # in: our time
    Column("received_at", BigInteger),  # out: the peer's time, from its first receipt
    Column("waiting", Boolean, nullable=False),  # out: until a receipt covers it
    Column("early", LargeBinary),
    Column("shown", Boolean, nullable=False, default=False),
    Column("unbooked", Boolean, nullable=False, default=False),  # what it is about was lost
    UniqueConstraint("peer", "way", "epoch", "number"),
)
Index("messages_id", messages.c.id)
Index("messages_thing", messages.c.peer, messages.c.thing)
Index(
    "outbox",
    messages.c.peer,
    messages.c.rank,
    messages.c.pk,
    sqlite_where=text("waiting = 1"),  # in the words of the queries, or it is not used
    postgresql_where=text("waiting"),
)
Index(
    "unbooked",
    messages.c.peer,
    sqlite_where=text("unbooked = 1"),
    postgresql_where=text("unbooked"),
)

nodes = Table(
    "nodes",  # of a record's tree, for proofs: the full subtrees on each fourth level
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("way", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("level", Integer, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

receipts = Table(
    "receipts",
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("way", Text, primary_key=True),  # of the record that it covers
    Column("epoch", BigInteger, primary_key=True),
    Column("size", BigInteger, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("raw", LargeBinary, nullable=False),
)

forks = Table(
    "forks",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("peer", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("way", Text, nullable=False),  # of the record in which it is
    Column("epoch", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("evidence", LargeBinary, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)

activities = Table(
    "activities",
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("thing", Text, primary_key=True),
    Column("party", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("fields", LargeBinary, nullable=False),
    Column("cancelled_at", BigInteger),
)
Index("activities_when", activities.c.peer, activities.c.start, activities.c.end)

cancels = Table(
    "cancels",  # a cancel may arrive before what it cancels
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("thing", Text, primary_key=True),
    Column("party", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

conflicts = Table(
    "conflicts",
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("a", Text, nullable=False),
    Column("b", Text, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("horizontal_mm", BigInteger, nullable=False),
    Column("vertical_mm", BigInteger, nullable=False),
    Column("flags", Text, nullable=False),
    Column("found_at", BigInteger, nullable=False),
    Column("resolved_at", BigInteger),
)

calls = Table(
    "calls",
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seeker", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("turns", Text, nullable=False),
)

contacts = Table(
    "contacts",
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("level", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("certainty", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("party", Text, nullable=False),  # who said so first
)

tests = Table(
    "tests",
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("scheduled", BigInteger),
    Column("at", BigInteger, nullable=False),
    Column("deadline", BigInteger, nullable=False),
    Column("result", Text, nullable=False),
    Column("answered_at", BigInteger),
    Column("rtt_ms", BigInteger),
    Column("offset_ms", BigInteger),
    Column("offset_uncertainty_ms", BigInteger),
    Column("records_equal", Boolean),
    Column("why", Text, nullable=False, default=""),
)
Index("tests_when", tests.c.peer, tests.c.at)
Index("tests_scheduled", tests.c.peer, tests.c.scheduled)

alarms = Table(
    "alarms",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("peer", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("precedence", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("sounded", Integer, nullable=False),
    Column("acknowledged_at", BigInteger),
)

signed_heads = Table(
    "signed_heads",  # what line tests and witnesses brought beside receipts
    METADATA,
    Column("record", Text, primary_key=True),  # its direction: us/ru/1
    Column("size", BigInteger, primary_key=True),
    Column("kind", Text, primary_key=True),  # mldsa, checkpoint or cosignature
    Column("signer", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),  # our time
    Column("raw", LargeBinary, nullable=False),  # as signed; of a cosignature its line
    Column("frontier", LargeBinary, nullable=False, default=b""),  # of an own checkpoint
)

consents = Table(
    "consents",  # who agrees that a witness cosigns the heads of its line with another
    METADATA,
    Column("party", Text, primary_key=True),
    Column("other", Text, primary_key=True),
    Column("witness", Text, primary_key=True),
    Column("given", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
)

witnessed = Table(
    "witnessed",  # the head of each record that a witness cosigned last, as far as known here
    METADATA,
    Column("record", Text, primary_key=True),
    Column("witness", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("verdict", Text, nullable=False),  # its last answer
    Column("at", BigInteger, nullable=False),
)
