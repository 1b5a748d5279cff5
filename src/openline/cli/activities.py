"""Commands about activities: preview, notify, check, conflicts, and files of them in and out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from openline.cli.fileoptions import file_of, takes_file
from openline.cli.output import (
    JsonFlag,
    printable,
    progress_bar,
    session,
    show_json,
    table,
    worded,
)
from openline.words.errors import OpenlineError, Whose

File = Annotated[
    Path, typer.Argument(help="GeoJSON, KML, KMZ, CSV, XLSX, NOTAM, ED-269, OpenAir; - is stdin.")
]
Given = dict[str, Any]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Take what is sound and leave out what is not.")
]

NO_CONFLICT = "no conflict found among what this station knows"


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(preview)
    app.command()(notify)
    app.command()(check)
    app.command()(conflicts)


@takes_file
def preview(ctx: typer.Context, file: File, given: Given, as_json: JsonFlag = False) -> None:
    """Show every activity of a file as it is understood, and every error; nothing is sent."""
    _preview(ctx, file, given, as_json, skip_bad=False)


@takes_file
def notify(
    ctx: typer.Context,
    line: Annotated[str, typer.Argument(help="LINE, or LINE,LINE for several.")],
    file: File,
    given: Given,
    skip_bad: SkipBad = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be sent, as preview does.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Announce every activity of a file, all or none."""
    if dry_run:
        _preview(ctx, file, given, as_json, skip_bad)
        return
    asked = {"lines": line.split(","), "file": file_of(file, given, skip_bad)}
    done = told(ctx, "notify", "announcing", **asked)
    if as_json:
        show_json(done)
        return
    for id in done["ids"]:
        typer.echo(id)
    for each in done["amiss"]:
        typer.echo(printable(f"{each['id']}: {each['text']}"), err=True)
    remark(done)


@takes_file
def check(
    ctx: typer.Context,
    file: File,
    given: Given,
    skip_bad: SkipBad = False,
    as_json: JsonFlag = False,
) -> None:
    """What a file's activities would conflict with, sending nothing."""
    found = told(ctx, "check", "checking", file=file_of(file, given, skip_bad))
    show_conflicts(found, as_json, NO_CONFLICT)
    if not as_json:
        remark(found)


def conflicts(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Conflicts between the two parties of each line, and those for the own desk only."""
    found = session(ctx).call("conflicts")
    show_conflicts(found, as_json, NO_CONFLICT)
    if found["own_desk"] and not as_json:
        typer.echo("own desk only, of two lines: tell neither side of the other")
        show_conflicts({"conflicts": found["own_desk"]}, as_json, "")


def export(
    ctx: typer.Context,
    to: Annotated[Path, typer.Option("-o", "--output", help='The file to write, or "-".')],
    format: Annotated[str, typer.Option(help="geojson, kml, csv or pdf.")] = "geojson",
    line: Annotated[str | None, typer.Option(help="Only what went over this line.")] = None,
    since: Annotated[str | None, typer.Option(help="Only what ends after this.")] = None,
    until: Annotated[str | None, typer.Option(help="Only what begins before this.")] = None,
    tz: Annotated[str, typer.Option(help="Zone of a PDF's local times.")] = "UTC",
    as_json: JsonFlag = False,
) -> None:
    """Write activities that were announced and not cancelled into a file, or a list to print."""
    from openline.cli.exporting import written  # noqa: PLC0415 (slow to import)

    language = session(ctx).language
    found = session(ctx).call(
        "activities_listed", line=line, since=since, until=until, language=language
    )
    data = written(found, format, language, tz)
    if str(to) == "-":
        typer.echo(data, nl=False)
        return
    to.write_bytes(data)
    count = len(found["activities"])
    if as_json:
        show_json({"file": str(to), "bytes": len(data), "activities": count})
    else:
        typer.echo(printable(f"{to}: {count} activities"))


def template(
    ctx: typer.Context,
    to: Annotated[Path, typer.Option("-o", "--output", help="The XLSX file to write.")],
    as_json: JsonFlag = False,
) -> None:
    """Write a workbook to fill in, with examples, headed in the reader's language."""
    from openline.formats.xlsx import template as made  # noqa: PLC0415 (slow to import)

    data = made(session(ctx).language)
    to.write_bytes(data)
    if as_json:
        show_json({"file": str(to), "bytes": len(data)})
    else:
        typer.echo(printable(f"{to}: fill it in, then `openline preview {to.name}`"))


def told(ctx: typer.Context, method: str, what: str, **args: Any) -> Any:
    """Have a file's command carried out in the reader's language, with a bar of how far it is."""
    asks_for_password = session(ctx).officer and session(ctx).password_file is None
    with progress_bar(what, unprompted=not asks_for_password) as tell:
        return session(ctx).call(method, tell=tell, language=session(ctx).language, **args)


def _preview(ctx: typer.Context, file: Path, given: Given, as_json: bool, skip_bad: bool) -> None:
    found = told(ctx, "preview", "reading", file=file_of(file, given))
    if as_json:
        show_json(found)
    else:
        rows = [
            (a["place"], a["ref"], a["kind_label"], a["start"], a["end"], a["band"], _where(a))
            for a in found["activities"]
        ]
        columns = ("in the file", "ref", "kind", "from", "to", "altitudes", "what and where")
        table(columns, rows, f"no activity is understood in this {found['format']}")
        for a in found["activities"]:
            for note in a["notes"]:
                typer.echo(printable(f"note: {a['place']}: {note}"))
        for error in found["errors"]:
            typer.echo(printable(f"error: {_refusal(error)}"))
        if found["errors_found"] > len(found["errors"]):
            typer.echo(f"{found['errors_found'] - len(found['errors']):,} more errors")
    sound = not found["errors"] or (skip_bad and found["activities"])
    raise typer.Exit(0 if sound else 1)


def _where(activity: dict[str, Any]) -> str:
    first = activity["positions"][0]
    sizes = {"circle": "radius_m", "corridor": "width_m"}
    size = sizes.get(activity["shape"])
    what = f"{activity['shape']}, {size} {activity[size]:,}" if size else activity["shape"]
    more = (
        f", and {activity['positions_found'] - 1} more" if activity["positions_found"] > 1 else ""
    )
    notations = "\n".join(first[name] for name in ("mgrs", "dms", "decimal"))
    return f"{activity['title']}\n{what}\n{notations}{more}"


def _refusal(error: dict[str, str]) -> str:
    said = {name: error[name] for name in ("rule", "next")}
    whose = Whose(error["whose"])
    return worded(OpenlineError(error["code"], error["message"], whose=whose, **said))


def remark(done: dict[str, Any]) -> None:
    """What to know about what was taken, and what was left out, beside the result."""
    for each in done.get("notes", ()):
        typer.echo(printable(f"note: {each['place']}: {each['note']}"), err=True)
    for error in done.get("skipped", ()):
        typer.echo(printable(f"left out: {_refusal(error)}"), err=True)


def closeness(pair: dict[str, Any]) -> str:
    """How near two activities are to each other, across and in height."""
    across, height = pair["horizontal_m"], pair["vertical_m"]
    return (
        f"{f'{across:,.0f} m apart' if across else 'areas overlap'}, "
        f"{f'{height:,.0f} m in height' if height else 'heights overlap'}"
    )


def show_conflicts(found: dict[str, Any], as_json: bool, empty: str) -> None:
    """Every pair with what was said of it, or the words for none."""
    if as_json:
        show_json(found)
        return
    for c in found["conflicts"]:
        pair = " / ".join(f"{a['party']}: {a['title']}" for a in c["activities"])
        flags = [*c["flags"], *(["private: for this desk alone"] if c.get("private") else [])]
        note = f" ({', '.join(flags)})" if flags else ""
        typer.echo(printable(f"{c['id']}  {c['state']}  {pair}"))
        typer.echo(f"    {c['from']} to {c['to']}, {closeness(c)}{note}")
        for said in c.get("said", ()):
            text = f": {said['text']}" if said["text"] else ""
            who = " ".join(filter(None, (said["party"], said["by"])))
            typer.echo(printable(f"    {said['at']}  {who}  {said['word']}{text}"))
    if not found["conflicts"]:
        typer.echo(empty)
