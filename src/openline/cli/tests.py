"""Commands about line tests: their history and availability, and what a miss let us find."""

from __future__ import annotations

import csv as csv_module
import io
from pathlib import Path
from typing import Annotated, Any

import typer

from openline.cli.output import JsonFlag, printable, session, show_json, table
from openline.words import limits
from openline.words.moment import Moment

HUMAN_WAIT_S = 300.0
SHOWN = 20
SPANS = (7, 30, 365)
COLUMNS = (
    *("kind", "id", "line", "at", "scheduled", "result", "rtt_ms", "offset_ms"),
    *("offset_uncertainty_ms", "records_equal", "answered_at", "seconds", "why"),
)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(tests)
    app.command()(declare)


def tests(
    ctx: typer.Context,
    line: Annotated[str | None, typer.Argument(help="The other side's party id.")] = None,
    explain: Annotated[
        str, typer.Option(help="The id of one test: what is known of it, and what is not.")
    ] = "",
    limit: Annotated[int, typer.Option(help="The newest so many.", min=1)] = SHOWN,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the tests to this file.")] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw availability day by day into this SVG file.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Line tests, of machines and people, and how available each carrier was."""
    language = session(ctx).language
    if explain:
        found = session(ctx).call("explain_test", id=explain, language=language)
        show_json(found) if as_json else show_explained(found, language)
        return
    found = session(ctx).call("tests", line=line, limit=limits.TESTS_LISTED if csv else limit)
    if csv is not None:
        csv.write_text(_csv(found["tests"]), "utf-8", newline="")
    if plot is not None:
        from openline.documents.testplot import availability_plot  # noqa: PLC0415 (slow to import)

        today = Moment.parse(found["now"]).day
        plot.write_text(availability_plot(found["availability"], today, language), "utf-8")
    if as_json:
        show_json(found)
    else:
        _show(found, language, limit)


def _csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv_module.DictWriter(text, COLUMNS, extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        why = printable(row["why"])
        # What begins so, a spreadsheet would compute.
        writer.writerow(row | {"why": f"'{why}" if why[:1] in ("=", "+", "-", "@") else why})
    return text.getvalue()


def _show(found: dict[str, Any], language: str, limit: int) -> None:
    from openline.forms.phrases import label  # noqa: PLC0415 (slow to import)

    table(
        ("line", "of", *(f"{span} days" for span in SPANS)),
        [
            (row["line"], row["name"] or row["of"], *map(_share, row["spans"]))
            for row in found["availability"]
        ],
        "no line yet",
    )
    table(
        ("test", "line", "at", "of", "result", "took", "why"),
        [
            (
                test["id"],
                test["line"],
                test["at"],
                test["kind"],
                label(f"test.{test['result']}", language),
                _took(test),
                test["why"],
            )
            for test in found["tests"][:limit]
        ],
        "no test yet",
    )


def _share(span: dict[str, Any]) -> str:
    if span["share"] is None:
        return "not known"
    return f"{100 * span['share']:.2f} % of {span['run']}"


def _took(test: dict[str, Any]) -> str:
    if test["kind"] == "human":
        return "" if test["seconds"] is None else f"{test['seconds']:.1f} s"
    return "" if test["rtt_ms"] is None else f"{test['rtt_ms']} ms"


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


def declare(
    ctx: typer.Context,
    line: Annotated[str, typer.Argument(help="The other side's party id.")],
    declared: Annotated[str, typer.Argument(help="open or suspended.")],
    text: Annotated[str, typer.Option(help="Why.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Declare a line open or suspended; messages flow all the same. Prints the message's id."""
    args = {"line": line, "declared": declared, "text": text}
    done = session(ctx).call("declare", language=session(ctx).language, **args)
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
