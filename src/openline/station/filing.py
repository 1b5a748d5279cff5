"""Files of activities at a station: read, looked at, announced; all or nothing of each.

A file arrives as JSON: ``{"data": base64, "name", "format", "options": {…}, "skip_bad"}``, all but
the data optional. What is in it is decided by `formats`; here every shape is looked at as well.
"""

from __future__ import annotations

import threading
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openline.formats.draft import Given, Note, Refused, at_place, given_of
from openline.formats.files import Reading, read
from openline.forms.activity import Activity
from openline.forms.schema import Wire
from openline.station import announcing
from openline.station.books import private as book
from openline.station.engine import Tx
from openline.station.station import Station
from openline.station.views.activities import amiss
from openline.words import filelimits
from openline.words.errors import OpenlineError

Json = dict[str, Any]
Progress = Callable[[int, int], None]
_KEYS = frozenset(("data", "name", "format", "options", "skip_bad"))


def untold(done: int, of: int) -> None:
    """Nobody hears how far it is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One activity of a file: where it stands there, its wire fields, and what to know."""

    place: str
    fields: dict[str, Wire]
    activity: Activity
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Filed:
    """A file as it was understood; `errors` in the file's order."""

    format: str
    plans: list[Plan]
    errors: list[OpenlineError]


def as_file(text: str) -> Json:
    """GeoJSON text as a file."""
    data = text.encode("utf-8", "surrogatepass")
    return {"data": b64encode(data).decode(), "format": "geojson"}


def read_file(file: Mapping[str, Any], tell: Progress) -> Filed:
    """Read and look at every activity; raises what refuses the file as a whole."""
    reading = _reading(file)
    plans: list[Plan] = []
    errors: list[OpenlineError] = []
    for number, draft in enumerate(reading.found, 1):
        tell(number, len(reading.found))
        if isinstance(draft, Refused):
            errors.append(draft.error)
            continue
        try:
            fields, activity = announcing.checked(draft.fields)
        except OpenlineError as error:
            errors.append(at_place(draft.place, draft.ref, error))
        else:
            plans.append(Plan(draft.place, fields, activity, draft.notes))
    return Filed(reading.format, plans, errors)


def _reading(file: Mapping[str, Any]) -> Reading:
    if not isinstance(file, Mapping) or not file.keys() <= _KEYS:
        raise _bad_file("it has not the parts of a file")
    data, name, format = (file.get(key, "") for key in ("data", "name", "format"))
    options = file.get("options") or {}
    if not all(isinstance(part, str) for part in (data, name, format)):
        raise _bad_file("one of its parts is no text")
    if not isinstance(options, Mapping):
        raise _bad_file("its options are no object")
    given: Given = given_of(options)
    try:
        content = b64decode(data, validate=True)
    except (NotBase64, ValueError):
        raise _bad_file("its data is no base64") from None
    return read(content, name, given, format)


def _bad_file(why: str) -> OpenlineError:
    return OpenlineError(
        "bad-file",
        f"the file did not arrive as one: {why}",
        rule="R-FMT-12",
        next="hand it over by `openline notify`, or as docs/formats.md says",
    )


def taken(file: Mapping[str, Any], tell: Progress, whole: bool = False) -> Filed:
    """What is to be taken of a file: all of it, or what is sound where that was asked for.

    Where it goes in `whole` nobody can ask for that.
    """
    filed = read_file(file, tell)
    skips_bad = file.get("skip_bad") and not whole
    if filed.errors and (not skips_bad or not filed.plans):
        first, more = filed.errors[0], len(filed.errors) - 1
        told = f"; {more:,} more are wrong: `openline preview` lists them" if more else ""
        raise OpenlineError(
            first.code, first.message, whose=first.whose, rule=first.rule, next=first.next + told
        )
    return filed


def each_of(
    station: Station, filed: Filed, tell: Progress, take: Callable[[Tx, Plan], str]
) -> list[str]:
    """Have every activity of a file taken, all or none; what each became.

    `tell` may raise: then nothing is stored. So it is when Ctrl-C ends the wait.
    """
    halted = threading.Event()

    def job(tx: Tx) -> list[str]:
        taken = []
        for number, plan in enumerate(filed.plans, 1):
            tell(number, len(filed.plans))
            if halted.is_set():
                raise OpenlineError("halted", "nothing was stored: it was interrupted")
            taken.append(take(tx, plan))
        return taken

    try:
        done: list[str] = station.run(job)
    except KeyboardInterrupt:
        halted.set()
        raise
    return done


def notify(
    station: Station, lines: Sequence[str], file: Mapping[str, Any], language: str, tell: Progress
) -> Json:
    """Announce every activity of a file, all or none (R-FMT-09); returns their ids."""
    filed = taken(file, tell)

    def take(tx: Tx, plan: Plan) -> str:
        return announcing.announce(tx, lines, plan.fields, language=language)

    ids = each_of(station, filed, tell, take)
    return {"ids": ids, "amiss": amiss(station, ids, language), **remarks(filed, language)}


def draft(station: Station, file: Mapping[str, Any], language: str, tell: Progress) -> Json:
    """Keep every activity of a file as a draft, all or none; returns the ids they will have."""
    return _kept(station, file, language, tell, announcing.draft)


def private(station: Station, file: Mapping[str, Any], language: str, tell: Progress) -> Json:
    """Enter every activity of a file as private, all or none; returns their ids."""
    return _kept(station, file, language, tell, book.add)


def _kept(
    station: Station,
    file: Mapping[str, Any],
    language: str,
    tell: Progress,
    keep: Callable[[Tx, Mapping[str, Any], str], str],
) -> Json:
    filed = taken(file, tell, whole=True)
    author = announcing.officer()
    ids = each_of(station, filed, tell, lambda tx, plan: keep(tx, plan.fields, author))
    return {"ids": ids, **remarks(filed, language)}


def remarks(filed: Filed, language: str) -> Json:
    """What to know about what was taken, and what was left out; nothing where there is nothing."""
    notes = [
        {"place": plan.place, "note": note.said(language)}
        for plan in filed.plans
        for note in plan.notes
    ]
    skipped = [error.as_json()["error"] for error in filed.errors[: filelimits.PREVIEW_ERRORS]]
    remarks = {"notes": notes, "skipped": skipped}
    return {name: found for name, found in remarks.items() if found}
