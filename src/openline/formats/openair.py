"""Activities in OpenAir, the airspace files of gliding and paragliding: one for each airspace.

Read are AC, AN, AL, AH, V X=, V D=, DP, DC, DA and DB; what only draws or names radio is not. The
format has no times and no kinds, and an altitude without unit or datum says neither: these are
given by options (ADR 0025). Distances are nautical miles, as the format has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from openline.formats.arcs import arc, arc_between
from openline.formats.coordinates import read_coordinates
from openline.formats.csvfile import decoded
from openline.formats.draft import Found, Given, Note, attempt
from openline.formats.levels import band, read_level
from openline.formats.shapes import Place, area, circle, place_of
from openline.words import limits
from openline.words.errors import OpenlineError

NM_M = 1852.0
_LINE = re.compile(r"([A-Z]{1,2})(?:\s+(.*))?", re.IGNORECASE)
_IGNORED = ("SP", "SB", "AT", "TO", "TC", "AY", "AF", "AG", "AI", "AX", "AA")
_OF_A_SPACE = ("AN", "AL", "AH", "DP", "DC", "DA", "DB", "DY")
_IGNORED_VARIABLES = ("W", "Z", "T")
_COLONS = re.compile(r"(\d{1,3}):(\d{1,2}(?:\.\d+)?)(?::(\d{1,2}(?:\.\d+)?))?")


@dataclass(slots=True)
class _Space:
    """One airspace while its lines are read."""

    line: int
    sort: str
    name: str = ""
    lower: str = ""
    upper: str = ""
    centre: Place | None = None
    clockwise: bool = True
    points: list[Place] = field(default_factory=list)
    circles: list[tuple[Place, float]] = field(default_factory=list)
    error: OpenlineError | None = None


def looks_like_openair(text: str) -> bool:
    """Whether there are an AC and a drawing line."""
    return bool(re.search(r"^AC\s", text, re.M) and re.search(r"^(DP|DC|DA|DB|V)\s", text, re.M))


def read_openair(data: bytes, given: Given) -> Iterator[Found]:
    """The airspaces in the file's order; raises ``bad-encoding``, ``bad-openair`` for the whole."""
    text = decoded(data, given.encoding)
    count = 0
    for space in _spaces(text):
        count += 1
        if count > limits.FEATURES:
            advice = f"give at most {limits.FEATURES:,} (FEATURES)"
            raise _bad(f"more than {limits.FEATURES:,} airspaces", advice)
        place = f"airspace {count}, line {space.line}"
        yield attempt(place, space.name, partial(_activity, space, given))
    if not count:
        raise _bad("it has no line AC", "give airspaces in the OpenAir format")


def _spaces(text: str) -> Iterator[_Space]:
    space: _Space | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.split("*", 1)[0].strip()
        found = _LINE.fullmatch(line)
        if not line:
            continue
        word, rest = (found[1].upper(), (found[2] or "").strip()) if found else ("", line)
        if word == "AC":
            if space is not None:
                yield space
            space = _Space(number, rest)
        elif space is None and word in _OF_A_SPACE:
            # Whatever it was of would be left out, and nobody told.
            raise _bad(f"line {number}: {word} stands before any AC", "begin each airspace by AC")
        elif space is not None and space.error is None:
            try:
                _read(space, word, rest)
            except OpenlineError as error:
                space.error = OpenlineError(
                    error.code,
                    f"line {number}: {error.message}",
                    whose=error.whose,
                    rule=error.rule,
                    next=error.next,
                )
    if space is not None:
        yield space


def _read(space: _Space, word: str, rest: str) -> None:
    match word:
        case "AN":
            space.name = rest
        case "AL":
            space.lower = rest
        case "AH":
            space.upper = rest
        case "V":
            _variable(space, rest)
        case "DP":
            space.points.append(_place(rest))
        case "DC":
            space.circles.append((_centre(space), _number(rest) * NM_M))
        case "DA" | "DB":
            space.points += _arc(space, word, rest.split(","))
        case _ if word not in _IGNORED:
            raise _bad(f"{word or rest[:20]!r} is not read here", "draw it with DP, DA, DB or DC")
    if len(space.points) > limits.VERTICES:
        raise _bad("its edge has too many positions", f"at most {limits.VERTICES:,} (VERTICES)")


def _arc(space: _Space, word: str, parts: list[str]) -> list[Place]:
    if len(parts) != (3 if word == "DA" else 2):
        raise _bad(f"{word} of {len(parts)} parts", "write DA radius, from, to or DB from, to")
    if word == "DB":
        first, last = (_place(part) for part in parts)
        return arc_between(_centre(space), first, last, space.clockwise)
    radius, start, end = (_number(part) for part in parts)
    if (end - start) % 360 == 0:
        raise _bad("an arc that goes round whole, or not at all", "draw a circle by DC")
    return arc(_centre(space), radius * NM_M, start, end, space.clockwise)


def _variable(space: _Space, rest: str) -> None:
    name, equals, value = (part.strip() for part in rest.partition("="))
    if name.upper() == "X" and equals:
        space.centre = _place(value)
    elif name.upper() == "D" and value in ("+", "-"):
        space.clockwise = value == "+"
    elif name.upper() not in _IGNORED_VARIABLES:
        raise _bad(f"the variable {rest[:40]!r}", "use V X= and V D=")


def _centre(space: _Space) -> Place:
    if space.centre is None:
        raise _bad("an arc or circle without V X=", "give its centre first")
    return space.centre


def _number(text: str) -> float:
    plain = text.strip()
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6})?", plain):
        raise _bad(f"{plain[:40]!r} is no number", "write it like 2.5")
    return float(plain)


def _place(text: str) -> Place:
    if len(text) > limits.COORDINATES_CHARS:
        raise _bad("a position that is too long", "write it like 50:27:00 N 030:31:24 E")
    plain = _COLONS.sub(lambda m: " ".join(part for part in m.groups() if part), text)
    return place_of(read_coordinates(plain))


def _activity(space: _Space, given: Given) -> tuple[dict[str, object], list[Note]]:
    if space.error is not None:
        raise space.error
    fields: dict[str, Any] = {"title": space.name or None}
    notes: list[Note] = []
    if space.sort:
        fields["details"] = f"OpenAir, class {space.sort}"
    if not space.lower or not space.upper:
        raise _bad("it has no AL or no AH", "give both limits")
    found, notes = band(read_level(space.lower), read_level(space.upper), given)
    fields |= found
    fields["shape"] = _shape(space, given)
    return fields, notes


def _shape(space: _Space, given: Given) -> dict[str, Any]:
    if space.circles and (space.points or len(space.circles) > 1):
        raise _bad("it is drawn as a circle and something else", "make each an airspace")
    if space.circles:
        centre, radius = space.circles[0]
        return circle(centre, {"radius_m": round(radius, 3)}, given)
    ring = [
        place for at, place in enumerate(space.points) if at == 0 or place != space.points[at - 1]
    ]
    if len(ring) < 3:
        raise _bad("its edge has fewer than three positions", "draw it whole")
    if ring[0] != ring[-1]:
        # The format closes an airspace by itself.
        ring.append(ring[0])
    return area([[ring]], {})


def _bad(what: str, advice: str) -> OpenlineError:
    return OpenlineError(
        "bad-openair", f"the airspace is refused: {what}", rule="R-FMT-27", next=advice
    )
