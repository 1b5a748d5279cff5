"""The making of a station: keys, card, certificate and an empty database, all of it or nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openline.station import keys
from openline.station.folder import Folder
from openline.station.store import Store
from openline.wire.card import Card, card_text, read_card, write_card
from openline.wire.keys import SigningKey
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import party_id


@dataclass(frozen=True, slots=True)
class Founding:
    """What `init` is told."""

    party: str
    name: str
    addresses: tuple[str, ...]
    voice: tuple[str, ...] = ()
    root_key: Path | None = None
    passphrase: bytes | None = None
    """None leaves the root key unencrypted: only by the option that says "unsafe"."""
    issued: Moment | None = None
    """The card's time; None is the machine's."""


def found(folder: Folder, founding: Founding) -> Card:
    """Make a station: all of it, or nothing (R-STN-01)."""
    party_id(founding.party)
    path = folder.path
    root_file = founding.root_key or path.with_name(path.name + ".root")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise _exists(path, "an empty or new folder")
    if root_file.exists():
        raise _exists(root_file, "another --root-key")
    if path.resolve() in root_file.resolve().parents:
        raise OpenlineError(
            "root-key-inside",
            "the root key would lie in the station's own folder",
            rule="R-STN-02",
            next="name a --root-key outside it, best on another medium",
        )
    building = path.with_name(path.name + ".new")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700, parents=True)
    try:
        card = _fill(Folder(building), founding, root_file)
        if path.exists():
            path.rmdir()
        building.rename(path)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        root_file.unlink(missing_ok=True)
        raise
    return card


def _fill(folder: Folder, founding: Founding, root_file: Path) -> Card:
    root_seed = keys.new_root()
    operational = keys.new_keys()
    card = write_card(
        SigningKey(root_seed),
        founding.party,
        founding.name,
        keys=operational.public,
        addresses=founding.addresses,
        voice=founding.voice,
        issued=founding.issued or Moment(time.time_ns() // 1_000_000),
    )
    keys.write_root(root_file, root_seed, founding.passphrase)
    keys.write_keys(folder.keys, operational)
    keys.write_private(folder.certificate, operational.tls_pem(founding.party))
    keys.write_private(folder.card, card_text(card).encode())
    store = Store.create(folder.database, {"party": founding.party, "name": founding.name})
    store.close()
    folder.database.chmod(0o600)
    return card


def _exists(path: Path, instead: str) -> OpenlineError:
    return OpenlineError(
        "already-there",
        f"{path} exists already",
        rule="R-STN-01",
        next=f"give {instead}; nothing was changed",
    )


def root_key(folder: Folder, file: Path | None, passphrase: Callable[[], bytes]) -> SigningKey:
    """The root key in `file`, or where `found` puts it; `passphrase` is asked where it needs one.

    Raises ``bad-root-key``.
    """
    file = file or folder.path.with_name(folder.path.name + ".root")
    return keys.read_root(file, passphrase() if keys.is_encrypted(file) else None)


def own_card(folder: Folder) -> Card:
    """The station's card, as it was founded; raises ``bad-keys``."""
    try:
        return read_card(folder.card.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, OpenlineError):
        raise OpenlineError(
            "bad-keys",
            f"the station's card {folder.card} cannot be read",
            rule="R-STN-04",
            next="check the file's permissions, or bring it back from the backup",
        ) from None
