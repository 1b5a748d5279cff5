"""Activities in tables, one a row, as aid organisations keep them: what CSV and XLSX share.

The row with the columns' names is looked for; what stands above it, and columns whose name means
nothing, is named and not read. Every error names the row, and the cell where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import partial
from types import MappingProxyType
from typing import Any

from openline.formats import columns
from openline.formats.cells import COMMA, Cell, InCell, Row, bad_cell, degrees, number
from openline.formats.coordinates import read_coordinates
from openline.formats.draft import (
    FIELDS,
    LENGTHS,
    Draft,
    Found,
    Given,
    Note,
    Refused,
    at_place,
    attempt,
)
from openline.formats.levels import band, read_level
from openline.formats.likeness import resembles
from openline.formats.shapes import bad_shape, place_of, positions
from openline.formats.times import instant, on_day, read_date, read_when, western
from openline.formats.wkt import read_wkt
from openline.forms.catalog import form
from openline.words import filelimits, limits
from openline.words.errors import OpenlineError

EXAMPLE = "EXAMPLE-"
"""How the refs of the template's examples begin, which nobody means to announce."""
_LEAST = 3
"""Columns that a row must name to be the one with the names."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Which column is where, the names that mean nothing, and how many cells their row has."""

    at: Mapping[str, int]
    ignored: tuple[str, ...]
    row: int
    width: int


def bad_table(what: str, advice: str) -> OpenlineError:
    """The error ``bad-table`` (ours): the whole of it is refused."""
    return OpenlineError("bad-table", f"the table is refused: {what}", rule="R-FMT-20", next=advice)


def too_blank() -> OpenlineError:
    """What is said of a table of more than SHEET_BLANKS blank rows in a row."""
    most = f"{filelimits.SHEET_BLANKS:,}"
    return bad_table(f"it has more than {most} blank rows (SHEET_BLANKS)", "take them out")


def heads_of(row: Iterable[str], number: int) -> Heads | None:
    """The columns that a row names, None where it names too few to be the one."""
    at: dict[str, int] = {}
    ignored: list[str] = []
    twice, width = "", 0
    for place, text in enumerate(row):
        width = place + 1
        name = columns.names().get(columns.plain(text)) if text.strip() else None
        if name is None:
            if text.strip():
                ignored.append(text.strip())
        elif name in at:
            twice = text.strip()
        else:
            at[name] = place
    if len(at) < _LEAST:
        return None
    if twice:
        raise bad_table(f"two columns are {twice[:40]!r} in row {number}", "rename one of them")
    for name in ignored:
        close = resembles(name)
        if close:
            raise bad_table(
                f"the column {name[:40]!r} looks like {close!r}",
                f"call it {close} if that is meant, else rename it",
            )
    return Heads(at, tuple(ignored), number, width)


def read_rows(
    rows: Iterable[tuple[int, Row]], given: Given, notes: Mapping[int, Note] = MappingProxyType({})
) -> Iterator[Found]:
    """The activities in rows with their numbers; raises ``bad-table`` for the whole.

    `notes` is what to know of a row by its number.
    """
    heads: Heads | None = None
    count, told = 0, False
    for at, row in rows:
        if heads is None:
            if at > filelimits.HEADER_ROWS:
                break
            heads = heads_of((_head(cell) for cell in row), at)
            continue
        if all(cell is None or (cell.value == "" and not cell.wrong) for cell in row):
            continue
        count += 1
        if count > limits.FEATURES:
            advice = f"give at most {limits.FEATURES:,} (FEATURES)"
            raise bad_table(f"it has more than {limits.FEATURES:,} rows", advice)
        found = _found(at, row, heads, given)
        if not told and isinstance(found, Draft):
            found, told = replace(found, notes=(*_ignored(heads), *found.notes)), True
        if at in notes and isinstance(found, Draft):
            found = replace(found, notes=(*found.notes, notes[at]))
        yield found
    if heads is None:
        raise bad_table(
            "no row names its columns",
            "name at least ref, kind, title, start, end and where; `openline activity template`",
        )
    if not count:
        raise bad_table("it has no row below the names of its columns", "add one for each activity")


def _head(cell: Cell | None) -> str:
    return "" if cell is None or cell.wrong else str(cell.value)


def _ignored(heads: Heads) -> tuple[Note, ...]:
    names = [name[:40] for name in heads.ignored[: filelimits.NAMES_LISTED]]
    return (Note("columns", {"names": ", ".join(names)}),) if names else ()


def _found(at: int, row: Row, heads: Heads, given: Given) -> Found:
    cells = {
        name: cell
        for name, place in heads.at.items()
        if place < len(row)
        and (cell := row[place]) is not None
        and (cell.value != "" or cell.wrong)
    }
    ref = cells["ref"].text() if "ref" in cells and not cells["ref"].wrong else ""
    if ref.startswith(EXAMPLE):
        error = bad_cell("this is the template's example", "take the row out")
        return Refused(f"row {at}", at_place(f"row {at}", ref, error))
    return attempt(f"row {at}", ref, partial(_activity, cells, row[heads.width :], given))


def _activity(
    cells: Mapping[str, Cell], unnamed: Row, given: Given
) -> tuple[dict[str, object], list[Note]]:
    extra = next((cell for cell in unnamed if cell is not None), None)
    if extra is not None:
        # A value with a comma in it, 49,8397 say, would shift all that stand behind it.
        raise bad_cell(
            f"{extra.where} stands beyond the last column that has a name",
            "put values that hold the separator into quotes, or name the column",
        )
    notes = [cell.note for cell in cells.values() if cell.note is not None]
    schema = form("activity").fields
    fields: dict[str, object] = {}
    for name in FIELDS:
        if name in cells and name not in ("start", "end", "lower", "upper"):
            with InCell(cells[name]):
                fields[name] = _value(name, schema[name].type, cells[name])
    zone = cells["zone"].text() if "zone" in cells else given.zone
    for name in ("start", "end"):
        when = _when(name, cells, zone, given)
        if when:
            fields[name] = when
    lengths = {name: number(cells[name]) for name in LENGTHS if name in cells}
    fields |= _band(fields, cells, given, notes)
    shape = _shape(cells, lengths, given)
    if shape is not None:
        fields["shape"] = shape
    return fields, notes


def _value(name: str, kind: str, cell: Cell) -> object:
    text = cell.text()
    if kind == "choice":
        return columns.choices(name).get(columns.plain(text), text)
    if kind in ("integer", "decimal"):
        return number(cell)
    if kind == "instant":
        return read_when(text, "")
    return text


def _when(name: str, cells: Mapping[str, Cell], zone: str, given: Given) -> str | None:
    """The instant in one column, or in a date's and a time's."""
    whole, day, clock = (cells.get(key) for key in (name, f"{name}_date", f"{name}_time"))
    if whole is not None and (day or clock):
        raise bad_cell(f"{whole.where}: {name} stands twice", f"leave {name} or its two parts out")
    if whole is not None:
        with InCell(whole):
            return _whole(whole, zone, given)
    if day is None and clock is None:
        return None
    if day is None or clock is None:
        there = day or clock
        assert there is not None
        raise bad_cell(
            f"{there.where}: {name} has a date and no time of day, or the other way round",
            "give both; nothing is guessed",
        )
    with InCell(day):
        date_ = _day(day, given)
    with InCell(clock):
        if isinstance(clock.value, datetime):
            return instant(datetime.combine(date_, clock.value.time()), zone)
        if isinstance(clock.value, time):
            return instant(datetime.combine(date_, clock.value), zone)
        return on_day(date_, clock.text(), zone)


def _whole(cell: Cell, zone: str, given: Given) -> str:
    if isinstance(cell.value, datetime):
        cell.text()
        return instant(cell.value, zone)
    if isinstance(cell.value, date):
        raise bad_cell(f"{cell.where} is a day without hours", "add the time of day")
    return read_when(cell.text(), zone, given.dates)


def _day(cell: Cell, given: Given) -> date:
    cell.text()
    if isinstance(cell.value, datetime):
        return cell.value.date()
    if isinstance(cell.value, date):
        return cell.value
    return read_date(cell.text(), given.dates)


def _band(
    fields: Mapping[str, object], cells: Mapping[str, Cell], given: Given, notes: list[Note]
) -> dict[str, object]:
    """lower and upper, which may carry unit and datum in the cell: 300 m AGL, FL195, SFC."""
    levels = {}
    for name in ("lower", "upper"):
        cell = cells.get(name)
        if cell is not None:
            with InCell(cell):
                text = western(cell.text())
                levels[name] = read_level(number(cell) if COMMA.fullmatch(text) else text)
        elif given.value(name) is not None:
            levels[name] = read_level(str(given.value(name)))
    own = {name: str(fields[name]) for name in ("unit", "datum") if name in fields}
    if len(levels) < 2:
        return {}
    known = Given({**given.fields, **own}, flight_levels=given.flight_levels)
    found, said = band(levels["lower"], levels["upper"], known)
    notes += said
    return found


def _shape(
    cells: Mapping[str, Cell], lengths: Mapping[str, object], given: Given
) -> dict[str, Any] | None:
    pair = [cells.get(name) for name in ("latitude", "longitude")]
    ways = [cells[name].where for name in ("coordinates", "mgrs", "wkt") if name in cells]
    ways += [cell.where for cell in pair if cell is not None][:1]
    if len(ways) > 1:
        raise bad_shape(f"{' and '.join(ways)} both say where", "leave one of them out")
    if "wkt" in cells:
        with InCell(cells["wkt"]):
            return read_wkt(cells["wkt"].text(), lengths, given)
    for name in ("coordinates", "mgrs"):
        if name in cells:
            with InCell(cells[name]):
                parts = re.split(r"[;\n|]", western(cells[name].text()))
                places = [place_of(read_coordinates(part)) for part in parts if part.strip()]
                return positions(places, lengths, given)
    latitude, longitude = pair
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        raise bad_shape("a latitude or a longitude alone", "give both")
    with InCell(latitude):
        place = place_of(read_coordinates(f"{degrees(latitude)}, {degrees(longitude)}"))
    return positions([place], lengths, given)
