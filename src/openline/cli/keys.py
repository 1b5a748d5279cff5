"""Commands about keys: change them, revoke them, list them. The root key is read here alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openline.cli.founding import read_passphrase
from openline.cli.output import JsonFlag, session, show_json, table
from openline.station import control
from openline.station.folder import Folder
from openline.words.errors import OpenlineError
from openline.words.moment import Moment

if TYPE_CHECKING:
    from openline.wire.keys import SigningKey

RootKey = Annotated[Path | None, typer.Option(help="Where the root key lies (default: DIR.root).")]
PassphraseFile = Annotated[
    Path | None, typer.Option(help="A file whose first line decrypts the root key.")
]
Lost = Annotated[
    bool, typer.Option("--lost", help="The keys in use are lost: the root key alone vouches.")
]
Serial = Annotated[
    int | None, typer.Option(help="The new card's number (default: one more).", min=2)
]
Call = Callable[..., Any]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    keys = typer.Typer(help="The station's keys.", no_args_is_help=True)
    keys.command()(rotate)
    keys.command()(revoke)
    keys.command("list")(list_keys)
    app.add_typer(keys, name="keys")


def rotate(
    ctx: typer.Context,
    root_key: RootKey = None,
    passphrase_file: PassphraseFile = None,
    lost: Lost = False,
    serial: Serial = None,
    as_json: JsonFlag = False,
) -> None:
    """Go on with new keys, on a new card, and say so on every line."""
    path = session(ctx).station
    Folder(path).require()
    root = _root(path, root_key, passphrase_file)
    with _caller(ctx, lost) as call:
        done = _rotate(call, root, lost, serial)
    if as_json:
        show_json(done)
    else:
        typer.echo(f"card {done['serial']} is in use, and announced on {len(done['lines'])} lines")


def revoke(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="A card's serial number, or a key's id.")],
    since: Annotated[str, typer.Option(help="Since when it may have been misused.")],
    root_key: RootKey = None,
    passphrase_file: PassphraseFile = None,
    lost: Lost = False,
    as_json: JsonFlag = False,
) -> None:
    """Take keys back on every line; those in use are changed first."""
    path, first = session(ctx).station, Moment.parse_date_or_time(since)
    Folder(path).require()
    root = _root(path, root_key, passphrase_file)
    with _caller(ctx, lost) as call:
        chosen = _chosen(call("keys_list"), key)
        if any(each["state"] == "current" for each in chosen):
            _rotate(call, root, lost, None)
        ids = [bytes.fromhex(each["id"]) for each in chosen]
        done = call("keys_revoke", revocations=_revocations(call, root, ids, first))
    done["keys"] = [each["id"] for each in chosen]
    if as_json:
        show_json(done)
    else:
        typer.echo(f"{len(chosen)} keys are revoked on {len(done['ids'])} lines")


def list_keys(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Every key of this station's cards and of the other sides'."""
    found = session(ctx).call("keys_list")
    if as_json:
        show_json(found)
        return
    names = ("party", "serial", "job", "id", "since", "state")
    table(names, [[each[name] for name in names] for each in found["keys"]], "no keys")


# ---- what the commands do ------------------------------------------------------------


@contextmanager
def _caller(ctx: typer.Context, lost: bool) -> Iterator[Call]:
    """What carries out the station's part; with its keys gone, this process does."""
    try:
        session(ctx).call("card")
    except OpenlineError as error:
        if not lost or error.code != "bad-keys":
            raise
    else:
        yield session(ctx).call
        return
    with control.without_keys(session(ctx).station) as call:
        yield call


def _root(path: Path, file: Path | None, passphrase_file: Path | None) -> SigningKey:
    from openline.station.founding import root_key  # noqa: PLC0415 (slow to import)

    return root_key(Folder(path), file, lambda: read_passphrase(passphrase_file))


def _rotate(call: Call, root: SigningKey, lost: bool, serial: int | None) -> dict[str, Any]:
    from openline.wire.card import CardKeys, card_text, write_card  # noqa: PLC0415 (slow to import)

    made = call("keys_prepare")
    if made["root"] != root.public.hex():
        raise OpenlineError(
            "bad-root-key",
            f"this is not the root key of {made['party']}",
            rule="R-KEY-10",
            next="name its file with --root-key",
        )
    card = write_card(
        root,
        made["party"],
        made["name"],
        keys=CardKeys(**{name: bytes.fromhex(key) for name, key in made["keys"].items()}),
        addresses=made["addresses"],
        voice=made["voice"],
        serial=serial or made["serial"],
        issued=Moment.parse(made["at"]),
    )
    done: dict[str, Any] = call("keys_install", card=card_text(card), lost=lost)
    return done


def _chosen(found: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The station's own keys of that serial number or id."""
    own = [each for each in found["keys"] if each["party"] == found["party"]]
    chosen = [each for each in own if key in (str(each["serial"]), each["id"])]
    if not chosen:
        raise OpenlineError(
            "unknown-key",
            f"no card or key {key[:40]!r} is this station's own",
            rule="R-KEY-08",
            next="`openline keys list` shows them",
        )
    return chosen


def _revocations(call: Call, root: SigningKey, keys: list[bytes], since: Moment) -> list[str]:
    from openline.wire.revocation import Extent, write_revocation  # noqa: PLC0415 (slow to import)

    def extents(found: list[dict[str, Any]]) -> list[Extent]:
        return [Extent(e["epoch"], e["size"], bytes.fromhex(e["root"])) for e in found]

    said = call("keys_extents")
    party, at = said["party"], Moment.parse(said["at"])
    return [
        write_revocation(
            root,
            party,
            peer,
            keys=keys,
            since=since,
            at=at,
            own=extents(line["own"]),
            other=extents(line["other"]),
        ).raw.hex()
        for peer, line in said["lines"].items()
    ]
