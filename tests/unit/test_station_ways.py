"""A line's carriers as they are set: by commands, in the database, and in files for secrets."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from older import shape_of
from openline.station import acts, settings
from openline.station.backup import restore, write_backup
from openline.station.carrying import carrier_of
from openline.station.facade import Facade
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.station.station import Station
from openline.station.upgrade import upgrade
from openline.wire.card import card_text, fingerprint
from openline.words import limits
from openline.words.errors import OpenlineError

ADDRESSES = ("https://[::1]:8440", "https://ru.example:8440")


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    found(Folder(tmp_path / "us"), Founding("us", "us side", ("https://us.example:8440",)))
    ru = found(Folder(tmp_path / "ru"), Founding("ru", "ru side", ADDRESSES))
    station = Station(Folder(tmp_path / "us"))
    acts.join(station, card_text(ru), fingerprint(ru))
    yield station
    station.close()


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(OpenlineError) as caught:
        call()
    assert caught.value.next
    return caught.value.code


def names(facade: Facade) -> list[tuple[str, bool]]:
    (line,) = facade.carriers()["lines"]
    return [(each["name"], each["enabled"]) for each in line["carriers"]]


@pytest.mark.rule("R-CAR-05")
def test_https_is_there_by_the_card_and_can_be_set_and_switched_off(station: Station) -> None:
    facade = Facade(station)
    assert names(facade) == [("https", True)]
    (line,) = facade.carriers()["lines"]
    (https,) = line["carriers"]
    assert (https["state"], https["cost"], https["queue"], line["queued"]) == ("unknown", 1, 1, 1)
    facade.carrier_add("ru", "https", options={"address": "https://192.0.2.7:8440"}, cost=7)
    (way,) = station.carriers_of("ru")
    carrier = carrier_of(station, way.setting)
    assert carrier.addresses == (*ADDRESSES, "https://192.0.2.7:8440")
    assert way.setting.cost == 7
    facade.carrier_switch("ru", "https", on=False)
    assert names(facade) == [("https", False)] and station.carriers_of("ru") == []
    assert "switched off" in station.trouble("ru")
    assert facade.status()["lines"][0]["carriers"] == []
    facade.carrier_remove("ru", "https")
    assert names(facade) == [("https", True)]


@pytest.mark.rule("R-CAR-05")
@pytest.mark.parametrize(
    ("kind", "options", "more"),
    [
        ("pigeon", {}, {}),
        ("https", {"feathers": "2"}, {}),
        ("https", {"proxy": "ftp://proxy:1"}, {}),
        ("https", {"proxy": "socks5://proxy"}, {}),
        ("https", {"address": "http://plain:80"}, {}),
        ("https", {"next_after_s": "0"}, {}),
        ("https", {"resend_s": "soon"}, {}),
        ("https", {"resend_s": str(limits.CARRIER_SECONDS + 1)}, {}),
        ("https", {"address": ",".join(["https://a:1"] * (limits.ADDRESSES + 1))}, {}),
        ("https", {"proxy": "x" * (limits.OPTION_CHARS + 1)}, {}),
        ("https", {str(n): "1" for n in range(limits.CARRIER_OPTIONS + 1)}, {}),
        ("https", {}, {"cost": -1}),
        ("https", {}, {"cost": limits.CARRIER_COST + 1}),
        ("https", {}, {"name": "other"}),
    ],
)
def test_what_could_not_work_is_refused(
    station: Station, kind: str, options: dict[str, str], more: dict[str, object]
) -> None:
    facade = Facade(station)
    code = code_of(lambda: facade.carrier_add("ru", kind, options=options, **more))
    assert code == ("unknown-carrier" if kind == "pigeon" else "bad-carrier")
    assert code_of(lambda: facade.carrier_remove("ru", "mail")) == "unknown-carrier"
    assert code_of(lambda: facade.carrier_add("cn", "https")) == "unknown-line"
    assert names(facade) == [("https", True)]


@pytest.mark.rule("R-CAR-06")
def test_a_secret_is_kept_from_all_but_its_owner(station: Station, tmp_path: Path) -> None:
    facade, secret = Facade(station), "socks5://us:swordfish@192.0.2.9:9050"
    assert code_of(lambda: facade.carrier_add("ru", "https", options={"proxy": secret})) == (
        "secret-shown"
    )
    facade.carrier_add("ru", "https", secrets={"proxy": secret})
    (way,) = station.carriers_of("ru")
    assert carrier_of(station, way.setting).proxy == secret
    said = json.dumps([facade.carriers(), facade.status()]) + repr(way)
    write_backup(station.folder, tmp_path / "backup", station.now())
    assert "swordfish" not in said
    assert b"swordfish" not in (tmp_path / "backup").read_bytes()
    assert b"swordfish" not in station.folder.database.read_bytes()
    (file,) = station.folder.secrets.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(station.folder.secrets.stat().st_mode) == 0o700
    facade.carrier_remove("ru", "https")
    assert list(station.folder.secrets.iterdir()) == []
    assert settings.read_secrets(station.folder, "ru", "https") == {}


@pytest.mark.rule("R-CAR-06")
def test_a_secret_that_cannot_be_used_is_not_shown_either(station: Station) -> None:
    with pytest.raises(OpenlineError) as caught:
        Facade(station).carrier_add("ru", "https", secrets={"proxy": "gopher://swordfish"})
    assert caught.value.code == "bad-carrier" and "swordfish" not in str(caught.value)


@pytest.mark.rule("R-BACK-04")
def test_what_lacks_its_secret_carries_nothing_until_it_is_given_again(station: Station) -> None:
    facade, secret = Facade(station), {"proxy": "socks5://us:swordfish@192.0.2.9:9050"}
    facade.carrier_add("ru", "https", secrets=secret)
    (way,) = station.carriers_of("ru")
    for file in station.folder.secrets.iterdir():
        file.unlink()
    locked = carrier_of(station, way.setting)
    for tried in (locked.send(b"sealed"), locked.collect(())):  # type: ignore[union-attr]
        with pytest.raises(OpenlineError) as caught:
            asyncio.run(tried)
        assert (caught.value.code, caught.value.rule) == ("secret-missing", "R-BACK-04")
    facade.carrier_switch("ru", "https", on=False)
    assert facade.status()["missing_secrets"] == [
        {"of": "carrier", "line": "ru", "carrier": "https", "option": "proxy"}
    ]
    facade.carrier_add("ru", "https", secrets=secret)
    (again,) = station.carriers_of("ru")
    assert again is not way  # so that the running station makes another carrier
    assert carrier_of(station, again.setting).proxy == secret["proxy"]  # type: ignore[union-attr]
    assert facade.status()["missing_secrets"] == []


@pytest.mark.rule("R-UPG-01")
def test_a_database_of_version_2_gets_the_tables_that_came_later(
    station: Station, tmp_path: Path
) -> None:
    write_backup(station.folder, tmp_path / "copy", station.now())
    folder = Folder(tmp_path / "elsewhere")
    restore(folder, tmp_path / "copy")
    database = folder.database
    new = shape_of(database)
    with closing(sqlite.connect(str(database), isolation_level=None)) as own:
        own.execute("DROP TABLE carriers")
        own.execute("UPDATE meta SET value = '2' WHERE key = 'schema'")
    upgrade(folder, tmp_path / "backup")
    assert shape_of(database) == new
