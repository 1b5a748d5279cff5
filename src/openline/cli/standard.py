"""Commands for third parties: exports in standard forms, and witnesses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from openline.cli.lines import Line
from openline.cli.output import JsonFlag, session, show_json, table

By = Annotated[str, typer.Option("--by", help="The witness's party id; a line to it is open.")]
Out = Annotated[Path, typer.Option("-o", "--output", help="The file to write.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    export = typer.Typer(help="What we hold, in standard forms.", no_args_is_help=True)
    export.command("receipt")(export_receipt)
    export.command("checkpoint")(export_checkpoint)
    app.add_typer(export, name="export")
    witness = typer.Typer(help="Third stations that hold heads.", no_args_is_help=True)
    witness.command("consent")(witness_consent)
    witness.command("withdraw")(witness_withdraw)
    witness.command("send")(witness_send)
    witness.command("list")(witness_list)
    app.add_typer(witness, name="witness")


def export_receipt(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(help="The message's id.")],
    output: Out,
    line: Annotated[str | None, typer.Option(help="Of which line, where it has several.")] = None,
    statement: Annotated[
        bool, typer.Option("--statement", help="The message with its receipt (RFC 9943).")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Write a message's receipt in the form of RFC 9942."""
    found = session(ctx).call("export_receipt", id=id, line=line, statement=statement)
    output.write_bytes(bytes.fromhex(found["bytes"]))
    text = f"{output}: the receipt of {found['id']} over {found['size']} messages"
    _tell({**found, "file": str(output)}, as_json, text)


def export_checkpoint(
    ctx: typer.Context,
    line: Line,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write, else it is shown.")
    ] = None,
    record: Annotated[Literal["out", "in"], typer.Option(help="Our record, or theirs.")] = "out",
    as_json: JsonFlag = False,
) -> None:
    """The newest checkpoint of a record in C2SP's form, with all cosignatures."""
    found = session(ctx).call("export_checkpoint", line=line, record=record)
    if output is not None:
        output.write_text(found["text"], encoding="utf-8")
        text = f"{output}: {found['record']} at {found['size']} messages"
    else:
        text = found["text"].rstrip("\n")
    _tell(found, as_json, text)


def witness_consent(ctx: typer.Context, line: Line, by: By, as_json: JsonFlag = False) -> None:
    """Agree that a third station cosigns the heads of a line; the other side must too."""
    done = session(ctx).call("witness_consent", line=line, by=by, given=True)
    _tell(done, as_json, f"{done['id']}: told {line} and {by}")


def witness_withdraw(ctx: typer.Context, line: Line, by: By, as_json: JsonFlag = False) -> None:
    """Take back what `witness consent` said."""
    done = session(ctx).call("witness_consent", line=line, by=by, given=False)
    _tell(done, as_json, f"{done['id']}: told {line} and {by}")


def witness_send(ctx: typer.Context, line: Line, as_json: JsonFlag = False) -> None:
    """Show the line's witnesses the head of our record now."""
    done = session(ctx).call("witness_send", line=line)
    _tell(done, as_json, f"shown to {', '.join(done['witnesses'])}")


def witness_list(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Who consents to which witness, and what it has cosigned."""
    found = session(ctx).call("witnesses")
    if as_json:
        show_json(found)
        return
    table(
        ("witness", "line", "consents", "record", "cosigned", "last answer", "at"),
        [
            (
                each["witness"],
                " – ".join(each["between"]),
                ", ".join(each["consents"]),
                record["record"],
                record["cosigned"],
                record["verdict"],
                record["at"],
            )
            for each in found["witnesses"]
            for record in each["records"]
            or [dict.fromkeys(("record", "cosigned", "verdict", "at"))]
        ],
        "no witness: `openline witness consent LINE --by PARTY`, and the other side the same",
    )


def _tell(found: dict[str, Any], as_json: bool, text: str) -> None:
    if as_json:
        show_json(found)
    else:
        typer.echo(text)
