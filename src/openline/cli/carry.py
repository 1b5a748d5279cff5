"""Commands for whoever carries by hand: frames as lines of text, or as QR codes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openline.cli.output import JsonFlag, read_bytes, session, show_json
from openline.words import limits
from openline.words.errors import OpenlineError

Line = Annotated[str, typer.Argument(help="The other side's party id.")]
TEXT_FRAME, QR_FRAME = 140, 700
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
"""How images begin: PNG, JPEG, GIF, WebP, BMP."""


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(help="Carry messages by hand.", no_args_is_help=True)
    group.command("out")(out)
    group.command("in")(into)
    app.add_typer(group, name="carry")


def out(
    ctx: typer.Context,
    line: Line,
    qr: Annotated[
        Path | None, typer.Option(help="Write QR codes: FILE.png, or FILE-1.png and so on.")
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="Print lines of letters.")] = False,
    frame: Annotated[
        int,
        typer.Option(
            help="Bytes of one frame (default: 140, of a QR code 700).",
            min=limits.FRAME_LEAST,
            max=limits.FRAME_MOST,
        ),
    ] = TEXT_FRAME,
    most: Annotated[
        int, typer.Option("--bytes", help="Bytes of messages to take along.", min=1)
    ] = 4_000,
    as_json: JsonFlag = False,
) -> None:
    """What waits on a line, sealed, as small frames that anybody may carry. The default is text."""
    size = QR_FRAME if qr is not None and frame == TEXT_FRAME else frame
    found = session(ctx).call("carry_out", line=line, frame=size, most=most)
    if qr is not None:
        found["files"] = [str(path) for path in _write_codes(found["frames"], qr)]
    if as_json:
        show_json(found)
        return
    if text or qr is None:
        typer.echo(found["text"], nl=False)
    for file in found.get("files", ()):
        typer.echo(file)
    left = f"; {found['left']} more wait for the next time" if found["left"] > 0 else ""
    frames, messages = len(found["frames"]), found["messages"]
    typer.echo(f"{messages} messages in {frames} frames, {found['bytes']} bytes{left}", err=True)


def into(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Lines of text or images; - is stdin.")],
    as_json: JsonFlag = False,
) -> None:
    """Take in frames that somebody brought; exit 1 names those that lack."""
    said = "\n".join(_read(file) for file in files)
    found = session(ctx).call("carry_in", text=said)
    if as_json:
        show_json(found)
    else:
        for parcel in found["parcels"]:
            answer = ": carry the answer back with `carry out`" if parcel["answer"] else ""
            typer.echo(f"{parcel['line']}: {parcel['new']} new messages{answer}")
    if found["lacking"] or not found["parcels"]:
        shown = ", ".join(found["lacking"][:20]) or "all"
        raise OpenlineError(
            "frames-lack",
            f"frames lack: {shown}",
            rule="R-CAR-12",
            next="ask for these, and give all frames of the parcel together",
        )


def _write_codes(frames: list[str], file: Path) -> list[Path]:
    from openline.documents.qr import write_qr  # noqa: PLC0415 (slow to import)

    several = len(frames) > 1
    paths = [
        file.with_name(f"{file.stem}-{number}{file.suffix or '.png'}") if several else file
        for number in range(1, len(frames) + 1)
    ]
    for frame, path in zip(frames, paths, strict=True):
        write_qr(frame, path)
    return paths


def _read(file: Path) -> str:
    data = read_bytes(file, limits.FILE_BYTES, "FILE_BYTES")
    if data.startswith(_IMAGES):
        from openline.documents.qr import read_qr  # noqa: PLC0415 (slow to import)

        return "\n".join(read_qr(data, str(file)))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise OpenlineError(
            "not-text", f"{file} is neither text nor an image", rule="R-CLI-03", next="check it"
        ) from None
