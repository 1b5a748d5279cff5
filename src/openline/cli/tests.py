"""Commands about line tests: their history and availability, and what a miss let us find."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from openline.cli.output import JsonFlag, printable, session, show_json, table

HUMAN_WAIT_S = 300.0


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(tests)
    app.command()(answer)


def tests(
    ctx: typer.Context,
    explain: Annotated[str, typer.Option(help="The id of one test.")],
    as_json: JsonFlag = False,
) -> None:
    """Line tests."""
    found = session(ctx).call("explain_test", id=explain, language=session(ctx).language)
    if as_json:
        show_json(found)
    else:
        show_explained(found, session(ctx).language)


def human_test(ctx: typer.Context, line: str, wait: float | None, as_json: bool) -> None:
    """Test the person on watch at the other side; exit 1 unless the phrase came back in time."""
    args = {"line": line, "wait": HUMAN_WAIT_S if wait is None else wait}
    found = session(ctx).call("human_test", language=session(ctx).language, **args)
    if as_json:
        show_json(found)
    elif found["seconds"] is not None:
        why = f": {found['why']}" if found["why"] else ""
        typer.echo(printable(f"{line}: {found['result']}, in {found['seconds']:.1f} s{why}"))
    else:
        typer.echo(printable(f"{line}: {found['result']}: nobody has typed “{found['phrase']}”"))
    raise typer.Exit(0 if found["result"] == "passed" else 1)


def answer(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(help="The id of the other side's human test.")],
    phrase: Annotated[str, typer.Option(help="Its phrase, as it was shown.")],
    as_json: JsonFlag = False,
) -> None:
    """Answer a human test with its phrase; prints the answer's id."""
    args = {"id": id, "phrase": phrase, "language": session(ctx).language}
    done = session(ctx).call("answer_phrase", **args)
    if as_json:
        show_json(done)
    else:
        typer.echo(done["id"])


def show_explained(found: dict[str, Any], language: str) -> None:
    """One test: its result, what was found on our own side, and what is not known."""
    from openline.forms.phrases import label  # noqa: PLC0415 (slow to import)

    why = f": {found['why']}" if found["why"] else ""
    result = label(f"test.{found['result']}", language)
    typer.echo(printable(f"{found['id']} · {found['line']} · {found['at']} · {result}{why}"))
    table(
        ("looked at", "which", "found", "seen"),
        [
            (
                label(f"finding.{each['about']}", language),
                each["subject"],
                label(f"health.{each['state']}", language),
                each["detail"],
            )
            for each in found["findings"]
        ],
        "nothing was looked into",
    )
    for line in (found["text"], found["unknown"]):
        if line:
            typer.echo(line)
