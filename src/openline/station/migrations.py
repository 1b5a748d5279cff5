"""Steps from each version of the database to the next, all inside the caller's transaction.

A step says what stands in columns that are new or another; tables are made as `tables.py` has
them and filled from the old ones. Version 3 only added tables, so version 2 had all others
as they are: a step never changes once it was released.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    column,
    func,
    insert,
    inspect,
    literal,
    literal_column,
    select,
    table,
    text,
    true,
    update,
)

from openline.line.passing import STEPS_MS
from openline.station import (
    activity_tables,
    carrier_tables,
    collision_tables,
    entries,
    linetest_tables,
    nodes,
    standing,
    urgent_tables,
)
from openline.station.desk_tables import officers
from openline.station.tables import (
    METADATA,
    SCHEMA_VERSION,
    activities,
    conflicts,
    heads,
    messages,
    meta,
)
from openline.words.errors import BrokenInvariant, OpenlineError

Step = Callable[[Connection], None]
Values = Mapping[str, Mapping[str, str]]
"""What columns hold: SQL over the old table's, by table and new column."""


def version_of(connection: Connection) -> str:
    """The version of the database."""
    found = connection.execute(select(meta.c.value).where(meta.c.key == "schema")).scalar()
    return str(found)


def other_schema(version: str) -> OpenlineError:
    """The refusal of a database of that version, with what to do about it."""
    older = any(start == version for start, _, _ in STEPS)
    return OpenlineError(
        "other-schema",
        f"database version {version[:20]}, this program {SCHEMA_VERSION}",
        rule="R-STORE-03",
        next="run `openline upgrade`, which backs the station up first"
        if older
        else "run the version of Openline that wrote it, or a newer one",
    )


def steps_from(version: str) -> list[tuple[str, str, Step]]:
    """The steps from that version to this program's, in order; none where it is the same.

    Raises ``other-schema`` where no steps lead here.
    """
    found, reached = [], version
    for start, end, step in STEPS:
        if start == reached:
            found.append((start, end, step))
            reached = end
    if reached != SCHEMA_VERSION:
        raise other_schema(version)
    return found


def migrate(connection: Connection) -> None:
    """Bring the database to this program's version; raises ``other-schema``."""
    for _, end, step in steps_from(version_of(connection)):
        step(connection)
        connection.execute(update(meta).where(meta.c.key == "schema").values(value=end))


# ---- the steps -----------------------------------------------------------------------


def _epochs(connection: Connection) -> None:
    """From 1 to 2: a record has epochs, of which version 1 knew the first alone.

    Of a fork version 1 kept the statement that came second: `forks.prove_later` makes a proof.
    """
    _rebuild(
        connection,
        {
            "lines": {"out_epoch": "1", "in_epoch": "1"},
            "heads": {"rank": "0", "known": "CASE way WHEN 'out' THEN receipted ELSE 0 END"},
            "messages": {"waiting": "way = 'out' AND received_at IS NULL"},
            "forks": {
                "what": "'unproven'",
                "way": "CASE what WHEN 'two messages at one position' THEN 'in' ELSE 'out' END",
                "epoch": "1",
            },
            "alarms": {"what": "CASE WHEN what LIKE 'fork: %' THEN 'fork-unproven' ELSE what END"},
        },
    )
    _keep_nodes(connection)


def _keep_nodes(connection: Connection) -> None:
    """Keep the nodes of every record; one that lacks a message, `record verify` names."""
    m = messages.c
    for row in connection.execute(select(heads)).all():
        place = (m.peer == row.peer, m.way == row.way, m.epoch == row.epoch, m.number < row.size)
        held = connection.execute(select(func.count()).select_from(messages).where(*place))
        if held.scalar() == row.size:
            nodes.keep(connection, row.peer, row.way, row.epoch, 0, row.size)


NEW_IN_3: tuple[Table, ...] = (
    officers,
    *(carrier_tables.carriers, carrier_tables.relays, carrier_tables.relayed),
    *urgent_tables.NEW_IN_3,
    *linetest_tables.NEW_IN_3,
    *collision_tables.NEW_IN_3,
    *activity_tables.NEW_IN_3,
)


def _desk(connection: Connection) -> None:
    """From 2 to 3: new tables and an index; what answers what, and who said it when, is read."""
    METADATA.create_all(connection, tables=NEW_IN_3)
    for index in messages.indexes:
        index.create(connection, checkfirst=True)
    _collisions(connection)
    m = messages.c
    for row in connection.execute(select(messages).where(m.shown).order_by(m.pk)).all():
        about = entries.about_of(entries.entry_of(row)) if b"about" in row.raw else None
        if about is not None:
            connection.execute(insert(urgent_tables.abouts).values(about))
    for row in connection.execute(select(activities)).all():
        values = standing.standing_of(connection, row, 0)
        connection.execute(insert(activity_tables.standings).values(values))


def _collisions(connection: Connection) -> None:
    """What version 2 knew: the conflicts that its own machine found, and every notice."""
    c, a = conflicts.c, activities.c
    sides = [activities.alias() for _ in range(2)]
    query = select(conflicts).where(c.resolved_at.is_(None))
    for thing, side in zip((c.a, c.b), sides, strict=True):
        query = query.join(side, (side.c.peer == c.peer) & (side.c.thing == thing))
    revisions = [side.c.revision for side in sides]
    figures = [c[name] for name in ("start", "end", "horizontal_mm", "vertical_mm", "flags")]
    _put(
        connection,
        collision_tables.findings,
        query.with_only_columns(
            *(c.peer, c.id, literal("machine"), c.a, c.b, *revisions, true(), *figures),
            *(literal(0), literal(0)),
        ),
        list(collision_tables.findings.c.keys()),
    )
    columns = ["peer", "id", "state", "first_revision", "second_revision", "alarms"]
    found = query.with_only_columns(c.peer, c.id, literal("found"), *revisions, literal(1))
    _put(connection, collision_tables.lives, found, columns)
    notices = select(a.peer, a.thing, a.revision, a.start, a.end, literal(0), literal(0), a.start)
    columns = ["peer", "thing", "revision", "start", "end", "taken", "alarms", "due"]
    live = notices.where(a.cancelled_at.is_(None))
    _put(connection, collision_tables.passings, live, columns)
    p = collision_tables.passings
    connection.execute(update(p).values(due=p.c.due - STEPS_MS[0]))


def _put(connection: Connection, to: Table, query: Select[Any], columns: Sequence[str]) -> None:
    connection.execute(insert(to).from_select(columns, query))


STEPS: tuple[tuple[str, str, Step], ...] = (("1", "2", _epochs), ("2", "3", _desk))
"""From which version, to which, and how; in order."""


# ---- what steps are made of ----------------------------------------------------------


def _rebuild(connection: Connection, values: Values) -> None:
    """Make every table anew and fill it from the old one; a new table is empty.

    A column holds what `values` say, else what it held, else its default, else null.
    """
    old = _columns(connection)
    for name in old:
        for index in inspect(connection).get_indexes(name):
            connection.execute(text(f'DROP INDEX "{index["name"]}"'))
        connection.execute(text(f'ALTER TABLE "{name}" RENAME TO "old_{name}"'))
    METADATA.create_all(connection, tables=_version_2())
    for name, columns in old.items():
        _fill(connection, METADATA.tables[name], columns, values.get(name, {}))
        connection.execute(text(f'DROP TABLE "old_{name}"'))


def _version_2() -> list[Table]:
    return [each for each in METADATA.sorted_tables if each not in NEW_IN_3]


def _columns(connection: Connection) -> dict[str, set[str]]:
    """The columns of the tables that are there already."""
    inspector = inspect(connection)
    there = METADATA.tables.keys() & set(inspector.get_table_names())
    return {name: {each["name"] for each in inspector.get_columns(name)} for name in sorted(there)}


def _fill(connection: Connection, new: Table, columns: set[str], values: Mapping[str, str]) -> None:
    if dropped := columns - set(new.c.keys()):
        raise BrokenInvariant(f"{new.name}: nothing says what becomes of {dropped}")
    said: dict[str, ColumnElement[Any]] = {name: column(name) for name in sorted(columns)}
    said |= {name: literal_column(f"({sql})") for name, sql in values.items()}
    query = select(*said.values()).select_from(table(f"old_{new.name}"))
    connection.execute(insert(new).from_select(list(said), query))  # adds the columns' defaults
