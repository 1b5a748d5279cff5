"""Commands about activities that are written down: drafts, changes, confirmation, private ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from openline.cli.activities import File, Given, export, remark, template, told
from openline.cli.fileoptions import file_of, takes_file
from openline.cli.messages import parse_fields
from openline.cli.output import (
    JsonFlag,
    indented,
    printable,
    session,
    show_json,
    table,
)

Id = Annotated[str, typer.Argument(help="The activity's id, or a draft's.")]
Reason = Annotated[str, typer.Option(help="Why, for the other side to read.")]
LineOption = Annotated[str | None, typer.Option(help="Of one line.")]
StateOption = Annotated[
    str | None, typer.Option(help="draft, announced, amended, active, ended or cancelled.")
]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(
        help="Activities: drafts, amendments, confirming, and files of them out.",
        no_args_is_help=True,
    )
    for command in (
        show,
        draft,
        announce,
        discard,
        amend,
        cancel,
        confirm,
        verify,
        export,
        template,
    ):
        group.command()(command)
    group.command("list")(list_)
    app.add_typer(group, name="activity")
    own = typer.Typer(
        help="Private activities: never leave the station, and are matched all the same.",
        no_args_is_help=True,
    )
    own.command("add")(private_add)
    own.command("list")(private_list)
    own.command("remove")(private_remove)
    app.add_typer(own, name="private")


def _do(ctx: typer.Context, as_json: bool, method: str, **args: Any) -> None:
    _show_ids(session(ctx).call(method, **args), as_json)


def _show_ids(done: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show_json(done)
        return
    typer.echo("\n".join(done.get("ids", [done.get("id")])))
    remark(done)


def list_(
    ctx: typer.Context,
    line: LineOption = None,
    state: StateOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Drafts, and what is announced on each line, with what is amiss with each."""
    language = session(ctx).language
    found = session(ctx).call("activities", line=line, state=state, language=language)
    if as_json:
        show_json(found)
        return
    table(
        ("id", "line", "party", "state", "from", "to", "amiss", "what"),
        [
            (
                *(a["id"], a["line"] or "–", a["party"], a["state"], a["from"], _end(a)),
                *(_amiss(a), f"{a['kind']}: {a['ref']} {a['title']}"),
            )
            for a in found["activities"]
        ],
        "no activities",
    )


def _end(activity: dict[str, Any]) -> str:
    return "until withdrawn" if activity["permanent"] else str(activity["to"])


def _amiss(activity: dict[str, Any]) -> str:
    lacks = f" ({', '.join(activity['lacks'])})" if activity["lacks"] else ""
    return ", ".join(m + (lacks if m == "lacking" else "") for m in activity["marks"]) or "–"


def show(ctx: typer.Context, id: Id, as_json: JsonFlag = False) -> None:
    """One activity: how it stands, what it says, and every version of it."""
    found = session(ctx).call("activity_show", id=id, language=session(ctx).language)
    if as_json:
        show_json(found)
        return
    typer.echo(printable(f"{found['id']}  {found['party']}  {found['state']}"))
    typer.echo(indented(found["text"]))
    lines = ", ".join(found["lines"]) or "none: it is a draft"
    verified = found["verified"]
    second = f"{verified['officer']} ({verified['notation']})" if verified else "nobody"
    typer.echo(printable(f"    announced on: {lines}; coordinates verified by: {second}"))
    typer.echo(f"    amiss: {_amiss(found)}")
    if found["confirm_by"]:
        typer.echo(
            f"    confirmed {found['confirmed_at']}, to be confirmed by {found['confirm_by']}"
        )
    for place in found["places"]:
        typer.echo(f"    {place['decimal']}  =  {place['dms']}  =  {place['mgrs']}")
    for version in found["versions"]:
        by = f" by {version['by']}" if version["by"] else ""
        typer.echo(printable(f"  version {version['revision']}, {version['at']}{by}"))
        typer.echo(indented(version["text"]))


@takes_file
def draft(ctx: typer.Context, file: File, given: Given, as_json: JsonFlag = False) -> None:
    """Keep every activity of a file as a draft, all or none; prints the ids they will have."""
    done = told(ctx, "activity_draft", "keeping", file=file_of(file, given))
    _show_ids(done, as_json)


def announce(
    ctx: typer.Context,
    id: Id,
    line: Annotated[str, typer.Argument(help="LINE, or LINE,LINE for several.")],
    as_json: JsonFlag = False,
) -> None:
    """Announce a draft."""
    how = {"id": id, "lines": line.split(","), "language": session(ctx).language}
    _do(ctx, as_json, "activity_announce", **how)


def discard(ctx: typer.Context, id: Id, as_json: JsonFlag = False) -> None:
    """Forget a draft."""
    _do(ctx, as_json, "activity_discard", id=id)


@takes_file
def amend(
    ctx: typer.Context,
    id: Id,
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|KEY=VALUE…",
            help="A file with the whole of it, of any format, or the fields that change; KEY= takes"
            " one out.",
        ),
    ],
    given: Given,
    as_json: JsonFlag = False,
) -> None:
    """A new version of an activity, on every line where it goes on; prints its id."""
    how: dict[str, Any] = {}
    if len(what) == 1 and "=" not in what[0]:
        how["file"] = file_of(Path(what[0]), given)
    elif given:
        raise typer.BadParameter(f"--{min(given).replace('_', '-')} goes with a file alone")
    else:
        how["fields"] = parse_fields(what)
    _do(ctx, as_json, "activity_amend", id=id, language=session(ctx).language, **how)


def cancel(ctx: typer.Context, id: Id, reason: Reason = "", as_json: JsonFlag = False) -> None:
    """Take an activity back, on every line where it goes on."""
    language = session(ctx).language
    _do(ctx, as_json, "activity_cancel", id=id, reason=reason, language=language)


def confirm(ctx: typer.Context, id: Id, as_json: JsonFlag = False) -> None:
    """Say that an activity of this side's, such as a site, is still there."""
    _do(ctx, as_json, "activity_confirm", id=id, language=session(ctx).language)


def verify(
    ctx: typer.Context,
    id: Id,
    coordinates: Annotated[
        list[str],
        typer.Argument(
            help="Each position once, typed again from the source: decimal degrees, degrees with"
            " minutes and seconds, or MGRS."
        ),
    ],
    as_json: JsonFlag = False,
) -> None:
    """Verify coordinates as the second officer (give your name with --as before the command)."""
    language = session(ctx).language
    _do(ctx, as_json, "activity_verify", id=id, coordinates=coordinates, language=language)


# ---- what never leaves -----------------------------------------------------------------


@takes_file
def private_add(ctx: typer.Context, file: File, given: Given, as_json: JsonFlag = False) -> None:
    """Enter a file's activities that never leave this station; what they collide with alarms."""
    done = told(ctx, "private_add", "matching", file=file_of(file, given))
    _show_ids(done, as_json)


def private_list(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Private activities, and what they collide with."""
    found = session(ctx).call("private_list", language=session(ctx).language)
    if as_json:
        show_json(found)
        return
    for own in found["private"]:
        what = f"{own['kind']}: {own['ref']} {own['title']}"
        typer.echo(printable(f"{own['id']}  {own['state']}  {own['from']} to {_end(own)}  {what}"))
        for other in own["findings"]:
            who = f"{other['party']}: {other['title']} ({other['id']})"
            apart = f"{other['horizontal_m']:,.0f} m apart, {other['vertical_m']:,.0f} m in height"
            typer.echo(printable(f"    {other['state']}  {who}, {apart}"))
    if not found["private"]:
        typer.echo("no private activities")


def private_remove(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(help="The private activity's id.")],
    as_json: JsonFlag = False,
) -> None:
    """Forget a private activity."""
    _do(ctx, as_json, "private_remove", id=id)
