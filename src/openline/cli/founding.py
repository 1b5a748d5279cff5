"""Commands that make a station, show its card and run it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from openline.cli.output import JsonFlag, read_file, session, show_json
from openline.station.folder import Folder
from openline.words.errors import OpenlineError


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(init)
    app.command()(card)
    app.command()(ca)
    app.command()(serve)
    app.command()(demo)


def init(
    ctx: typer.Context,
    party: Annotated[str, typer.Option(help="This party's id, like us.")],
    name: Annotated[str, typer.Option(help="Its name, as people read it.")],
    address: Annotated[
        list[str], typer.Option(help="https://HOST:PORT where peers reach this station.")
    ],
    voice: Annotated[
        list[str] | None, typer.Option(help="A telephone number of the desk, for the card.")
    ] = None,
    root_key: Annotated[
        Path | None, typer.Option(help="Where the root key goes (default: DIR.root).")
    ] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(help="A file whose first line encrypts the root key.")
    ] = None,
    unsafe_no_passphrase: Annotated[
        bool, typer.Option("--unsafe-no-passphrase", help="Leave the root key unencrypted.")
    ] = False,
) -> None:
    """Make a station."""
    from openline.station.founding import Founding, found  # noqa: PLC0415 (slow to import)
    from openline.wire.card import fingerprint  # noqa: PLC0415

    if passphrase_file and unsafe_no_passphrase:
        raise typer.BadParameter("give --passphrase-file or --unsafe-no-passphrase, not both")
    passphrase = None if unsafe_no_passphrase else read_passphrase(passphrase_file, confirm=True)
    folder = Folder(session(ctx).station)
    made = found(
        folder,
        Founding(party, name, tuple(address), tuple(voice or ()), root_key, passphrase),
    )
    root = root_key or folder.path.with_name(folder.path.name + ".root")
    typer.echo(f"station {made.party} made in {folder.path}; its root key is in {root}")
    typer.echo("keep the root key apart from this machine, and give the card to the other side")
    typer.echo(f"fingerprint to read aloud: {fingerprint(made)}")


def read_passphrase(file: Path | None, confirm: bool = False) -> bytes:
    """The passphrase of a root key: a file's first line, or what a person types."""
    if file is not None:
        text = next(iter(read_file(file).splitlines()), "")
    elif sys.stdin.isatty():
        text = typer.prompt(
            "Passphrase for the root key", hide_input=True, confirmation_prompt=confirm
        )
    else:
        raise typer.BadParameter("give --passphrase-file FILE (or --unsafe-no-passphrase)")
    if not text:
        raise OpenlineError(
            "empty-passphrase",
            "the passphrase is empty",
            rule="R-STN-02",
            next="give one, or say --unsafe-no-passphrase",
        )
    return text.encode()


def card(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Show this station's card, to hand to the other side."""
    found = session(ctx).call("card")
    if as_json:
        show_json(found)
    else:
        typer.echo(found["card"], nl=False)


def serve(
    ctx: typer.Context,
    listen: Annotated[
        str | None, typer.Option(help="HOST:PORT of the line's listener (default: the address's).")
    ] = None,
    console: Annotated[
        str, typer.Option(help="HOST:PORT of the console; beyond loopback for officers alone.")
    ] = "127.0.0.1:8443",
    console_name: Annotated[
        list[str] | None, typer.Option(help="A name or address by which officers reach it.")
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="The console's certificate (default: the station's own).")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="The key of that certificate.")] = None,
) -> None:
    """Run the station until SIGTERM or Ctrl-C; `--language` is that of its alarms to people."""
    from openline.cli.serve import Console, run  # noqa: PLC0415 (slow to import)

    page = Console(console, tuple(console_name or ()), certificate, key)
    own = session(ctx)
    raise typer.Exit(run(own.station, listen, page, own.language))


def ca(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write it to a file.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """The certificate of the station's own authority, for officers' browsers to trust."""
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 (slow to import)
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    from openline.station.authority import authority_certificate, utc_now  # noqa: PLC0415
    from openline.station.founding import own_card  # noqa: PLC0415

    folder = Folder(session(ctx).station)
    folder.require()
    found = authority_certificate(folder, own_card(folder), utc_now())
    text = found.public_bytes(Encoding.PEM).decode()
    fingerprint = found.fingerprint(hashes.SHA256()).hex(":").upper()
    if out is not None:
        out.write_text(text)
    if as_json:
        until = found.not_valid_after_utc.isoformat().replace("+00:00", "Z")
        show_json({"certificate": text, "fingerprint": fingerprint, "until": until})
    elif out is None:
        typer.echo(text, nl=False)
    else:
        typer.echo(f"SHA-256 fingerprint {fingerprint}")


def demo(
    once: Annotated[bool, typer.Option("--once", help="Play, print the figures and end.")] = False,
    as_json: JsonFlag = False,
    line_port: Annotated[
        int | None, typer.Option(help="Port of the first line's listener; the second is next.")
    ] = None,
    console_port: Annotated[
        int | None, typer.Option(help="Port of the first console; the second is next.")
    ] = None,
) -> None:
    """Two stations replay the spring of 2022."""
    from openline.cli.demo import run  # noqa: PLC0415 (slow to import)

    raise typer.Exit(run(once, as_json, line_port, console_port))
