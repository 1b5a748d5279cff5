"""Commands about private activities, which never leave the station."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from openline.cli.activities import File, Given, closeness, told
from openline.cli.activity import (
    Changes,
    Coordinates,
    changes_of,
    do,
    end_of,
    show_ids,
    show_versions,
    verified_by,
)
from openline.cli.fileoptions import file_of, takes_file
from openline.cli.output import JsonFlag, indented, printable, session, show_json

Id = Annotated[str, typer.Argument(help="The private activity's id.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(
        help="Private activities: never leave the station, and are matched all the same.",
        no_args_is_help=True,
    )
    for command in (add, show, amend, verify, remove):
        group.command()(command)
    group.command("list")(list_)
    app.add_typer(group, name="private")


@takes_file
def add(ctx: typer.Context, file: File, given: Given, as_json: JsonFlag = False) -> None:
    """Enter a file's activities that never leave this station; what they collide with alarms."""
    done = told(ctx, "private_add", "matching", file=file_of(file, given))
    show_ids(done, as_json)


def list_(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Private activities, and what they collide with."""
    found = session(ctx).call("private_list", language=session(ctx).language)
    if as_json:
        show_json(found)
        return
    for own in found["private"]:
        what = f"{own['kind']}: {own['ref']} {own['title']}"
        window = f"{own['from']} to {end_of(own)}"
        amiss = "".join(f"  ({mark})" for mark in own["marks"])
        typer.echo(printable(f"{own['id']}  {own['state']}  {window}  {what}{amiss}"))
        _show_findings(own)
    if not found["private"]:
        typer.echo("no private activities")


def show(ctx: typer.Context, id: Id, as_json: JsonFlag = False) -> None:
    """One private activity: what it collides with, what it says, and every version of it."""
    found = session(ctx).call("private_show", id=id, language=session(ctx).language)
    if as_json:
        show_json(found)
        return
    typer.echo(printable(f"{found['id']}  {found['state']}  never sent"))
    typer.echo(indented(found["text"]))
    typer.echo(printable(f"    coordinates verified by: {verified_by(found)}"))
    _show_findings(found)
    show_versions(found)


def _show_findings(own: dict[str, Any]) -> None:
    for other in own["findings"]:
        who = f"{other['party']}: {other['title']} ({other['id']})"
        typer.echo(printable(f"    {other['state']}  {who}, {closeness(other)}"))


@takes_file
def amend(
    ctx: typer.Context, id: Id, what: Changes, given: Given, as_json: JsonFlag = False
) -> None:
    """A new version of a private activity, matched again at once; every version is kept."""
    given_as = changes_of(what, given)
    do(ctx, as_json, "private_amend", id=id, language=session(ctx).language, **given_as)


def verify(ctx: typer.Context, id: Id, coordinates: Coordinates, as_json: JsonFlag = False) -> None:
    """Verify a private activity's coordinates as the second officer (--as before the command)."""
    do(ctx, as_json, "private_verify", id=id, coordinates=coordinates)


def remove(ctx: typer.Context, id: Id, as_json: JsonFlag = False) -> None:
    """Forget a private activity, with every version of it."""
    do(ctx, as_json, "private_remove", id=id)
