"""Scenario files: which parties, what happens when, and by whom; TOML, read strictly.

A file has `title`, `start`, `end`, two or more `[[party]]` (`id`, `name`,
`voice`), optionally `[figures]` (`before`, `after`: the instants at which the
clocks are compared), and `[[event]]` in the order of time: `at`, `by`, `do`,
`note` (for the timeline), and as the deed asks `to`, `name` (so that a later
event can be about it), `about`, `fields`, `precedence`, `language`. Times are
RFC 3339. What a party can `do` is to fill any form that a person may fill, or
one of `DEEDS`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from openline.scenario import reader
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

OPEN_LINE = "open-line"
ACKNOWLEDGE_ALARMS = "acknowledge-alarms"
NOTE = "note"
DEEDS: Mapping[str, str] = {
    OPEN_LINE: "the parties `by` and `to` join each other's card",
    ACKNOWLEDGE_ALARMS: "the officer on duty acknowledges every open alarm; there must be one",
    NOTE: "nothing: what the world did meanwhile, for the timeline alone",
}
"""What can be done without filling a form."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes part."""

    id: str
    name: str
    voice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that is done, or (`note`) that happened. `about` names an earlier event."""

    place: int
    at: Moment
    do: str
    note: str
    by: str = ""
    to: tuple[str, ...] = ()
    name: str = ""
    about: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    precedence: str | None = None
    language: str = "en"

    def __str__(self) -> str:
        who = f"{self.by}, " if self.by else ""
        return f"event {self.place} ({who}{self.at}, {self.do[: limits.FORM_CHARS]})"


@dataclass(frozen=True, slots=True)
class Script:
    """A scenario, every form of it filled once and found good."""

    title: str
    start: Moment
    end: Moment
    before: Moment
    after: Moment
    parties: tuple[Party, ...]
    events: tuple[Event, ...]


def packaged(name: str) -> Script:
    """The scenario of that name which comes with the package."""
    return parse((files("openline.scenario") / f"{name}.toml").read_text("utf-8"))


def parse(text: str) -> Script:
    """Read a scenario file.

    Raises ``bad-scenario`` (R-SCN-03 to R-SCN-07), or what filling a form
    raises; each names the event by its place, counted from 1.
    """
    if len(text.encode("utf-8", "replace")) > limits.SCENARIO_BYTES:
        raise reader.bad(
            f"a scenario of more than {limits.SCENARIO_BYTES:,} bytes",
            "SCENARIO_BYTES is the limit",
        )
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise reader.bad(f"the file is no TOML: {error}", "correct it there") from None
    return _script(table)


def _script(table: Mapping[str, object]) -> Script:
    reader.only(table, ("title", "start", "end", "party"), ("figures", "event"), "the scenario")
    start, end = (reader.moment(table, key, "the scenario") for key in ("start", "end"))
    if not start < end or end.ms - start.ms > limits.SCENARIO_MS:
        raise reader.bad(
            f"the scenario runs from {start} to {end}", "end it later, within two years"
        )
    parties = _parties(reader.tables(table["party"], "party", limits.SCENARIO_PARTIES))
    figures = reader.table(table.get("figures", {}), "figures")
    reader.only(figures, (), ("before", "after"), "figures")
    before, after = (
        reader.moment(figures, key, "figures") if key in figures else default
        for key, default in (("before", start), ("after", end))
    )
    reading = _Reading({party.id for party in parties}, start, end)
    rows = reader.tables(table.get("event", []), "event", limits.SCENARIO_EVENTS)
    events = tuple(reading.event(place, row) for place, row in enumerate(rows, 1))
    title = reader.text(table, "title", "the scenario", limits.NAME_CHARS)
    return Script(title, start, end, before, after, parties, events)


def _parties(rows: list[Mapping[str, object]]) -> tuple[Party, ...]:
    parties = []
    for row in rows:
        reader.only(row, ("id", "name"), ("voice",), "a party")
        id = reader.party(row["id"], "a party")
        name = reader.text(row, "name", f"party {id}", limits.NAME_CHARS)
        voice = reader.texts(row.get("voice", []), f"party {id}: voice", limits.VOICE_CHARS)
        parties.append(Party(id, name, voice))
    if len({party.id for party in parties}) != len(parties) or len(parties) < 2:
        raise reader.bad("fewer than two parties, or one named twice", "give two, each once")
    return tuple(parties)


@dataclass(slots=True)
class _Reading:
    """What the events so far have established."""

    parties: set[str]
    last: Moment
    end: Moment
    named: set[str] = field(default_factory=set)
    lines: set[frozenset[str]] = field(default_factory=set)

    def event(self, place: int, row: Mapping[str, object]) -> Event:
        """The next event; raises what is wrong with it."""
        try:
            event = self._event(place, row)
            self._judge(event)
        except OpenlineError as error:
            raise reader.naming(error, f"event {place}") from None
        self.last = event.at
        self.named |= {event.name} - {""}
        return event

    def _event(self, place: int, row: Mapping[str, object]) -> Event:
        optional = ("by", "to", "name", "about", "fields", "precedence", "language")
        reader.only(row, ("at", "do", "note"), optional, "it")
        do = reader.text(row, "do", "it", limits.FORM_CHARS)
        by = "" if do == NOTE and "by" not in row else reader.party(row.get("by"), "by")
        others = self.parties - {by}
        alone = do in (NOTE, ACKNOWLEDGE_ALARMS) or len(others) > 1
        precedence = row.get("precedence")
        return Event(
            place=place,
            at=reader.moment(row, "at", "it"),
            do=do,
            note=reader.text(row, "note", "it", limits.FIELD_CHARS),
            by=by,
            to=reader.texts(row.get("to", [] if alone else list(others)), "to", limits.PARTY_CHARS),
            name=reader.text(row, "name", "it", limits.ID_CHARS) if "name" in row else "",
            about=reader.text(row, "about", "it", limits.ID_CHARS) if "about" in row else "",
            fields=reader.table(row.get("fields", {}), "fields"),
            precedence=None if precedence is None else reader.precedence(precedence),
            language=reader.language(row.get("language", "en")),
        )

    def _judge(self, event: Event) -> None:
        if not self.last <= event.at <= self.end:
            raise reader.bad(
                f"it is at {event.at}, before the event above it or after the scenario's end",
                "give events in the order of time",
                "05",
            )
        for party in (*event.to, *([event.by] if event.by else [])):
            if party not in self.parties:
                raise reader.bad(f"{party!r} is no party of the scenario", "name one of them", "06")
        if event.name in self.named:
            raise reader.bad(f"an event was named {event.name!r} before", "name each once", "06")
        if event.about and event.about not in self.named:
            raise reader.bad(
                f"it is about {event.about!r}, which no earlier event is named",
                "name that event, and put it before this one",
                "06",
            )
        self._lines_of(event)
        if event.do not in DEEDS:
            reader.fillable(event.do, event.fields, bool(event.about))
        elif event.fields or event.about or event.name or event.precedence:
            raise reader.bad(
                f"{event.do} takes a note and parties alone", "take the rest out", "07"
            )

    def _lines_of(self, event: Event) -> None:
        if event.do in (NOTE, ACKNOWLEDGE_ALARMS):
            if event.to or (event.by and event.do == NOTE):
                raise reader.bad(f"{event.do} has a party too many", "take it out", "06")
            return
        found = {frozenset((event.by, party)) for party in event.to}
        if not event.to or any(len(pair) == 1 for pair in found):
            raise reader.bad("it goes to nobody, or to its own party", "name others in `to`", "06")
        if event.do == OPEN_LINE:
            if found & self.lines:
                raise reader.bad("the line is open already", "open each line once", "06")
            self.lines |= found
        elif not found <= self.lines:
            raise reader.bad("the line is not open yet", f"put an {OPEN_LINE} before it", "06")
