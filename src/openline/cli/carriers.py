"""Commands about the carriers of the lines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from openline.cli.output import JsonFlag, read_file, session, show_json, table
from openline.words.errors import OpenlineError

Line = Annotated[str, typer.Argument(help="The other side's party id.")]
Name = Annotated[str, typer.Argument(help="The carrier's name.")]
_FILE = "-file"


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(carriers)
    group = typer.Typer(help="A line's carriers.", no_args_is_help=True)
    group.command()(add)
    group.command()(remove)
    group.command("on")(switch_on)
    group.command("off")(switch_off)
    app.add_typer(group, name="carrier")


def carriers(
    ctx: typer.Context,
    listed: Annotated[
        bool, typer.Option("--list", help="For the courier: what lies in folders, and for whom.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Every line's carriers: up or why not, last used, what it costs, what waits."""
    found = session(ctx).call("carriers")
    if listed and not as_json:
        for said in _courier_list(found):
            typer.echo(said)
        return
    if as_json:
        show_json(found)
        return
    table(
        ("line", "carrier", "cost", "state", "last used", "queue", "out", "why not"),
        [
            (
                line["line"],
                each["name"],
                each["cost"],
                each["state"] if each["enabled"] else "off",
                each["last_used"],
                each["queue"],
                f"{each['parcels_out']} / {each['bytes_out']} bytes",
                each["error"],
            )
            for line in found["lines"]
            for each in line["carriers"]
        ],
        "no line yet: `openline join` the other side's card",
    )


def _courier_list(found: dict[str, Any]) -> list[str]:
    """What lies in folders to be taken along."""
    said = []
    for line in found["lines"]:
        for each in line["carriers"]:
            if each["held"] and (count := each["held"]["parcels"]):
                what = "1 message" if count == 1 else f"{count} messages"
                age = _age(each["held"]["oldest_s"])
                said.append(f"{what} for {line['line']} in {each['name']}, oldest {age}")
    return said or ["nothing waits for a courier"]


def _age(seconds: int) -> str:
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "under a minute"


def add(
    ctx: typer.Context,
    line: Line,
    kind: Annotated[str, typer.Argument(help="https, folder, mail or relay.")],
    options: Annotated[
        list[str] | None, typer.Argument(help="KEY=VALUE; of a secret KEY-file=FILE.")
    ] = None,
    name: Annotated[str, typer.Option(help="Its name (default: the kind).")] = "",
    cost: Annotated[int, typer.Option(help="The cheapest is used first.", min=0)] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Add a carrier to a line, or set one anew. `https` is there by itself."""
    shown, secret = _options(options or [])
    done = session(ctx).call(
        "carrier_add", line=line, kind=kind, name=name, cost=cost, options=shown, secrets=secret
    )
    _say(done, "is in use", as_json)


def remove(ctx: typer.Context, line: Line, name: Name, as_json: JsonFlag = False) -> None:
    """Remove a carrier; `https` is as the other side's card has it again."""
    done = session(ctx).call("carrier_remove", line=line, name=name)
    _say(done, "is removed", as_json)


def switch_on(ctx: typer.Context, line: Line, name: Name, as_json: JsonFlag = False) -> None:
    """Use a carrier that was switched off."""
    _switch(ctx, line, name, True, as_json)


def switch_off(ctx: typer.Context, line: Line, name: Name, as_json: JsonFlag = False) -> None:
    """Leave a carrier unused, and keep what was set."""
    _switch(ctx, line, name, False, as_json)


def _switch(ctx: typer.Context, line: str, name: str, on: bool, as_json: bool) -> None:
    done = session(ctx).call("carrier_switch", line=line, name=name, on=on)
    _say(done, f"is {'on' if on else 'off'}", as_json)


def _say(done: dict[str, Any], what: str, as_json: bool) -> None:
    if as_json:
        show_json(done)
    else:
        typer.echo(f"{done['line']}: {done['name']} {what}")


def _options(given: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is shown, and what is read from files and stays secret."""
    shown: dict[str, Any] = {}
    secret: dict[str, Any] = {}
    for each in given:
        key, equals, value = each.partition("=")
        if not equals or not key or key in shown or key.removesuffix(_FILE) in secret:
            raise typer.BadParameter(f"{each[:40]!r} is no KEY=VALUE, or its key came before")
        if key.endswith(_FILE):
            secret[key.removesuffix(_FILE)] = read_file(Path(value)).strip()
        else:
            shown[key] = value
    if overlap := shown.keys() & secret.keys():
        raise OpenlineError(
            "bad-carrier",
            f"{sorted(overlap)[0]} is given twice",
            rule="R-CAR-05",
            next="give it once",
        )
    return shown, secret
