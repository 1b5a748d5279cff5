"""Upgrading a station: its database is brought to this program's version, after a backup."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from openline.station.backup import Progress, write_backup
from openline.station.folder import Folder
from openline.station.founding import own_card
from openline.station.keys import read_keys
from openline.station.migrations import migrate, steps_from, version_of
from openline.station.station import SystemClock, locked
from openline.station.store import Store
from openline.station.tables import SCHEMA_VERSION
from openline.wire.card import read_card
from openline.words.errors import OpenlineError

Json = dict[str, Any]


def upgrade(
    folder: Folder, backup: Path | None = None, on_progress: Progress | None = None
) -> Json:
    """Bring the station's database to this program's version, all of it or nothing.

    The station is backed up first, into `backup` or a new file beside its folder. Returns
    ``from`` and ``to``, the versions, and ``backup``, the file, or None where there was nothing
    to do. Raises ``station-busy``, ``other-schema``, ``old-card`` and what `write_backup` raises;
    then nothing was changed. `on_progress` is that of `write_backup`.
    """
    folder.require()
    lock = locked(folder)
    store = Store(folder.database)
    try:
        with store.read() as connection:
            version = version_of(connection)
            done: Json = {"from": version, "to": SCHEMA_VERSION, "backup": None}
            if not steps_from(version):
                return done
            _check_cards(folder, connection)
        file = backup or _free_name(folder, version)
        write_backup(folder, file, SystemClock().now().wall, on_progress or _untold)
        with store.write() as connection:
            migrate(connection)
        return {**done, "backup": str(file)}
    finally:
        store.close()
        lock.release()


def _untold(done: int, of: int) -> None:
    """Nobody asked how far it is."""


def _check_cards(folder: Folder, connection: Connection) -> None:
    """Refuse a station that could not start afterwards: the earliest cards are read no more."""
    try:
        own_card(folder)
        read_keys(folder.keys)
        for card in connection.execute(text("SELECT card FROM lines")).scalars():
            read_card(card)
    except OpenlineError as error:
        raise OpenlineError(
            "old-card",
            "its card, its keys or a card that it joined are of the earliest form, which is read no"
            f" more, or damaged: {error.message}",
            rule="R-UPG-04",
            next="keep this folder as it is, with the version of Openline that wrote it; make the"
            " station anew with `openline init`, and both sides join each other's new card",
        ) from None


def _free_name(folder: Folder, version: str) -> Path:
    path = folder.path.absolute()
    names = (path.with_name(f"{path.name}.version-{version}.{n}.backup") for n in count(1))
    return next(name for name in names if not name.exists())
