"""Commands about calls, contacts and clocks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from openline.cli.output import JsonFlag, read_file, session, show_json, table

CallId = Annotated[str, typer.Argument(help="The call's id.")]
Level = Annotated[str, typer.Option(help="desk, commander, chief, minister or leader.")]
Propose = Annotated[str | None, typer.Option(help="A time, RFC 3339.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    call = typer.Typer(help="Seek, answer and hold calls.", no_args_is_help=True)
    call.command("request")(call_request)
    call.command("answer")(call_answer)
    call.command("held")(call_held)
    call.command("confirm")(call_confirm)
    call.command("list")(call_list)
    app.add_typer(call, name="call")
    contact = typer.Typer(help="Contacts that were not on the line.", no_args_is_help=True)
    contact.command("add")(contact_add)
    app.add_typer(contact, name="contact")
    app.command()(readout)
    app.command()(clocks)


def _send(
    ctx: typer.Context, as_json: bool, method: str, args: dict[str, Any], shown: str = ""
) -> None:
    """Do it, and print the id that a script goes on with: the call's where there is one."""
    done = session(ctx).call(method, language=session(ctx).language, **args)
    if as_json:
        show_json({**done, "id": shown or done["id"], "message": done["id"]})
    else:
        typer.echo(shown or done["id"])


def call_request(
    ctx: typer.Context,
    line: Annotated[str, typer.Argument(help="The other side's party id.")],
    level: Level,
    reason: Annotated[str, typer.Option(help="What about.")],
    propose: Propose = None,
    as_json: JsonFlag = False,
) -> None:
    """Seek a call at a level; prints the call's id, the same on both sides."""
    args = {"line": line, "level": level, "reason": reason, "propose": propose}
    _send(ctx, as_json, "call_request", args)


def call_answer(
    ctx: typer.Context,
    id: CallId,
    answer: Annotated[str, typer.Argument(help="accept, decline or counter.")],
    propose: Propose = None,
    level: Annotated[str | None, typer.Option(help="Another level, offered instead.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Answer a request for a call."""
    args = {"id": id, "answer": answer, "propose": propose, "level": level, "reason": reason}
    _send(ctx, as_json, "call_answer", args, id)


def call_held(
    ctx: typer.Context,
    id: CallId,
    start: Annotated[str, typer.Option(help="When it began, RFC 3339.")],
    end: Annotated[str, typer.Option(help="When it ended, RFC 3339.")],
    source: Annotated[str | None, typer.Option(help="Who says so.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Say that a call took place."""
    _send(ctx, as_json, "call_held", {"id": id, "start": start, "end": end, "source": source}, id)


def call_confirm(ctx: typer.Context, id: CallId, as_json: JsonFlag = False) -> None:
    """Confirm the other side's word that a call or contact took place."""
    _send(ctx, as_json, "call_confirm", {"id": id}, id)


def call_list(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Calls, and where each stands."""
    found = session(ctx).call("calls")
    if as_json:
        show_json(found)
        return
    rows = [
        (c["id"], c["line"], c["level"], c["seeker"], c["asked_at"], c["state"], c["awaits"])
        for c in found["calls"]
    ]
    table(("id", "line", "level", "sought by", "at", "state", "awaits"), rows, "no calls")


def contact_add(
    ctx: typer.Context,
    line: Annotated[str, typer.Argument(help="The other side's party id.")],
    level: Level,
    at: Annotated[str, typer.Option(help="A date, or a time, RFC 3339.")],
    source: Annotated[str, typer.Option(help="Who says so.")],
    certainty: Annotated[str, typer.Option(help="certain or reported.")] = "reported",
    as_json: JsonFlag = False,
) -> None:
    """Enter a contact that was not on the line."""
    args = {"line": line, "level": level, "at": at, "source": source, "certainty": certainty}
    _send(ctx, as_json, "contact_add", args)


def readout(
    ctx: typer.Context,
    call_id: CallId,
    file: Annotated[Path, typer.Option(help="The readout's text.")],
    as_json: JsonFlag = False,
) -> None:
    """Send this side's readout of a call."""
    _send(ctx, as_json, "readout", {"id": call_id, "text": read_file(file)})


def clocks(
    ctx: typer.Context,
    at: Annotated[str | None, typer.Option(help="As of a date or time.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Days since each pair, at each level, last spoke; and what was tested."""
    found = session(ctx).call("clocks", at=at)
    if as_json:
        show_json(found)
        return
    from openline.forms.phrases import label  # noqa: PLC0415 (slow to import)

    language = session(ctx).language
    typer.echo(f"as of {found['at']}")
    table(
        ("line", "level", "days", "last", "certainty", "sought", "declined", "unanswered"),
        [
            (
                c["line"],
                label(f"level.{c['level']}", language),
                "never" if c["days"] is None else c["days"],
                c["last"],
                c["certainty"],
                c["sought"],
                c["declined"],
                c["unanswered"],
            )
            for c in found["clocks"]
        ],
        "no line yet",
    )
    rows = [(t["line"], t["last"] or "never", t["run"], t["passed"]) for t in found["tests"]]
    table(("line", "last tested", "tests run", "passed"), rows, "no line yet")
