"""Commands that cannot wait: stop, query, accident, their answers, and what became of a message."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from openline.cli.messages import parse_fields
from openline.cli.output import COORDINATES, JsonFlag, indented, printable, session, show_json

Lines = Annotated[str, typer.Argument(help="LINE, or LINE,LINE for several.")]
Where = Annotated[str, typer.Option(help=f"Where: {COORDINATES}.")]
Text = Annotated[str | None, typer.Option(help="Anything more.")]
When = Annotated[str | None, typer.Option(help="When, RFC 3339.")]
Until = Annotated[
    str | None, typer.Option(help="RFC 3339: after that it is on record, not to be acted on.")
]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(stop)
    app.command()(query)
    app.command()(accident)
    app.command()(answer)
    app.command()(timeline)


def do(ctx: typer.Context, as_json: bool, method: str, **args: Any) -> None:
    """Have the station do it, and print the id of the message that it became."""
    done = session(ctx).call(method, language=session(ctx).language, **args)
    if as_json:
        show_json(done)
    else:
        typer.echo(done["id"])


def stop(
    ctx: typer.Context,
    line: Lines,
    site: Annotated[
        str, typer.Option(help="The id, or our reference, of what was notified there.")
    ] = "",
    at: Where = "",
    text: Text = None,
    valid_until: Until = None,
    as_json: JsonFlag = False,
) -> None:
    """Stop, you are hitting this: one flash message to all lines named; prints its id."""
    args = {"lines": line.split(","), "site": site, "at": at, "text": text or ""}
    do(ctx, as_json, "stop", **args, valid_until=valid_until)


def query(
    ctx: typer.Context,
    line: Lines,
    at: Where,
    what: Annotated[str, typer.Option(help="track, strike or force.")] = "force",
    when: When = None,
    text: Text = None,
    valid_until: Until = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask about a track, a strike or a force: yours, not yours, unknown?"""
    args = {"lines": line.split(","), "what": what, "place": at, "at": when, "text": text}
    do(ctx, as_json, "query", **args, valid_until=valid_until)


def accident(
    ctx: typer.Context,
    line: Lines,
    what: Annotated[str, typer.Option(help="What happened, in one line.")],
    at: Where,
    when: Annotated[str | None, typer.Option(help="When, RFC 3339; now when left out.")] = None,
    heading: Annotated[str | None, typer.Option(help="Where it is heading, in words.")] = None,
    towards: Annotated[
        str | None, typer.Option(help="The same as coordinates, in any of those notations.")
    ] = None,
    text: Text = None,
    valid_until: Until = None,
    as_json: JsonFlag = False,
) -> None:
    """An accident, not an attack: what, where, when, heading to where."""
    args = {"lines": line.split(","), "what": what, "place": at, "at": when}
    args["valid_until"] = valid_until
    do(ctx, as_json, "accident", **args, heading=heading, towards=towards, text=text)


def answer(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(help="The id of the other side's message.")],
    word: Annotated[
        str | None,
        typer.Argument(
            metavar="ANSWER",
            help="opened, acknowledged, objection, no-objection, will-adjust or passed-on; to a "
            "stop: stopped, not-ours, ours-continuing, unit-not-reached; to a query: ours, "
            "not-ours, unknown.",
        ),
    ] = None,
    fields: Annotated[
        list[str] | None, typer.Argument(help="KEY=VALUE of the answer's form.")
    ] = None,
    text: Text = None,
    phrase: Annotated[
        str | None, typer.Option(help="To a human test: its phrase, as it was shown.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Answer a message; an answer to a stop or query given again revises the first."""
    if (word is None) == (phrase is None):
        raise typer.BadParameter("an ANSWER, or --phrase to a human test", param_hint="ANSWER")
    if phrase is not None:
        return do(ctx, as_json, "answer_phrase", id=id, phrase=phrase)
    given = parse_fields(fields or []) | ({"text": text} if text else {})
    return do(ctx, as_json, "answer", id=id, answer=word, fields=given)


def timeline(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(help="A message's id.")],
    as_json: JsonFlag = False,
) -> None:
    """What became of a message, step by step, as both sides' records hold it."""
    found = session(ctx).call("timeline", id=id, language=session(ctx).language)
    if as_json:
        show_json(found)
        return
    for line in found["lines"]:
        way = "to" if line["direction"] == "out" else "from"
        typer.echo(f"{line['id']}  {line['form']}, {line['precedence']}, {way} {line['line']}")
        typer.echo(indented(line["text"]))
        show_steps(line["steps"])


def show_steps(steps: list[dict[str, Any]]) -> None:
    """One line for each step: when, by whom, what."""
    for step in steps:
        by = step["by"] + (" (automatic)" if step["automatic"] else "")
        typer.echo(printable(f"{step['at']:<24}  {by:<20}  {step['text'] or step['step']}"))
