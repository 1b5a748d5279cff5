"""Commands that back a station up, bring one back, and bring one to this version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openline.cli.output import (
    HEIGHTS_LOST,
    JsonFlag,
    progress_bar,
    session,
    show_json,
    table,
    tell_heights,
    tell_missing,
)
from openline.station.folder import Folder


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(backup)
    app.command()(restore)
    app.command()(upgrade)


def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The backup to write: a new file.")],
    as_json: JsonFlag = False,
) -> None:
    """Back the station up into one file, running or not. The root key is not in it."""
    with progress_bar("copying", shown=not as_json) as tell:
        made = session(ctx).call("backup", tell=tell, file=str(file.absolute()))
    if as_json:
        show_json(made)
    else:
        typer.echo(f"backup of {made['party']} at {made['at']}: {file} ({made['bytes']:,} bytes)")
        typer.echo("whoever holds it can speak for the station: keep it as you keep the station")
        left_out = [each for each in made["heights"] if not each["held"]]
        tell_heights(left_out, "not in it, to be loaded again after a restore: keep these files")


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup made by `openline backup`.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Set aside the station that is there.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Bring a station back from a backup, in a new epoch on every line."""
    from openline.station.backup import restore as bring_back  # noqa: PLC0415 (slow to import)

    folder = Folder(session(ctx).station)
    done = bring_back(folder, file, replace)
    if as_json:
        show_json(done)
        return
    typer.echo(f"station {done['party']} of {done['at']} is in {folder.path}")
    if done["aside"]:
        typer.echo(f"what was there is in {done['aside']}: never start both")
    table(("line", "new epoch"), done["epochs"].items(), "it had no lines yet")
    tell_missing(done["missing_secrets"])
    tell_heights(done["missing_heights"], HEIGHTS_LOST)
    typer.echo("what was lost since the backup is fetched back once `openline serve` runs")


def upgrade(
    ctx: typer.Context,
    backup: Annotated[
        Path | None, typer.Option(help="The backup to write first (default: beside the folder).")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Bring the station's database to this version of Openline, after a backup."""
    from openline.station.upgrade import upgrade as bring_up  # noqa: PLC0415 (slow to import)

    folder = Folder(session(ctx).station)
    with progress_bar("copying", shown=not as_json) as tell:
        done = bring_up(folder, backup, tell)
    if as_json:
        show_json(done)
    elif done["backup"] is None:
        typer.echo(f"there is nothing to do: the database has version {done['to']}")
    else:
        typer.echo(f"backup: {done['backup']}")
        typer.echo(f"the database had version {done['from']} and has version {done['to']} now")
