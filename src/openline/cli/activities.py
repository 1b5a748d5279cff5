"""Commands about activities: notify, check, conflicts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from openline.cli.output import JsonFlag, printable, read_file, session, show_json

File = Annotated[Path, typer.Argument(help="A GeoJSON FeatureCollection.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(notify)
    app.command()(check)
    app.command()(conflicts)


def notify(
    ctx: typer.Context,
    line: Annotated[str, typer.Argument(help="LINE, or LINE,LINE for several.")],
    file: File,
    as_json: JsonFlag = False,
) -> None:
    """Announce every activity of a file, all or none."""
    done = session(ctx).call(
        "notify", lines=line.split(","), text=read_file(file), language=session(ctx).language
    )
    if as_json:
        show_json(done)
    else:
        for id in done["ids"]:
            typer.echo(id)


def check(ctx: typer.Context, file: File, as_json: JsonFlag = False) -> None:
    """What a file's activities would conflict with, sending nothing."""
    found = session(ctx).call("check", text=read_file(file))
    _show_conflicts(found, as_json, "no conflict found")


def conflicts(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Conflicts between the two parties of each line, and those for the own desk only."""
    found = session(ctx).call("conflicts")
    _show_conflicts(found, as_json, "no conflicts")
    if found["own_desk"] and not as_json:
        typer.echo("own desk only, of two lines: tell neither side of the other")
        _show_conflicts({"conflicts": found["own_desk"]}, as_json, "")


def _show_conflicts(found: dict[str, Any], as_json: bool, empty: str) -> None:
    if as_json:
        show_json(found)
        return
    for c in found["conflicts"]:
        pair = " / ".join(f"{a['party']}: {a['title']}" for a in c["activities"])
        note = f" ({', '.join(c['flags'])})" if c["flags"] else ""
        typer.echo(printable(f"{c['id']}  {c['state']}  {pair}"))
        typer.echo(
            f"    {c['from']} to {c['to']}, {c['horizontal_m']:,.0f} m apart, "
            f"{c['vertical_m']:,.0f} m in height{note}"
        )
        for said in c.get("said", ()):
            text = f": {said['text']}" if said["text"] else ""
            who = " ".join(filter(None, (said["party"], said["by"])))
            typer.echo(printable(f"    {said['at']}  {who}  {said['word']}{text}"))
    if not found["conflicts"]:
        typer.echo(empty)
