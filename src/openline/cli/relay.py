"""Commands of a station that relays for others."""

from __future__ import annotations

from typing import Annotated

import typer

from openline.cli.output import JsonFlag, session, show_json, table

Party = Annotated[str, typer.Argument(help="A party with which this station has a line.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(help="Hold sealed parcels for others.", no_args_is_help=True)
    group.command()(allow)
    group.command()(forbid)
    group.command("list")(listed)
    app.add_typer(group, name="relay")


def allow(ctx: typer.Context, one: Party, other: Party, as_json: JsonFlag = False) -> None:
    """Hold sealed parcels between two parties; each adds the carrier `relay by=THIS_PARTY`."""
    done = session(ctx).call("relay_allow", one=one, other=other, allowed=True)
    if as_json:
        show_json(done)
    else:
        typer.echo(f"this station relays between {one} and {other}")


def forbid(ctx: typer.Context, one: Party, other: Party, as_json: JsonFlag = False) -> None:
    """Hold nothing between two parties any more, and let go of what is held."""
    done = session(ctx).call("relay_allow", one=one, other=other, allowed=False)
    if as_json:
        show_json(done)
    else:
        typer.echo(f"this station relays nothing between {one} and {other}")


def listed(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Between whom this station relays, and what it holds for whom since when."""
    found = session(ctx).call("relay_list")
    if as_json:
        show_json(found)
        return
    rows = []
    for a, b in found["pairs"]:
        for sender, receiver in ((a, b), (b, a)):
            held = [h for h in found["held"] if (h["from"], h["to"]) == (sender, receiver)]
            each = held[0] if held else {"parcels": 0, "bytes": 0, "oldest_s": None}
            rows.append((sender, receiver, each["parcels"], each["bytes"], each["oldest_s"]))
    columns = ("from", "to", "parcels", "bytes", "oldest, s")
    table(columns, rows, "this station relays for nobody")
