"""Commands about collisions: words on conflicts, notices and what was passed on, cautions."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from openline.cli.output import COORDINATES, JsonFlag, printable, session, show_json
from openline.cli.urgent import do

conflict = typer.Typer(no_args_is_help=True, help="Say a word on a conflict.")
ConflictId = Annotated[str, typer.Argument(help="The conflict's id, as `conflicts` lists it.")]
Text = Annotated[str | None, typer.Option(help="Anything more.")]
When = Annotated[str | None, typer.Option(help="When, RFC 3339; now when left out.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(conflict, name="conflict")
    app.command("passed-on")(passed_on)
    app.command()(notices)
    app.command()(caution)


@conflict.command("acknowledge")
def acknowledge(
    ctx: typer.Context, id: ConflictId, text: Text = None, as_json: JsonFlag = False
) -> None:
    """Say that it is known here; the other side sees who said so, and when."""
    do(ctx, as_json, "conflict_acknowledge", id=id, text=text)


@conflict.command("accept")
def accept(
    ctx: typer.Context, id: ConflictId, text: Text = None, as_json: JsonFlag = False
) -> None:
    """Say that both plans may stay as they are; it is accepted once both sides have said so."""
    do(ctx, as_json, "conflict_accept", id=id, text=text)


def passed_on(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(help="The id of the other side's notice.")],
    unit: Annotated[list[str], typer.Option(help="Which unit was told; several may be given.")],
    at: When = None,
    acknowledged_by: Annotated[str | None, typer.Option(help="Who acknowledged it there.")] = None,
    acknowledged_at: Annotated[str | None, typer.Option(help="When, RFC 3339.")] = None,
    text: Annotated[str | None, typer.Option(help="What they were told.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Record to which units a notice was passed; the side that announced it sees it."""
    told = {"passed_at": at, "acknowledged_by": acknowledged_by}
    do(
        ctx,
        as_json,
        "passed_on",
        id=id,
        units=unit,
        acknowledged_at=acknowledged_at,
        text=text,
        **told,
    )


def notices(
    ctx: typer.Context,
    line: Annotated[str | None, typer.Option(help="Of one line alone.")] = None,
    past: Annotated[bool, typer.Option("--past", help="Those that are over.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Notices, what was answered, and to which units they were passed on."""
    language = session(ctx).language
    found = session(ctx).call("notices", line=line, past=past, language=language)
    if as_json:
        show_json(found)
        return
    for each in found["notices"]:
        typer.echo(printable(f"{each['revision']}  {each['party']}: {each['title']}"))
        typer.echo(f"    {each['from']} to {each['to']}")
        typer.echo(printable(f"    {_passing(each['passing'])}"))
        for said in each["answers"]:
            text = f": {said['text']}" if said["text"] else ""
            who = " ".join(filter(None, (said["party"], said["by"])))
            typer.echo(printable(f"    {said['at']}  {who}  {said['answer']}{text}"))
    if not found["notices"]:
        typer.echo("no notices")


def _passing(passing: dict[str, Any]) -> str:
    told = ", ".join(_unit(each) for each in passing["units"] if each["current"])
    if passing["state"] == "passed":
        return f"{passing['by']} has passed it on to {told}"
    if passing["state"] == "over":
        return f"{passing['by']} has not passed it on; it is over"
    next = f"; next alarm {passing['next_alarm']}" if passing["next_alarm"] else ""
    before = "; units were told of an older version" if passing["units"] else ""
    return f"NOT PASSED ON by {passing['by']} yet{before}{next}"


def _unit(each: dict[str, Any]) -> str:
    by = f", acknowledged by {each['acknowledged_by']}" if each["acknowledged_by"] else ""
    return f"{each['unit']} ({each['passed_at']}{by})"


def caution(
    ctx: typer.Context,
    line: Annotated[str, typer.Argument(help="LINE.")],
    text: Annotated[str, typer.Option(help="What to mind, in words that name nobody.")],
    at: Annotated[
        str | None,
        typer.Option(help=f"The middle of the area, as roughly as you wish: {COORDINATES}."),
    ] = None,
    radius_m: Annotated[str | None, typer.Option(help="How far around it, in metres.")] = None,
    start: Annotated[str | None, typer.Option(help="From when, RFC 3339.")] = None,
    end: Annotated[str | None, typer.Option(help="Until when, RFC 3339.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Caution the other side without details; what names another party is refused."""
    args = {"lines": line.split(","), "text": text, "place": at}
    do(ctx, as_json, "caution", **args, radius_m=radius_m, start=start, end=end)
