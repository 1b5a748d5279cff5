"""Commands about activities that are written down: drafts, changes, confirmation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from openline.cli.activities import (
    NO_CONFLICT,
    File,
    Given,
    export,
    remark,
    show_conflicts,
    template,
    told,
)
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
Changes = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE|KEY=VALUE…",
        help="A file with the whole of it, of any format, or the fields that change; KEY= takes"
        " one out.",
    ),
]
Coordinates = Annotated[
    list[str],
    typer.Argument(
        help="Each position once, typed again from the source: decimal degrees, degrees with"
        " minutes and seconds, or MGRS."
    ),
]
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
        check,
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


def do(ctx: typer.Context, as_json: bool, method: str, **args: Any) -> None:
    """Have it done, and show the id of what it was done to."""
    show_ids(session(ctx).call(method, **args), as_json)


def show_ids(done: dict[str, Any], as_json: bool) -> None:
    """Each id on a line, and remarks beside."""
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
                *(a["id"], a["line"] or "–", a["party"], a["state"], a["from"], end_of(a)),
                *(_amiss(a), f"{a['kind']}: {a['ref']} {a['title']}"),
            )
            for a in found["activities"]
        ],
        "no activities",
    )


def end_of(activity: dict[str, Any]) -> str:
    """When it has ended, or that it stays."""
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
    typer.echo(
        printable(f"    announced on: {lines}; coordinates verified by: {verified_by(found)}")
    )
    typer.echo(f"    amiss: {_amiss(found)}")
    if found["confirm_by"]:
        typer.echo(
            f"    confirmed {found['confirmed_at']}, to be confirmed by {found['confirm_by']}"
        )
    show_versions(found)


def verified_by(activity: dict[str, Any]) -> str:
    """The second officer, and the notation."""
    verified = activity["verified"]
    return f"{verified['officer']} ({verified['notation']})" if verified else "nobody"


def show_versions(found: dict[str, Any]) -> None:
    """The coordinates of an activity in every notation, and every version of it."""
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
    show_ids(done, as_json)


def check(
    ctx: typer.Context,
    id: Id,
    fields: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE…]", help="What would change.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """What a draft, or a new version of an activity, would conflict with, sending nothing."""
    found = session(ctx).call("activity_check", id=id, fields=parse_fields(fields or []))
    show_conflicts(found, as_json, NO_CONFLICT)


def announce(
    ctx: typer.Context,
    id: Id,
    line: Annotated[str, typer.Argument(help="LINE, or LINE,LINE for several.")],
    as_json: JsonFlag = False,
) -> None:
    """Announce a draft."""
    how = {"id": id, "lines": line.split(","), "language": session(ctx).language}
    do(ctx, as_json, "activity_announce", **how)


def discard(ctx: typer.Context, id: Id, as_json: JsonFlag = False) -> None:
    """Forget a draft."""
    do(ctx, as_json, "activity_discard", id=id)


@takes_file
def amend(
    ctx: typer.Context,
    id: Id,
    what: Changes,
    given: Given,
    as_json: JsonFlag = False,
) -> None:
    """A new version of an activity, on every line where it goes on; prints its id."""
    language = session(ctx).language
    do(ctx, as_json, "activity_amend", id=id, language=language, **changes_of(what, given))


def changes_of(what: list[str], given: dict[str, Any]) -> dict[str, Any]:
    """What an amendment is given as: a file, or fields."""
    how: dict[str, Any] = {}
    if len(what) == 1 and "=" not in what[0]:
        how["file"] = file_of(Path(what[0]), given)
    elif given:
        raise typer.BadParameter(f"--{min(given).replace('_', '-')} goes with a file alone")
    else:
        how["fields"] = parse_fields(what)
    return how


def cancel(ctx: typer.Context, id: Id, reason: Reason = "", as_json: JsonFlag = False) -> None:
    """Take an activity back, on every line where it goes on."""
    language = session(ctx).language
    do(ctx, as_json, "activity_cancel", id=id, reason=reason, language=language)


def confirm(ctx: typer.Context, id: Id, as_json: JsonFlag = False) -> None:
    """Say that an activity of this side's, such as a site, is still there."""
    do(ctx, as_json, "activity_confirm", id=id, language=session(ctx).language)


def verify(
    ctx: typer.Context,
    id: Id,
    coordinates: Coordinates,
    as_json: JsonFlag = False,
) -> None:
    """Verify coordinates as the second officer (give your name with --as before the command)."""
    language = session(ctx).language
    do(ctx, as_json, "activity_verify", id=id, coordinates=coordinates, language=language)
