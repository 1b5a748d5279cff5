"""Commands about evidence: export a bundle; verify and print one, which need no station."""

from __future__ import annotations

import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from openline.cli.output import (
    JsonFlag,
    indented,
    printable,
    progress_bar,
    read_bytes,
    session,
    show_json,
    table,
)
from openline.evidence.account import account
from openline.evidence.verify import Result, Verification, verify
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import party_id

MESSAGES_SHOWN = 20
"""Messages that `verify` lists for a person; `--json` lists all."""

File = Annotated[Path, typer.Argument(help="A bundle.")]
Trust = Annotated[
    list[str] | None,
    typer.Option(
        metavar='PARTY="FINGERPRINT"',
        help="A party's fingerprint, as that party itself read it to you; once for each party.",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    evidence = typer.Typer(
        help="Bundles: messages with what proves them, in one file.", no_args_is_help=True
    )
    evidence.command("export")(export)
    evidence.command("verify")(verify_file)
    evidence.command("report")(report)
    app.add_typer(evidence, name="evidence")


def export(
    ctx: typer.Context,
    to: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")],
    message: Annotated[
        list[str] | None, typer.Option(help="A message's or thing's id; may be given often.")
    ] = None,
    line: Annotated[
        str | None, typer.Option(help="All messages of a line, or --message's on it alone.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="Signed at or after this time or date (UTC).")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="Signed before this time or date (UTC).")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Write a bundle, with what amends, cancels or answers the chosen messages."""
    if not message and line is None:
        raise typer.BadParameter("name messages with --message, or a line with --line")
    if message and (since or until):
        raise typer.BadParameter("--from and --to go with --line, not with --message")
    with progress_bar("collecting", shown=not as_json) as tell:
        done = session(ctx).call(
            "evidence_export",
            tell=tell,
            to=str(to.absolute()),
            messages=message or [],
            line=line,
            since=since,
            until=until,
        )
    if as_json:
        show_json(done)
    else:
        size = f"{done['messages']:,} messages, {done['bytes']:,} bytes"
        typer.echo(printable(f"{to}: {size}, of {', '.join(done['records'])}"))


def verify_file(
    ctx: typer.Context, file: File, trust: Trust = None, as_json: JsonFlag = False
) -> None:
    """Verify a bundle; exit 0 only if every step holds and every party is anchored."""
    done = _verified(read_bytes(file, limits.BUNDLE_BYTES, "BUNDLE_BYTES"), trust)
    told = account(done, session(ctx).language)
    if as_json:
        show_json(told)
    else:
        _show(told)
    raise typer.Exit(0 if done.result is Result.VERIFIED else 1)


def report(
    ctx: typer.Context,
    file: File,
    to: Annotated[Path, typer.Option("-o", "--output", help="The PDF to write.")],
    trust: Trust = None,
    language: Annotated[str | None, typer.Option(help="The reader's language: en or ru.")] = None,
    tz: Annotated[str, typer.Option(help="Zone of the local times, like Europe/Kyiv.")] = "UTC",
    as_json: JsonFlag = False,
) -> None:
    """Verify a bundle and print it for a person, as PDF; says what verifying found."""
    from openline.documents.report import Reader, pdf, zone_named  # noqa: PLC0415 (slow to import)

    reader = Reader(language or session(ctx).language, zone_named(tz))
    data = read_bytes(file, limits.BUNDLE_BYTES, "BUNDLE_BYTES")
    done = _verified(data, trust)
    told = account(done, reader.language)
    made = Moment(int(time.time() * 1000))
    page = pdf(told, sha256(data).hexdigest(), made, reader)
    to.write_bytes(page)
    if as_json:
        show_json({"file": str(to), "bytes": len(page), "result": told["result"]})
        return
    typer.echo(printable(f"{to}: {_verdict(told)}"))


def _verified(data: bytes, trust: list[str] | None) -> Verification:
    """The verification of a file's bytes, with progress where it takes long."""
    trusted = _anchors(trust or [])
    with progress_bar("verifying") as tell:
        return verify(data, trusted, tell or (lambda done, of: None))


def _anchors(given: list[str]) -> dict[str, str]:
    """Fingerprints by party."""
    anchors: dict[str, str] = {}
    for text in given:
        party, equals, words = text.partition("=")
        if not equals or not words.strip():
            raise typer.BadParameter(f'{text[:40]!r} is no PARTY="FINGERPRINT"')
        try:
            party_id(party)
        except OpenlineError as error:
            raise typer.BadParameter(error.message) from None
        if party in anchors:
            raise typer.BadParameter(f"{party} is given twice")
        anchors[party] = words
    return anchors


def _show(told: dict[str, Any]) -> None:
    for step in told["steps"]:
        mark = {True: _mark("✓", "ok"), False: _mark("✗", "NO"), None: " "}[step["holds"]]
        typer.echo(f"{mark} {step['number']:2} {step['name']}: {step['shows']}")
        typer.echo(indented(step["what"]))
    typer.echo("")
    if told["parties"]:
        rows = [
            (
                p["party"] + (" (witness)" if p["witness"] else ""),
                p["name"],
                "yes" if p["anchored"] else "no",
                p["fingerprint"],
            )
            for p in told["parties"]
        ]
        table(("party", "name", "anchored", "fingerprint"), rows, "")
        _show_messages(told["messages"])
        _show_records(told)
    for fork in told["forks"]:
        what = f"{fork['kind']} at {fork['position']} of {fork['record']}"
        typer.echo(printable(f"a fork, signed by {fork['accused']}: {what}"))
    for remark in told["remarks"]:
        typer.echo(printable(f"what does not fit: {remark['party']} {remark['what']}"))
    typer.echo(_verdict(told))


def _show_messages(messages: list[dict[str, Any]]) -> None:
    rows = [
        (m["record"], m["number"], m["id"], m["form"], m["at"], _received(m))
        for m in messages[:MESSAGES_SHOWN]
    ]
    columns = ("record", "number", "id", "form", "signed", "received")
    table(columns, rows, "no messages are given")
    if len(messages) > MESSAGES_SHOWN:
        typer.echo(f"and {len(messages) - MESSAGES_SHOWN:,} more; --json lists all\n")


def _received(message: dict[str, Any]) -> str:
    disputed = ", disputed: its sender has revoked the key" if message["disputed"] else ""
    if message["received_at"]:
        return f"{message['received_at']}{disputed}"
    if message["held_at"]:
        return f"{message['held_at']} (early receipt){disputed}"
    return f"without a receipt: sent, not proven received{disputed}"


def _show_records(told: dict[str, Any]) -> None:
    missing = {m["record"]: m["numbers"] for m in told["missing"]}
    rows = [
        (r["record"], r["size"], r["given"], _ranges(missing.get(r["record"], [])))
        for r in told["records"]
    ]
    table(("record", "size", "given", "numbers not given"), rows, "")


def _ranges(numbers: list[list[int]]) -> str:
    runs = (f"{first}" if first == last else f"{first}–{last}" for first, last in numbers)
    return ", ".join(runs) or "none"


def _verdict(told: dict[str, Any]) -> str:
    result = str(told["result"])
    if result == Result.VERIFIED:
        return f"{result}: every step holds and every party is anchored"
    if result == Result.UNIDENTIFIED:
        return f'{result}: give each party\'s fingerprint, as --trust PARTY="WORDS"'
    failed = next(step for step in told["steps"] if step["holds"] is False)
    return printable(f"{result} at step {failed['number']} ({failed['name']}): {failed['what']}")


def _mark(sign: str, plain: str) -> str:
    """A sign, where the terminal has it."""
    try:
        sign.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return plain
    return sign
