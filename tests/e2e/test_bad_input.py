"""Bad input to commands: a clear error with its rule, nothing half stored, and on it goes."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from random import Random

import pytest
from plans import feature, features, square
from processes import Box, Json, MakeBox, unharmed

from openline.station.folder import Folder
from openline.words.errors import OpenlineError

BOWTIE = {"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [2, 1], [1, 2], [1, 1]]]}
TOO_FAR_NORTH = {"type": "Point", "coordinates": [100, 95]}
SWAPPED = {"type": "Point", "coordinates": [22, 95]}
OPEN_RING = {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2]]]}
LINE = {"type": "LineString", "coordinates": [[1, 1], [2, 2]]}


# ---- files ----------------------------------------------------------------------------

NO_GEOJSON = {
    "no JSON": b"<kml></kml>",
    "nothing": b"",
    "half": b'{"type": "FeatureCollection", "features": [',
    "a list": b"[]",
    "another kind": b'{"type": "Topology", "objects": {}}',
    "no features": b'{"type": "FeatureCollection", "features": []}',
    "a key twice": b'{"type": "FeatureCollection", "type": "Feature"}',
    "nesting": b"[" * 100_000,
    "binary": bytes(range(256)),
    "UTF-16": '{"type": "FeatureCollection"}'.encode("utf-16"),
}
BAD_FEATURES: dict[str, tuple[Json, str]] = {
    "a polygon that crosses itself": (feature(BOWTIE), "R-CONF-17"),
    "an open ring": (feature(OPEN_RING), "R-"),
    "latitude 95": (feature(TOO_FAR_NORTH, radius_m=10), "R-"),
    "latitude and longitude in each other's place": (feature(SWAPPED, radius_m=10), "R-FMT-08"),
    "a window that ends before it begins": (
        feature(square(1, 1), end="2097-04-02T07:00:00Z"),
        "R-WORD-04",
    ),
    "a window without offset": (feature(square(1, 1), end="2097-04-03T07:00:00"), "R-WORD-03"),
    "an altitude without datum": (feature(square(1, 1), datum=None), "R-"),
    "an altitude without unit": (feature(square(1, 1), unit=None), "R-"),
    "an unknown datum": (feature(square(1, 1), datum="QNH"), "R-FORM-06"),
    "upper below lower": (feature(square(1, 1), lower=60), "R-WORD-08"),
    "a corridor without width": (feature(LINE), "R-FMT-04"),
    "a misspelt property": (feature(square(1, 1), seperation={}), "R-FMT-06"),
    "a radius of a million kilometres": (
        feature({"type": "Point", "coordinates": [1, 1]}, radius_m=1e9),
        "R-WORD-07",
    ),
}


@pytest.mark.rule("R-CLI-02")
@pytest.mark.parametrize("kind", NO_GEOJSON)
def test_a_file_that_is_no_geojson(pair: tuple[Box, Box], tmp_path: Path, kind: str) -> None:
    us, ru = pair
    file = tmp_path / "file.geojson"
    file.write_bytes(NO_GEOJSON[kind])
    with unharmed(us, ru):
        error = us.refused("notify", "ru", file)
    assert error["rule"].startswith(("R-FMT-", "R-CLI-03")) and error["whose"] == "ours"


@pytest.mark.rule("R-CLI-02")
@pytest.mark.parametrize("kind", BAD_FEATURES)
def test_a_feature_that_is_no_activity(pair: tuple[Box, Box], tmp_path: Path, kind: str) -> None:
    us, ru = pair
    bad, rule = BAD_FEATURES[kind]
    file = tmp_path / "file.geojson"
    file.write_text(features(feature(square(1, 1)), bad))
    with unharmed(us, ru):
        error = us.refused("notify", "ru", file)
        with pytest.raises(OpenlineError) as by_check:
            us.ask("check", text=file.read_text())
    assert error["rule"].startswith(rule), error
    assert error["message"].startswith("feature 2 (C-17): ")
    assert by_check.value.rule.startswith(rule)


@pytest.mark.rule("R-CLI-03")
def test_a_file_that_cannot_be_read_or_is_too_large(pair: tuple[Box, Box], tmp_path: Path) -> None:
    us, ru = pair
    large, latin = tmp_path / "large", tmp_path / "latin"
    large.write_bytes(b" " * ((8 << 20) + 1))
    latin.write_bytes('{"text": "größer"}'.encode("latin-1"))
    with unharmed(us, ru):
        for command in (("notify", "ru"), ("check",), ("send", "ru", "text", "--file")):
            error = us.refused(*command, large)
            assert (error["code"], error["rule"]) == ("too-large", "R-CLI-03")
        assert us.refused("send", "ru", "text", "--file", latin)["rule"] == "R-CLI-03"
        for missing in (tmp_path / "missing", tmp_path, large / "inside"):
            assert str(missing) in us.refused("notify", "ru", missing)["message"]


@pytest.mark.rule("R-CLI-03")
def test_a_file_of_the_full_size_reaches_the_station(pair: tuple[Box, Box], tmp_path: Path) -> None:
    """Whatever it is made of: escaped for its way, it may grow sixfold."""
    us, ru = pair
    title = "Ж" * 4_000_000
    file = tmp_path / "cyrillic.geojson"
    file.write_text(
        json.dumps({"type": "FeatureCollection", "features": [], "note": title}, ensure_ascii=False)
    )
    with unharmed(us, ru):
        assert us.refused("notify", "ru", file)["rule"] == "R-FMT-03"
        file.write_bytes(b"\x01" * (8 << 20))
        assert us.refused("notify", "ru", file)["rule"] == "R-FMT-01"


# ---- forms ------------------------------------------------------------------------------


@pytest.mark.rule("R-CLI-02")
def test_an_unknown_form_field_line_or_precedence(pair: tuple[Box, Box]) -> None:
    us, ru = pair
    with unharmed(us, ru):
        for arguments, rule in (
            (("ru", "telegram", "text=x"), "R-FORM-02"),
            (("ru", "text", "txt=x"), "R-FORM-04"),
            (("ru", "text"), "R-FORM-05"),
            (("ru", "text", "text="), "R-FORM-10"),
            (("ru", "text", "text=\x1b[2J"), "R-FORM-10"),
            (("ru", "text", "text=\udcff"), "R-FORM-10"),
            (("xx", "text", "text=x"), "R-STN-05"),
            (("ru,xx", "text", "text=x"), "R-STN-05"),
            (("ru", "text", "text=x", "--precedence", "urgent"), "R-FORM-03"),
            (("ru", "linetest-answer", "text=x"), "R-LINE-15"),
            (("ru", "card", "text=x"), "R-LINE-15"),
            (("ru", "cancel", "about=us-0000000000"), "R-"),
        ):
            assert us.refused("send", *arguments)["rule"].startswith(rule), arguments


@pytest.mark.rule("R-CLI-03")
def test_a_text_of_ten_megabytes(pair: tuple[Box, Box], tmp_path: Path) -> None:
    us, ru = pair
    file = tmp_path / "long.json"
    with unharmed(us, ru):
        file.write_text(json.dumps({"text": "x" * 10_000_000}))
        error = us.refused("send", "ru", "text", "--file", file)
        assert error["rule"] == "R-CLI-03" and "FILE_BYTES" in error["message"]
        file.write_text(json.dumps({"text": "x" * 8_000_000}))
        error = us.refused("send", "ru", "text", "--file", file)
        assert error["rule"] == "R-FORM-07" and "TEXT_CHARS" in str(error)
        with pytest.raises(OpenlineError, match="TEXT_CHARS"):
            us.ask("send", lines=["ru"], form="text", fields={"text": "x" * 10_000_000})


def test_fields_in_a_file_that_are_no_fields(pair: tuple[Box, Box], tmp_path: Path) -> None:
    us, ru = pair
    file = tmp_path / "fields.json"
    with unharmed(us, ru):
        for text in ("[]", "null", '"text"', "{", "[" * 100_000):
            file.write_text(text)
            assert us.refused("send", "ru", "text", "--file", file)["rule"] == "R-CLI-03"
        for value in (None, 1, ["x"], {"a": {"b": {}}}):
            file.write_text(json.dumps({"text": value}))
            assert us.refused("send", "ru", "text", "--file", file)["rule"].startswith("R-FORM-")


# ---- the socket -------------------------------------------------------------------------


@pytest.mark.rule("R-CLI-05")
def test_what_is_no_command_on_the_socket_is_answered_and_harms_nothing(
    pair: tuple[Box, Box],
) -> None:
    us, ru = pair
    with unharmed(us, ru):
        for line in (
            b"\n",
            b"\xff\x00\n",
            b"[]\n",
            b"{}\n",
            b'{"method": "send"}\n',
            b'{"method": "_station", "args": {}}\n',
            b'{"method": "__init__", "args": {"station": 1}}\n',
            b'{"method": "status", "args": {"x": 1}}\n',
            b'{"method": "send", "args": {"lines": 1, "form": [], "fields": 0}}\n',
            b'{"method": "check", "args": {"text": null}}\n',
            b'{"method": "show", "args": {"id": {"a": []}}}\n',
            b'{"method": "messages", "args": {"limit": "x"}}\n',
            b"[" * 50_000 + b"\n",
        ):
            assert set(json.loads(say(us, line))["error"]) >= {"code", "message", "next"}, line
        say(us, b"no end")


def say(box: Box, line: bytes) -> bytes:
    """What the station answers to one line on its socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(str(Folder(box.path).socket))
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(1 << 16):
            answer += part
        return answer


# ---- cards ------------------------------------------------------------------------------


@pytest.mark.rule("R-WIRE-17")
def test_a_card_with_one_letter_changed(
    pair: tuple[Box, Box], make_box: MakeBox, tmp_path: Path
) -> None:
    us, ru = pair
    eve = make_box("eve")
    eve.init("--unsafe-no-passphrase", "--voice", "+1 555 0100")
    text, words = eve.run("card").out, eve.json("card")["fingerprint"]
    rng = Random(17)
    places = [at for at, letter in enumerate(text) if letter not in "\r\n"]
    first_letters = [text.index(line) for line in text.splitlines() if line]
    with unharmed(us, ru):
        for at in sorted({*rng.sample(places, 150), *first_letters}):
            letter = rng.choice([c for c in "aA0+/ ~é" if c != text[at]] + [text[at].swapcase()])
            if letter == text[at]:
                continue
            changed = text[:at] + letter + text[at + 1 :]
            with pytest.raises(OpenlineError) as refused:
                us.ask("join", card=changed, fingerprint=words)
            assert refused.value.rule and refused.value.next, (at, letter)
        card = tmp_path / "changed.card"
        card.write_text(text.replace("eve side", "Eve side"))
        error = us.refused_plainly("join", card, "--fingerprint", words)
        assert error["whose"] == "theirs" and error["rule"].startswith("R-WIRE-")
        for other in ("", "x", text[: len(text) // 2], text * 2, "\n" * 100_000):
            card.write_text(other)
            assert us.refused_plainly("join", card, "--fingerprint", words)["rule"]


# ---- init -------------------------------------------------------------------------------


def test_what_is_no_party_name_or_address_makes_no_station(
    make_box: MakeBox, tmp_path: Path
) -> None:
    us = make_box("us")
    good = {"--party": "us", "--name": "US", "--address": "https://127.0.0.1:9000"}
    for option, wrong in (
        ("--party", "US"),
        ("--party", ""),
        ("--party", "../us"),
        ("--party", "u" * 33),
        ("--name", ""),
        ("--name", "n" * 121),
        ("--name", "\x1b[31mred"),
        ("--address", "http://127.0.0.1:9000"),
        ("--address", "127.0.0.1:9000"),
        ("--address", "https://127.0.0.1"),
        ("--address", "https://127.0.0.1:0"),
        ("--address", "https://127.0.0.1:99999"),
        ("--address", "https://127.0.0.1:9000/path"),
        ("--address", "https://user@127.0.0.1:9000"),
        ("--address", "https://a b:9000"),
        ("--address", "https://" + "a" * 300 + ":9000"),
        ("--voice", "v" * 61),
    ):
        given = [part for pair in (good | {option: wrong}).items() for part in pair]
        error = us.refused_plainly("init", "--unsafe-no-passphrase", *given)
        assert error["rule"], (option, wrong)
        assert list(tmp_path.iterdir()) == [], (option, wrong)
    us.init("--unsafe-no-passphrase")
