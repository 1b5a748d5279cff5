"""Commands about lines: join, status, test, policy, the record and its alarms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from openline.cli import tests
from openline.cli.output import (
    HEIGHTS_LOST,
    JsonFlag,
    printable,
    progress_bar,
    read_file,
    session,
    show_json,
    table,
    tell_heights,
    tell_missing,
)
from openline.words.errors import OpenlineError

TEST_WAIT_S = 10.0
Line = Annotated[str, typer.Argument(help="The other side's party id.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(join)
    app.command()(status)
    app.command()(test)
    app.command()(policy)
    app.command()(alarms)
    app.command()(acknowledge)
    app.command("console-link")(console_link)
    record = typer.Typer(help="The record itself.", no_args_is_help=True)
    record.command("verify")(record_verify)
    app.add_typer(record, name="record")


def join(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The other side's card.")],
    fingerprint: Annotated[str, typer.Option(help="Its words, as the other side read them.")],
) -> None:
    """Open the line to the party of a card."""
    done = session(ctx).call("join", card=read_file(file), fingerprint=fingerprint)
    typer.echo(f"line to {done['line']} ({printable(done['name'])}) is open")


def status(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Every line: what is observed, queued, recorded, and who last spoke when."""
    found = session(ctx).call("status")
    if as_json:
        show_json(found)
        return
    from openline.forms.phrases import label  # noqa: PLC0415 (slow to import)

    language = session(ctx).language
    running = "running" if found["running"] else "not running: nothing is sent or received"
    typer.echo(f"{found['party']} · {printable(found['name'])} · {running}")
    table(
        ("line", "observed", "last test", "queued", "out", "in", "conflicts", "alarms", "carrier"),
        [
            (
                line["line"],
                label(f"observed.{line['observed']}", language),
                _test_in_short(line["last_test"]),
                line["queued"],
                line["records"]["out"]["size"],
                line["records"]["in"]["size"],
                line["conflicts"],
                line["alarms"],
                _carriers_in_short(line["carriers"]),
            )
            for line in found["lines"]
        ],
        "no line yet: `openline join` the other side's card",
    )
    tell_missing(found["missing_secrets"])
    tell_heights(found["missing_heights"], HEIGHTS_LOST)


def _carriers_in_short(carriers: list[dict[str, Any]]) -> str:
    """Of one carrier its state or why it is down; of several each name with its own."""
    if len(carriers) == 1:
        return str(carriers[0]["error"] or carriers[0]["state"])
    return "; ".join(f"{c['name']}: {c['error'] or c['state']}" for c in carriers) or "none"


def _test_in_short(last: dict[str, Any] | None) -> str:
    if last is None:
        return "never"
    rtt = f", {last['rtt_ms']} ms" if last["rtt_ms"] is not None else ""
    return f"{last['result']} {last['at']}{rtt}"


def test(
    ctx: typer.Context,
    line: Line,
    wait: Annotated[
        float | None,
        typer.Option(help="Seconds to wait: 10, or 300 for a person.", min=0.1, max=600),
    ] = None,
    human: Annotated[bool, typer.Option("--human", help="Test the person on watch there.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Test a line now; exit 1 unless it passed."""
    if human:
        tests.human_test(ctx, line, wait, as_json)
        return
    found = session(ctx).call("test", line=line, wait=TEST_WAIT_S if wait is None else wait)
    if as_json:
        show_json(found)
    elif found["result"] == "passed":
        offset = f"{found['offset_ms']:+d} ms (± {found['offset_uncertainty_ms']} ms)"
        typer.echo(
            f"{line}: passed at {found['at']}, round trip {found['rtt_ms']} ms, "
            f"their clock {offset}, records equal"
        )
        if found["why"]:
            typer.echo(printable(f"note: {found['why']}"))
    else:
        typer.echo(printable(f"{line}: {found['result']} at {found['at']}: {found['why']}"))
    raise typer.Exit(0 if found["result"] == "passed" else 1)


def policy(ctx: typer.Context, line: Line, as_json: JsonFlag = False) -> None:
    """What holds on a line, joined from both sides' terms. `send LINE terms …` proposes."""
    found = session(ctx).call("policy", line=line)
    if as_json:
        show_json(found)
        return
    ground, apart = found["ground"], found["separation"]
    typer.echo(f"ground       {ground['lowest_m']:g} to {ground['highest_m']:g} m AMSL")
    typer.echo(
        f"separation   {apart['horizontal_m']:g} m, {apart['vertical_m']:g} m high, "
        f"{apart['time_s']:g} s"
    )
    signed = "signed with ML-DSA-65 too" if found["quantum"] else "without ML-DSA-65"
    for hour in found["schedule"]:
        typer.echo(f"line test    {_hour_in_short(hour)}")
    typer.echo(f"heads        {signed}")
    typer.echo(f"probes       every {found['probe_every_s']} s on cheap carriers")
    within = ", ".join(f"{name} {seconds} s" for name, seconds in found["answer_within_s"].items())
    typer.echo(f"answers      {within}")
    typer.echo(f"sealing      {found['sealing']}")


def _hour_in_short(hour: dict[str, Any]) -> str:
    days = "daily" if len(hour["weekdays"]) == 7 else ", ".join(hour["weekdays"])
    without = f", not on {', '.join(hour['holidays'])}" if hour["holidays"] else ""
    return f"{hour['time']} {hour['zone']} {days}{without}"


def alarms(
    ctx: typer.Context,
    every: Annotated[
        bool, typer.Option("--all", help="Those too that were acknowledged, or are over.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Alarms that wait for somebody, most urgent first; with `--json` every alarm."""
    found = session(ctx).call("alarms", language=session(ctx).language)
    if as_json:
        show_json(found)
        return
    waiting = [a for a in found["alarms"] if a["acknowledged_at"] is None and a["over"] != "again"]
    table(
        ("id", "precedence", "raised", "times", "acknowledged", "over", "what"),
        [
            (
                a["id"],
                a["precedence"],
                a["raised_at"],
                a["count"],
                a["acknowledged_at"],
                a["over_at"],
                a["text"],
            )
            for a in (found["alarms"] if every else waiting)
        ],
        "no alarm waits",
    )
    if not every and (rest := len(found["alarms"]) - len(waiting)):
        typer.echo(f"{rest:,} more were acknowledged or are over: openline alarms --all")


def acknowledge(
    ctx: typer.Context,
    alarm: Annotated[str, typer.Argument(help="The alarm's id; in quotes where it has spaces.")],
) -> None:
    """Acknowledge an alarm, and answer the message behind it."""
    done = session(ctx).call("acknowledge", alarm_id=alarm)
    typer.echo(f"{done['id']} acknowledged at {done['acknowledged_at']}")


def console_link(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """A new one-time link to the running station's console."""
    found = session(ctx).call("console_link")
    if as_json:
        show_json(found)
    else:
        typer.echo(found["link"])


def record_verify(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Recompute both records of every line; exit 1 names what does not hold."""
    with progress_bar("verifying", shown=not as_json) as tell:
        found = session(ctx).call("verify", tell=tell)
    if as_json:
        show_json(found)
    else:
        rows = [
            (r["line"], r["record"], r["size"], "holds" if r["holds"] else "DOES NOT HOLD")
            for r in found["records"]
        ]
        table(("line", "record", "messages", "verdict"), rows, "no line yet")
    if not found["holds"]:
        first = found["faults"][0]
        raise OpenlineError(
            "record-broken",
            f"{len(found['faults'])} faults; first: line {first['line']}, record "
            f"{first['record']}, number {first['number']}: {first['what']}",
            rule="R-RECORD-01",
            next="keep the folder as it is; compare with the other side's record",
        )
