"""Commands about the earth's heights: the geoid's grid, and terrain models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openline.cli.output import (
    COORDINATES,
    HEIGHTS_LOST,
    JsonFlag,
    printable,
    progress_bar,
    session,
    show_json,
    table,
    tell_heights,
)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    geoid = typer.Typer(help="Mean sea level above the ellipsoid.", no_args_is_help=True)
    geoid.command("show")(geoid_show)
    geoid.command("use")(geoid_use)
    geoid.command("convert")(geoid_convert)
    app.add_typer(geoid, name="geoid")
    terrain = typer.Typer(help="The ground below activities.", no_args_is_help=True)
    terrain.command("add")(terrain_add)
    terrain.command("list")(terrain_list)
    terrain.command("remove")(terrain_remove)
    app.add_typer(terrain, name="terrain")


def geoid_show(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Whether the EGM96 grid is found, and where."""
    found = session(ctx).call("geoid")
    if as_json:
        show_json(found)
    elif found["found"]:
        typer.echo(printable(f"{found['file']}, within {found['error_m']:g} m"))
    else:
        typer.echo(f"{found['why']}; AMSL is compared with HAE by 110 m more both ways until then")
        typer.echo(found["next"])


def geoid_use(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="egm96_15.gtx, of PROJ's data.")],
    as_json: JsonFlag = False,
) -> None:
    """Copy the EGM96 grid into the station's folder, and match every activity again."""
    done = session(ctx).call("geoid_use", file=str(file.absolute()))
    show_json(done) if as_json else typer.echo(printable(f"taken: {done['file']}"))


def geoid_convert(
    ctx: typer.Context,
    at: Annotated[str, typer.Option(help=f"Where: {COORDINATES}.")],
    metres: Annotated[float, typer.Option(help="The height in metres.")],
    of: Annotated[str, typer.Option("--from", help="AMSL or HAE.")],
    to: Annotated[str, typer.Option("--to", help="AMSL or HAE.")],
    as_json: JsonFlag = False,
) -> None:
    """A height on the other datum. Without the grid it is refused, never given back unchanged."""
    done = session(ctx).call("height_convert", at=at, metres=metres, of=of, to=to)
    show_json(done) if as_json else typer.echo(f"{done['metres']:.1f} m {done['datum']}")


def terrain_add(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A GeoTIFF of heights, in metres AMSL.")],
    name: Annotated[str | None, typer.Option(help="Its name (default: the file's).")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Load a terrain model, and match every activity again."""
    with progress_bar("reading", shown=not as_json) as tell:
        added = session(ctx).call("terrain_add", tell=tell, file=str(file.absolute()), name=name)
    if as_json:
        show_json(added)
    else:
        typer.echo(f"{added['name']}: {added['lowest_m']:,.0f} to {added['highest_m']:,.0f} m")


def terrain_list(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """The terrain models that are loaded."""
    found = session(ctx).call("terrain_list")
    if as_json:
        show_json(found)
        return
    rows = [
        (
            m["name"],
            *(f"{m[edge]:.3f}" for edge in ("west", "south", "east", "north")),
            f"{m['lowest_m']:,.0f} to {m['highest_m']:,.0f} m",
        )
        for m in found["terrain"]
    ]
    table(("name", "west", "south", "east", "north", "ground"), rows, "no terrain models")
    tell_heights(found["missing"], HEIGHTS_LOST)


def terrain_remove(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="A terrain model's name.")],
    as_json: JsonFlag = False,
) -> None:
    """Forget a terrain model, and match every activity again."""
    done = session(ctx).call("terrain_remove", name=name)
    show_json(done) if as_json else typer.echo(f"{done['name']} removed")
