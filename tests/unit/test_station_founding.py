"""A station on disk: founded whole or not at all, for its owner's eyes, with one writer."""

import asyncio
import json
import os
import stat
import threading
from concurrent.futures import Future
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import update

from openline.station import keys
from openline.station.acts import join
from openline.station.courier import Courier, Lane
from openline.station.engine import Tx
from openline.station.folder import Folder, Lock
from openline.station.founding import Founding, found
from openline.station.outbox import Outbox
from openline.station.service import Service
from openline.station.station import Station
from openline.station.store import Store
from openline.station.tables import meta
from openline.station.writer import Writer
from openline.wire.card import card_text, fingerprint, read_card
from openline.words import limits
from openline.words.errors import BrokenInvariant, OpenlineError
from simulation.world import World, card_of, joined

US = Founding("us", "US command", ("https://127.0.0.1:18440",), passphrase=b"correct horse")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _tree(path: Path) -> dict[str, bytes]:
    return {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}


def _refused(folder: Folder, founding: Founding) -> OpenlineError:
    before = _tree(folder.path.parent)
    with pytest.raises(OpenlineError) as caught:
        found(folder, founding)
    assert _tree(folder.path.parent) == before
    return caught.value


@pytest.mark.rule("R-STN-01")
@pytest.mark.rule("R-STN-04")
def test_all_that_is_founded_is_its_owners_alone(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "deep" / "us")
    old = os.umask(0)
    try:
        card = found(folder, US)
    finally:
        os.umask(old)
    assert _mode(folder.path) == 0o700
    files = {path.name: _mode(path) for path in folder.path.iterdir()}
    names = ("openline.db", "keys.json", "card.txt", "tls.pem", "console-ca.pem")
    assert files == dict.fromkeys(names, 0o600)
    root = tmp_path / "deep" / "us.root"
    assert _mode(root) == 0o600
    assert read_card(folder.card.read_text()) == card
    assert keys.read_keys(folder.keys).signing.public == card.signing_key


@pytest.mark.rule("R-STN-02")
def test_the_root_key_lies_outside_encrypted(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "us")
    card = found(folder, US)
    pem = (tmp_path / "us.root").read_bytes()
    assert b"ENCRYPTED" in pem
    with pytest.raises(TypeError):
        load_pem_private_key(pem, None)
    seed = load_pem_private_key(pem, US.passphrase).private_bytes_raw()  # type: ignore[union-attr]
    assert load_pem_private_key(pem, US.passphrase).public_key().public_bytes_raw() == card.root_key  # type: ignore[union-attr]
    assert not [name for name, data in _tree(folder.path).items() if seed in data]
    inside = Founding("us", "US", US.addresses, root_key=folder.path / "root", passphrase=b"x")
    other = Founding("us", "US", US.addresses, root_key=tmp_path / "new" / "root", passphrase=b"x")
    assert _refused(Folder(tmp_path / "new"), other).code == "root-key-inside"
    assert _refused(folder, inside).code == "already-there"


@pytest.mark.rule("R-STN-01")
def test_a_second_init_changes_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "us")
    found(folder, US)
    assert _refused(folder, US).code == "already-there"
    # Not over an old root key either: it may be the only one there is.
    assert _refused(Folder(tmp_path / "other"), _with_root(tmp_path / "us.root")).code == (
        "already-there"
    )


def _with_root(path: Path) -> Founding:
    return Founding("us", "US", US.addresses, root_key=path, passphrase=b"x")


@pytest.mark.rule("R-STN-01")
@pytest.mark.parametrize("step", ["write_root", "write_keys", "write_private", "new_keys"])
def test_a_founding_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fails(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keys, step, fails)
    folder = Folder(tmp_path / "us")
    with pytest.raises(OSError, match="No space"):
        found(folder, US)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    found(folder, US)
    assert folder.database.exists()


@pytest.mark.rule("R-STN-01")
def test_bad_names_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    for party, addresses in (("US!", US.addresses), ("us", ("http://x",)), ("us", ())):
        with pytest.raises(OpenlineError):
            found(Folder(tmp_path / "us"), Founding(party, "US", addresses, passphrase=b"x"))
        assert list(tmp_path.iterdir()) == []


@pytest.mark.rule("R-STN-04")
@pytest.mark.parametrize(
    "changes",
    [
        {"signing": "AA=="},
        {"light": None},
        {"checkpoint": 5},
        {"mldsa": "Not base64"},
        {"old_sealing": ["AA=="]},
        {"old_sealing": ["A" * 43 + "="] * (limits.OLD_SEALING_KEYS + 1)},
    ],
)
def test_keys_of_which_one_is_wrong_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = tmp_path / "keys.json"
    keys.write_keys(path, keys.new_keys())
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    with pytest.raises(OpenlineError) as caught:
        keys.read_keys(path)
    assert (caught.value.code, caught.value.rule) == ("bad-keys", "R-STN-04")


def test_keys_are_read_as_they_were_written(tmp_path: Path) -> None:
    fresh = replace(keys.new_keys(), old_sealing=(bytes(96), bytes(32)))
    keys.write_keys(tmp_path / "keys.json", fresh)
    assert keys.read_keys(tmp_path / "keys.json") == fresh
    assert len(set(astuple(fresh.public))) == len(keys.SEEDS)


@pytest.mark.rule("R-STN-04")
@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null"])
def test_keys_that_cannot_be_read_are_said_without_showing_any(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "keys.json").write_bytes(content)
    with pytest.raises(OpenlineError) as caught:
        keys.read_keys(tmp_path / "keys.json")
    assert (caught.value.code, caught.value.rule) == ("bad-keys", "R-STN-04")
    assert repr(keys.new_keys()) == "Keys(…)"


@pytest.mark.rule("R-STN-04")
@pytest.mark.parametrize("lost", ["card.txt", "keys.json"])
def test_a_station_without_its_card_or_with_anothers_keys_does_not_start(
    tmp_path: Path, lost: str
) -> None:
    for name in ("us", "other"):
        found(Folder(tmp_path / name), US)
    folder = Folder(tmp_path / "us")
    (folder.path / lost).unlink()
    with pytest.raises(OpenlineError) as caught:
        Station(folder)
    assert (caught.value.code, caught.value.rule) == ("bad-keys", "R-STN-04")
    (tmp_path / "other" / lost).rename(folder.path / lost)
    with pytest.raises(OpenlineError, match="not those of the card"):
        Station(folder)


@pytest.mark.rule("R-STORE-03")
@pytest.mark.parametrize("version", ["0", "99", ""])
def test_a_database_of_another_version_is_refused_untouched(tmp_path: Path, version: str) -> None:
    folder = Folder(tmp_path / "us")
    found(folder, US)
    store = Store(folder.database)
    with store.write() as connection:
        connection.execute(update(meta).where(meta.c.key == "schema").values(value=version))
    store.close()
    for _ in range(2):  # and its lock is given up
        with pytest.raises(OpenlineError) as caught:
            Station(folder)
        assert (caught.value.code, caught.value.rule) == ("other-schema", "R-STORE-03")


@pytest.mark.rule("R-STN-03")
def test_two_writers_never_meet(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "us")
    found(folder, US)
    station = Station(folder)
    with pytest.raises(OpenlineError) as caught:
        Station(folder)
    assert (caught.value.code, caught.value.rule) == ("station-busy", "R-STN-03")
    station.close()
    Station(folder).close()
    one, other = Lock(folder), Lock(folder)
    assert (one.take(), other.take()) == (True, False)
    one.release()
    assert other.take()
    other.release()


@pytest.mark.rule("R-STN-03")
def test_where_no_station_was_made_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(OpenlineError) as caught:
        Station(Folder(tmp_path))
    assert caught.value.code == "no-station"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.rule("R-STN-05")
def test_there_is_no_line_without_a_card(tmp_path: Path) -> None:
    with joined(tmp_path) as world:
        with pytest.raises(OpenlineError) as caught:
            world["us"].send("cn")
        assert (caught.value.code, caught.value.rule) == ("unknown-line", "R-STN-05")


@pytest.mark.rule("R-STN-07")
def test_a_line_is_opened_once_to_a_card_whose_fingerprint_was_given(tmp_path: Path) -> None:
    world = World(tmp_path)
    us, card = world["us"], card_of("ru")
    words = fingerprint(card)
    for text, given, code in (
        (card_text(card), fingerprint(card_of("cn")), "wrong-fingerprint"),
        (card_text(card_of("us")), fingerprint(card_of("us")), "cannot-join"),
    ):
        with pytest.raises(OpenlineError) as caught:
            join(us, text, given)  # type: ignore[arg-type]
        assert caught.value.code == code
        assert us.engine.lines == {}
    assert join(us, card_text(card), words.upper()) == card  # type: ignore[arg-type]
    with pytest.raises(OpenlineError) as caught:
        join(us, card_text(card), words)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.rule) == ("cannot-join", "R-STN-07")
    us.crash()
    assert us.state("ru").out.size == 1
    world.close()


# ---- the writer ----------------------------------------------------------------------


class Gated:
    """An engine whose transactions wait to be let through, and are counted."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.gate, self.entered = engine, threading.Event(), threading.Event()
        self.groups: list[int] = []

    def transact(self, jobs: list[Any]) -> Any:
        self.groups.append(len(jobs))
        self.entered.set()
        assert self.gate.wait(30)
        return self.engine.transact(jobs)


def _refuse(tx: Tx) -> None:
    raise OpenlineError("refused", "this one")


@pytest.mark.rule("R-STORE-05")
def test_jobs_that_wait_together_share_a_commit_and_fall_alone(tmp_path: Path) -> None:
    with joined(tmp_path) as world:
        gated, fatal = Gated(world["us"].engine), list[BaseException]()
        writer = Writer(gated, fatal.append)  # type: ignore[arg-type]
        first: Future[Any] = writer.put(lambda tx: 0)
        assert gated.entered.wait(30)
        others = [writer.put(lambda tx, n=n: n) for n in range(1, 5)]  # type: ignore[misc]
        refused = writer.put(_refuse)
        last = writer.put(lambda tx: 9)
        assert not first.done()  # nothing is said before it is durable
        gated.gate.set()
        assert [future.result(30) for future in (first, *others, last)] == [0, 1, 2, 3, 4, 9]
        assert isinstance(refused.exception(30), OpenlineError)
        assert gated.groups == [1, 6]
        writer.close()
        assert not fatal


@pytest.mark.rule("R-STORE-05")
def test_a_broken_invariant_stops_the_station_and_a_failed_disk_does_not(tmp_path: Path) -> None:
    with joined(tmp_path) as world:
        fatal = list[BaseException]()
        writer = Writer(world["us"].engine, fatal.append)

        def failing(tx: Tx) -> None:
            tx.connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")

        def broken(tx: Tx) -> None:
            raise BrokenInvariant("two at once")

        with pytest.raises(OpenlineError, match="nowhere"):
            writer.run(failing)
        assert fatal == []
        with pytest.raises(BrokenInvariant):
            writer.run(broken)
        assert [str(error) for error in fatal] == ["two at once"]
        assert writer.run(lambda tx: "on") == "on"
        writer.close()


# ---- at work -------------------------------------------------------------------------


def _stations(tmp_path: Path) -> Station:
    folder = Folder(tmp_path / "us")
    found(folder, US)
    station = Station(folder)
    card = card_of("ru")
    join(station, card_text(card), fingerprint(card))
    return station


@pytest.mark.rule("R-STN-08")
def test_a_station_without_a_console_has_no_link_to_it(tmp_path: Path) -> None:
    station = _stations(tmp_path)
    with pytest.raises(OpenlineError) as caught:
        station.console_link()
    assert (caught.value.code, caught.value.rule) == ("not-running", "R-STN-08")
    station.close()


@pytest.mark.rule("R-STN-11")
def test_a_courier_goes_on_when_its_outbox_could_not_be_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0
    again = asyncio.Event()

    async def main() -> None:
        station = _stations(tmp_path)
        loop = asyncio.get_running_loop()

        def take(self: Outbox, *_how: Any) -> list[Any]:
            nonlocal calls
            calls += 1
            if calls == 1:
                raise OpenlineError("storage-failed", "once")
            loop.call_soon_threadsafe(again.set)
            return []

        monkeypatch.setattr(Outbox, "take", take)
        monkeypatch.setattr("openline.station.courier.STORE_RETRY_MS", 1)
        task = asyncio.create_task(Courier(station, station.ways.of("ru")[0]).run(Lane.ALL))
        await asyncio.wait_for(again.wait(), 30)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        station.close()

    asyncio.run(main())


@pytest.mark.rule("R-STN-11")
def test_a_courier_that_breaks_stops_the_station_loudly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: Courier, urgent_only: bool) -> None:
        raise BrokenInvariant("in a courier")

    monkeypatch.setattr(Courier, "run", broken)

    async def main() -> None:
        station = _stations(tmp_path)
        service = Service(station)
        await service.start("127.0.0.1", 0)
        with pytest.raises(BrokenInvariant):
            await asyncio.wait_for(service.failed, 30)
        await service.stop()
        station.close()

    asyncio.run(main())
