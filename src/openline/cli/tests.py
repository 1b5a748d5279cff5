"""Commands about line tests: their history and availability, and what a miss let us find."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from openline.cli.output import JsonFlag, printable, session, show_json, table


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(tests)


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
