"""The list of activities that a person prints: one after another, by when they begin."""

from __future__ import annotations

from typing import Any

from openline.documents.report import Reader, printable, time_shown, typeset
from openline.documents.words import known, word
from openline.words.moment import Moment

Json = dict[str, Any]
WORDS = (
    *("list-title", "list-none", "list-count", "list-when"),
    *("list-altitudes", "list-where", "list-party", "list-lines", "list-time", "made", "zone"),
)
"""The words that the template puts in by itself."""
_TEMPLATE = "activities.typ"


def activities_pdf(activities: list[Json], made: Moment, reader: Reader) -> bytes:
    """The PDF of what the station lists (`activities_listed`)."""
    (whole,) = typeset(content(activities, made, reader), "pdf", _TEMPLATE)
    return whole


def activities_html(activities: list[Json], made: Moment, reader: Reader) -> bytes:
    """The same as HTML, as a test reads it."""
    (whole,) = typeset(content(activities, made, reader), "html", _TEMPLATE)
    return whole


def content(activities: list[Json], made: Moment, reader: Reader) -> Json:
    """Everything that the list says, in the reader's words, as the template takes it."""
    say = reader.language
    return {
        "language": known(say),
        "words": {key.replace("-", "_"): word(key, say) for key in WORDS},
        "made": {**time_shown(str(made), reader), "seconds": made.ms // 1000},
        "zone": str(reader.zone),
        "activities": [_activity(each, reader) for each in activities],
    }


def _activity(activity: Json, reader: Reader) -> Json:
    fields = activity["fields"]
    return {
        "title": printable(activity["title"]),
        "ref": printable(activity["ref"]),
        "kind": activity["kind_label"],
        "start": time_shown(activity["start"], reader),
        "end": time_shown(activity["end"], reader),
        "band": activity["band"],
        "party": activity["party"],
        "lines": ", ".join(activity["lines"]),
        "shape": _shape(activity, reader.language),
        "positions": [f"{p['dms']}   {p['decimal']}" for p in activity["positions"]],
        "more": _more(activity, reader.language),
        "texts": [printable(fields[name]) for name in ("route", "details") if fields.get(name)],
    }


def _shape(activity: Json, say: str) -> str:
    metres = next((activity[name] for name in ("radius_m", "width_m") if name in activity), 0)
    return word(f"list-{activity['shape']}", say, metres=f"{metres:,}")


def _more(activity: Json, say: str) -> str:
    count = activity["positions_found"] - len(activity["positions"])
    return word("list-more", say, count=f"{count:,}") if count else ""
