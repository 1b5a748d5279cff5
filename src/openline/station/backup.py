"""Backups: a station in one file, and a station brought back from one.

A backup is a tar file, readable by its owner alone, of a consistent copy of the
database, the operational keys, the card and the TLS certificate, with a list of
their hashes. The geoid's grid and small terrain models are in it (`heightfiles`). The root
key is not, nor is any secret of a carrier or of a way to a person: a restore says which are
to be given again. Whoever holds a backup can speak for the station: keep it as the
station's folder is kept.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Mapping
from contextlib import closing, contextmanager
from hashlib import file_digest
from itertools import count
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite

from openline.station import heightfiles, lacking
from openline.station.folder import Folder, Lock
from openline.station.founding import own_card
from openline.station.heights import Heights
from openline.station.mark import Mark, Reached
from openline.station.migrations import migrate
from openline.station.resume import resume
from openline.station.station import engine_of
from openline.station.store import Store
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment

FORMAT = 1
MANIFEST = "backup.json"
_PAGES = 1_000
"""Pages of the database copied at a time: writers go on in between."""

Json = dict[str, Any]
Progress = Callable[[int, int], None]


def write_backup(
    folder: Folder, file: Path, at: Moment, on_progress: Progress = lambda done, of: None
) -> Json:
    """Back the station up into `file`, whole or not at all; the station may be running.

    Raises ``already-there``, ``backup-inside``, ``no-station``. `on_progress` is told the
    pages of the database that were copied, and of how many.
    """
    folder.require()
    if file.exists():
        raise OpenlineError(
            "already-there",
            f"{file} exists already",
            rule="R-BACK-01",
            next="name a new file: a backup never overwrites another",
        )
    if folder.path.resolve() in file.resolve().parents:
        raise OpenlineError(
            "backup-inside",
            "the backup would lie in the station's own folder",
            rule="R-BACK-01",
            next="name a file elsewhere, best on another medium",
        )
    copy, building = file.with_name(f"{file.name}.db.new"), file.with_name(f"{file.name}.new")
    try:
        _copy_database(folder.database, copy, on_progress)
        manifest = _write_tar(folder, copy, building, at)
        building.rename(file)
        _sync_folder(file.parent)
    finally:
        copy.unlink(missing_ok=True)
        building.unlink(missing_ok=True)
    return {"file": str(file), "bytes": file.stat().st_size, **manifest}


def restore(folder: Folder, file: Path, replace: bool = False) -> Json:
    """Make the station in `folder` what the backup holds, in new epochs on every line.

    With `replace`, a station that is there already is set aside beside it. Raises
    ``bad-backup``, ``already-there``, ``station-busy``; then nothing was changed.
    """
    manifest = check_backup(file)
    with _set_aside(folder, replace) as known:
        building = Folder(folder.path.with_name(folder.path.name + ".new"))
        shutil.rmtree(building.path, ignore_errors=True)
        building.path.mkdir(mode=0o700, parents=True)
        try:
            _unpack(file, building)
            heightfiles.note_missing(building.heights, manifest["heights"])
            epochs, missing = _begin_epochs(building, known)
            aside = _swap(folder, building)
        except BaseException:
            shutil.rmtree(building.path, ignore_errors=True)
            raise
    lost = {"missing_secrets": missing, "missing_heights": Heights(folder.heights).missing()}
    return {**manifest, "epochs": epochs, "aside": str(aside) if aside else None, **lost}


def check_backup(file: Path) -> Json:
    """What a backup says of itself, every part of it checked; raises ``bad-backup``."""
    parts: dict[str, str] = {}
    manifest: Json = {}
    try:
        with tarfile.open(file, "r:") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if not member.isfile() or content is None or member.name in parts:
                    raise _bad(file, f"it holds {member.name[:40]!r}, which is no part of one")
                if member.name == MANIFEST:
                    manifest = json.loads(content.read(limits.BACKUP_LIST_BYTES))
                else:
                    parts[member.name] = _hash(content)
    except OpenlineError:
        raise
    except (OSError, tarfile.TarError, ValueError) as error:
        raise _bad(file, f"it cannot be read: {error}") from None
    if manifest.get("format") != FORMAT or manifest.get("parts") != parts:
        raise _bad(file, "its parts are not those of its list: it is damaged or of another version")
    heights = manifest.get("heights", [])  # an older one names none
    if not heightfiles.are_listed(heights):
        raise _bad(file, "its list of terrain models cannot be read")
    named = {Folder(Path()).authority.name, *heightfiles.parts(Path(), heights)}
    if set(parts) - named != set(_parts(Folder(Path()))):
        raise _bad(file, "parts of a station are missing")
    return {**{name: manifest[name] for name in ("party", "at")}, "heights": heights}


def _parts(folder: Folder) -> Mapping[str, Path]:
    """A station's parts, by the names that they have in a backup."""
    files = (folder.database, folder.keys, folder.card, folder.certificate)
    return {file.name: file for file in files}


def _all_parts(folder: Folder) -> Mapping[str, Path]:
    """The same with the console's authority, which older stations may not have."""
    return {**_parts(folder), folder.authority.name: folder.authority}


def _copy_database(database: Path, copy: Path, on_progress: Progress) -> None:
    """A consistent copy of the database, while others write (SQLite's online backup)."""
    with closing(sqlite.connect(str(database))) as source, closing(sqlite.connect(str(copy))) as to:
        copy.chmod(0o600)
        source.backup(
            to,
            pages=_PAGES,
            progress=lambda _status, left, of: on_progress(of - left, of),
        )
        to.execute("PRAGMA journal_mode=DELETE")


def _write_tar(folder: Folder, copy: Path, file: Path, at: Moment) -> Json:
    there = {name: path for name, path in _all_parts(folder).items() if path.exists()}
    grid = Heights(folder.heights).find_grid()
    heights = heightfiles.listed(folder.heights, grid and grid[0])
    files = {**there, folder.database.name: copy, **heightfiles.parts(folder.heights, heights)}
    hashes = {}
    for name, path in files.items():
        with path.open("rb") as part:
            hashes[name] = _hash(part)
    about = {"party": own_card(folder).party, "at": str(at), "heights": heights}
    manifest = {"format": FORMAT, **about, "parts": hashes}
    data = json.dumps(manifest, indent=1).encode()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        with tarfile.open(fileobj=out, mode="w:", format=tarfile.USTAR_FORMAT) as tar:
            tar.addfile(_member(MANIFEST, len(data)), io.BytesIO(data))
            for name, path in files.items():
                with path.open("rb") as part:
                    tar.addfile(_member(name, path.stat().st_size), part)
        out.flush()
        os.fsync(out.fileno())
    return about


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _unpack(file: Path, folder: Folder) -> None:
    """Write the parts into a folder, durably; they were checked, and are checked again here."""
    parts = _all_parts(folder)
    with tarfile.open(file, "r:") as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is not None and member.name != MANIFEST:
                to = parts.get(member.name) or heightfiles.path_of(folder.heights, member.name)
                if to is None:
                    raise _bad(file, f"it holds {member.name[:40]!r} now: it was changed meanwhile")
                handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "wb") as out:
                    shutil.copyfileobj(content, out)
                    out.flush()
                    os.fsync(out.fileno())
    with closing(sqlite.connect(str(folder.database))) as database:
        database.execute("PRAGMA journal_mode=WAL")


def _begin_epochs(
    folder: Folder, known: Mapping[str, Reached]
) -> tuple[dict[str, int], list[Json]]:
    """Begin a new epoch on every line, beyond what the station set aside had reached.

    Returns the epochs, and the secrets that have to be given again.
    """
    store = Store(folder.database)
    with store.write() as connection:
        migrate(connection)  # a backup may be of an older version
    store.close()
    engine = engine_of(folder)
    mark = Mark(folder.mark)
    try:
        resume(engine, mark, "restored", known)
        with engine.store.read() as connection:
            missing = lacking.listed(connection, folder, engine.lines)
        return {peer: line.state.out_epoch for peer, line in engine.lines.items()}, missing
    finally:
        mark.close()
        engine.store.close()


@contextmanager
def _set_aside(folder: Folder, replace: bool) -> Any:
    """Hold the lock of a station that is there, and say how far it had signed."""
    if not folder.path.exists() or not any(folder.path.iterdir()):
        yield {}
        return
    if not replace:
        raise OpenlineError(
            "already-there",
            f"there is a station in {folder.path}",
            rule="R-BACK-03",
            next="say --replace to set it aside, or give an empty folder with --station",
        )
    lock = Lock(folder)
    try:
        if not lock.take():
            raise OpenlineError(
                "station-busy",
                f"another process works on {folder.path}",
                rule="R-STN-03",
                next="stop the station first",
            )
        mark = Mark(folder.mark)
        known = mark.known
        mark.close()
        yield known
    finally:
        lock.release()


def _swap(folder: Folder, building: Folder) -> Path | None:
    """Put the new folder in the old one's place; returns where the old one is now."""
    aside = None
    if folder.path.exists() and any(folder.path.iterdir()):
        aside = _free_name(folder.path)
        folder.path.rename(aside)
    elif folder.path.exists():
        folder.path.rmdir()
    building.path.rename(folder.path)
    _sync_folder(folder.path.parent)
    return aside


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"{path.name}.before-{number}") for number in count(1))
    return next(name for name in names if not name.exists())


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hash(content: Any) -> str:
    return file_digest(content, "sha256").hexdigest()


def _bad(file: Path, what: str) -> OpenlineError:
    return OpenlineError(
        "bad-backup",
        f"{file} is no backup of a station: {what}",
        whose=Whose.OURS,
        rule="R-BACK-02",
        next="take another backup; nothing was changed",
    )
