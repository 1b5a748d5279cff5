"""Commands about messages: send, messages, show."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from openline.cli.output import JsonFlag, indented, printable, read_file, session, show_json
from openline.words.errors import OpenlineError

WAITING = ("queued", "sent", "held", "withdrawn", "expired")
"""States of a message that no receipt covers yet, or covered too late."""


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(send)
    app.command()(messages)
    app.command()(show)


def send(
    ctx: typer.Context,
    line: Annotated[str, typer.Argument(help="LINE, or LINE,LINE for several.")],
    form: Annotated[str, typer.Argument(help="The form's name, like text.")],
    fields: Annotated[list[str] | None, typer.Argument(help="KEY=VALUE for each field.")] = None,
    file: Annotated[Path | None, typer.Option(help="A JSON object with fields.")] = None,
    precedence: Annotated[
        str | None, typer.Option(help="flash, immediate, priority or routine.")
    ] = None,
    wait: Annotated[
        float | None, typer.Option(help="Seconds to wait for the receipt.", min=0, max=86_400)
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Send a form; exit 0 means that it is stored for good."""
    begun = time.monotonic()
    done = session(ctx).call(
        "send",
        lines=line.split(","),
        form=form,
        fields=_read_fields(file) | parse_fields(fields or []),
        precedence=precedence,
        wait=wait,
        language=session(ctx).language,
    )
    left = 0 if wait is None else wait - (time.monotonic() - begun)
    if left > 0 and done["state"] in WAITING:  # no station runs, or none did a moment ago
        done = session(ctx).call_running("await_receipt", left, id=done["id"], wait=left) or done
    if as_json:
        show_json(done)
    else:
        typer.echo(done["id"])
    if wait is not None and done["state"] in WAITING:
        if not as_json:
            typer.echo(f"openline: not received within {wait:g} s: {done['state']}", err=True)
        raise typer.Exit(1)


def parse_fields(given: list[str]) -> dict[str, Any]:
    """The fields in KEY=VALUE texts, each named once."""
    fields = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{text[:40]!r} is no KEY=VALUE")
        if name in fields:
            raise typer.BadParameter(f"{name} is given twice")
        fields[name] = value
    return fields


def _read_fields(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        fields = json.loads(read_file(file))
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise OpenlineError(
            "bad-json", f"{file} holds no JSON object", rule="R-CLI-03", next="give an object"
        )
    return fields


def messages(
    ctx: typer.Context,
    line: Annotated[str | None, typer.Option(help="Of one line.")] = None,
    limit: Annotated[int | None, typer.Option(help="The newest so many.", min=1)] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Those that a person should have answered by now.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Messages of all lines, oldest first; those that are overdue, the most urgent first."""
    if overdue and limit is not None:
        raise typer.BadParameter("--overdue lists all of them", param_hint="--limit")
    own = session(ctx)
    if overdue:
        found = own.call("overdue", line=line, language=own.language)
    else:
        found = own.call("messages", line=line, limit=limit, language=own.language)
    if as_json:
        show_json(found)
        return
    for m in found["messages"]:
        way = "to" if m["direction"] == "out" else "from"
        head = f"{m['id']}  {way} {m['line']} {m['number']}  {m['form']}, {m['precedence']}"
        typer.echo(f"{head}  {m['at']}  {m['state']}{_author(m)}")
        if overdue:
            who = "they have" if m["direction"] == "out" else "we have"
            typer.echo(f"    {who} not answered; an answer was due {m['answer_by']}")
        typer.echo(indented(m["text"]))
    if not found["messages"]:
        typer.echo("nothing is overdue" if overdue else "no messages yet")
    elif found.get("more"):
        typer.echo("and more: these are the most urgent of each side")


def show(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(help="A message's or thing's id.")],
    as_json: JsonFlag = False,
) -> None:
    """One message, with its hash and receipt."""
    found = session(ctx).call("show", id=id, language=session(ctx).language)
    if as_json:
        show_json(found)
        return
    for copy in found.get("copies", [found]):
        way = "to" if copy["direction"] == "out" else "from"
        typer.echo(f"{copy['id']}  {copy['form']}, {copy['precedence']}, {way} {copy['line']}")
        typer.echo(f"author   {_author(copy).strip() or 'not said'}")
        typer.echo(f"number   {copy['number']} of epoch {copy['epoch']}, signed {copy['at']}")
        typer.echo(f"state    {copy['state']}, received {copy['received_at'] or 'not yet'}")
        typer.echo(f"hash     {copy['hash']}")
        receipt = copy["receipt"]
        proof = f"over {receipt['size']} messages, {receipt['at']}" if receipt else "none yet"
        typer.echo(f"receipt  {proof}")
        typer.echo(f"\n{printable(copy['text'])}\n")


def _author(message: dict[str, Any]) -> str:
    """Who said it, as far as the message says it."""
    if message["by"]:
        return f"  by {printable(message['by'])}"
    return "  automatic" if message["automatic"] else ""
