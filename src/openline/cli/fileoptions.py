"""The options of every command that takes a file of activities, in one place."""

from __future__ import annotations

import inspect
from base64 import b64encode
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from openline.cli.output import read_bytes
from openline.formats.files import FORMATS
from openline.words import limits

Text = str | None


def _option(help: str) -> Any:
    return Annotated[Text, typer.Option(help=help)]


OPTIONS: dict[str, Any] = {
    "format": _option(f"The file's format: {', '.join(FORMATS)} (default: what it shows)."),
    "encoding": _option("The text's encoding, like cp1251, where it is not UTF-8."),
    "sheet": _option("The sheet of a workbook that is meant."),
    "zone": _option("The zone of times without one, like Europe/Kyiv."),
    "dates": _option("How 03/04/2026 is meant: dmy or mdy."),
    "flight_levels": _option("refuse (the default), or widen: a band AMSL that surely holds it."),
    "area": _option("q: take the circle of a NOTAM's Q line, whatever E) says."),
    "ref": _option("The reference where the file has none; several get -1, -2, …"),
    "kind": _option("The kind where the file has none."),
    "title": _option("The title where the file has none."),
    "start": _option("When it begins where the file does not say, RFC 3339."),
    "end": _option("When it has ended where the file does not say, RFC 3339."),
    "lower": _option("The lower altitude where the file has none."),
    "upper": _option("The upper altitude where the file has none."),
    "unit": _option("The unit of altitudes without one: m or ft."),
    "datum": _option("What altitudes without one are above: AMSL, HAE or AGL."),
    "radius_m": _option("The radius of points without one, in metres."),
    "width_m": _option("The whole width of ways without one, in metres."),
    "set": Annotated[
        list[str] | None, typer.Option(help="FIELD=VALUE: any other field the file has not.")
    ],
}
"""Each by its name; what the file says of itself stays as it is."""


def takes_file(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose parameter `given` holds the options that were given, by their names."""
    own = inspect.signature(command, eval_str=True)
    kept = [each for each in own.parameters.values() if each.name != "given"]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in OPTIONS.items()
    ]

    @wraps(command)
    def run(*args: Any, **named: Any) -> None:
        given = {name: named.pop(name) for name in OPTIONS}
        command(*args, **named, given={name: v for name, v in given.items() if v is not None})

    keyword = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in kept]
    run.__signature__ = inspect.Signature([*keyword, *added])  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in (*keyword, *added)}
    del run.__wrapped__
    return run


def file_of(path: Path, given: dict[str, Any], skip_bad: bool = False) -> dict[str, Any]:
    """The file as a station takes it (`station/filing.py`)."""
    data = read_bytes(path, limits.FILE_BYTES, "FILE_BYTES")
    options = {name: value for name, value in given.items() if name not in ("format", "set")}
    for text in given.get("set") or []:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{text[:40]!r} is no FIELD=VALUE")
        options[name] = value
    return {
        "data": b64encode(data).decode(),
        "name": path.name,
        "format": given.get("format", ""),
        "options": options,
        "skip_bad": skip_bad,
    }
