"""The tables of line tests and probes, beside those in `tables`: what is kept of carriers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from openline.station.tables import METADATA

probes = Table(
    "probes",  # the newest of each carrier; no part of any record
    METADATA,
    Column("pk", Integer, primary_key=True),
    Column("peer", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("at", BigInteger, nullable=False),  # it left
    Column("outcome", Text, nullable=False),
    Column("rtt_ms", BigInteger),
    Column("offset_ms", BigInteger),
    Column("offset_uncertainty_ms", BigInteger),
    Column("why", Text, nullable=False, default=""),
)
Index("probes_of", probes.c.peer, probes.c.carrier, probes.c.pk)

probe_days = Table(
    "probe_days",  # how many were run and answered, of each carrier, each UTC day
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("carrier", Text, primary_key=True),
    Column("day", BigInteger, primary_key=True),  # its first instant, ms
    Column("run", BigInteger, nullable=False),
    Column("answered", BigInteger, nullable=False),
    Column("rtt_sum_ms", BigInteger, nullable=False),
)

test_carriers = Table(
    "test_carriers",  # what the probes of a line test came to: the first of each carrier
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("test", Text, primary_key=True),
    Column("carrier", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("rtt_ms", BigInteger),
    Column("offset_ms", BigInteger),
    Column("offset_uncertainty_ms", BigInteger),
    Column("why", Text, nullable=False, default=""),
)

test_checks = Table(
    "test_checks",  # what our own side found after a missed test
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("test", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("conclusion", Text, nullable=False),
    Column("findings", Text, nullable=False),  # JSON
)

human_tests = Table(
    "human_tests",  # that we began
    METADATA,
    Column("peer", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("deadline", BigInteger, nullable=False),
    Column("result", Text, nullable=False),
    Column("phrase", Text, nullable=False),
    Column("answered_at", BigInteger),
    Column("why", Text, nullable=False, default=""),
)
Index("human_tests_when", human_tests.c.peer, human_tests.c.at)

misses = Table(
    "misses",  # tests that were not passed, each with its alarm
    METADATA,
    Column("alarm", Text, primary_key=True),
    Column("peer", Text, nullable=False),
    Column("of", Text, nullable=False),  # line or human
    Column("test", Text, nullable=False),
    Column("at", BigInteger, nullable=False),  # the test
    Column("over", Text, nullable=False, default=""),  # passed, again; empty while it stands
    Column("over_at", BigInteger),
)
Index("misses_standing", misses.c.peer, misses.c.of, misses.c.over)

NEW_IN_3 = (probes, probe_days, test_carriers, test_checks, human_tests, misses)
