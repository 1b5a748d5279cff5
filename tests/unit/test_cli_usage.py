"""The command `openline` itself: options, languages, wrong usage; no station is needed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from openline import __version__
from openline.cli import main as command
from openline.cli import messages, output
from openline.cli.helping import SECTIONS
from openline.cli.main import app, main
from openline.formats.coordinates import read_notation
from openline.words.errors import BrokenInvariant, OpenlineError

LANGUAGE_NAMES = ("OPENLINE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What commands ask of a station that gives every one of them the same poor answer."""
    for name in ("OPENLINE_STATION", *LANGUAGE_NAMES):
        monkeypatch.delenv(name, raising=False)
    calls: list[tuple[str, dict[str, Any]]] = []

    def call(path: Path, method: str, **args: Any) -> Any:
        calls.append((method, args | {"path": path}))
        return {"id": "us-0000000000", "state": "queued", "messages": [], "ids": []}

    monkeypatch.setattr(output.control, "call", call)
    return calls


Asked = list[tuple[str, dict[str, Any]]]


@pytest.mark.rule("R-CLI-01")
@pytest.mark.parametrize(
    "wrong",
    [
        ("frob",),
        ("send",),
        ("send", "ru"),
        ("send", "ru", "text", "novalue"),
        ("send", "ru", "text", "=x"),
        ("send", "ru", "text", "text=x", "text=y"),
        ("send", "ru", "text", "--wait", "-1"),
        ("send", "ru", "text", "--wait", "soon"),
        ("messages", "--limit", "0"),
        ("test", "ru", "--wait", "0"),
        ("call", "request", "ru"),
        ("call", "frob"),
        ("init", "--party", "us"),
        ("status", "extra"),
        ("--language", "../etc", "status"),
        ("--station",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_and_exit_2(
    wrong: tuple[str, ...], asked: Asked, capsys: Capsys
) -> None:
    assert main(list(wrong)) == 2
    plain = capsys.readouterr()
    assert plain.err.count("\n") == 1 and plain.err.startswith("openline: ") and not plain.out
    assert main([*wrong, "--json"]) == 2
    error = json.loads(capsys.readouterr().err)["error"]
    assert error["code"] == "wrong-usage" and error["next"]
    assert asked == []


@pytest.mark.rule("R-CLI-01")
@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (OpenlineError("some-code", "refused", next="do this"), 1),
        (BrokenInvariant("the record shrank"), 1),
        (PermissionError(13, "Permission denied", "/station"), 1),
        (KeyboardInterrupt(), 130),
    ],
    ids=str,
)
def test_whatever_happens_there_is_no_traceback(
    raised: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(output.control, "call", fail)
    assert main(["status"]) == code
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err and shown.err.count("\n") <= 1 and not shown.out


def test_help_and_version_need_no_station(capsys: Capsys, tmp_path: Path) -> None:
    for asks in (["--help"], ["send", "--help"], ["call", "answer", "--help"]):
        assert main(["--station", str(tmp_path / "none"), *asks]) == 0
        assert "Usage" in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"openline {__version__}\n"


@pytest.mark.rule("R-CLI-15")
def test_help_names_every_command_once_and_cuts_nothing_off(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    group = typer.main.get_command(app)
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(group.commands)  # type: ignore[attr-defined]
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "..." not in shown.partition("Commands")[2] and "one flash message to all" in shown
    assert max(map(len, shown.splitlines())) <= 80
    for asks, named in (([], "alarms"), (["private"], "collide with alarms")):
        assert main(asks) == 2, "no command was given"
        told = capsys.readouterr()
        assert named in " ".join(told.err.split()) and told.err.count("\n") > 5 and not told.out
        assert main([*asks, "--json"]) == 2
        assert json.loads(capsys.readouterr().err)["error"]["code"] == "wrong-usage"


@pytest.mark.rule("R-FMT-11")
@pytest.mark.parametrize("asks", ["stop", "query", "accident", "caution", "geoid convert"])
def test_help_names_every_notation_of_coordinates_and_each_is_one_place(
    asks: str, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*asks.split(), "--help"]) == 0
    assert output.COORDINATES in " ".join(capsys.readouterr().out.split())
    decimal, rest = output.COORDINATES.split(" (latitude first), ")
    places = [read_notation(each) for each in (decimal, *rest.split(", or MGRS: "))]
    assert [notation for _, notation in places] == ["decimal", "dms", "mgrs"]
    (lat, *lats), (lon, *lons) = zip(*((p.lat, p.lon) for p, _ in places), strict=True)
    assert lats == pytest.approx([lat] * 2, abs=1e-4) and lons == pytest.approx([lon] * 2, abs=1e-4)


@pytest.mark.rule("R-CLI-14")
def test_alarms_shows_what_waits_and_how_many_more_there_are(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alarm(id: str, acknowledged: str | None, over: str = "") -> dict[str, Any]:
        told = {"precedence": "flash", "raised_at": "2022-05-13T20:00:00Z", "count": 1}
        ends = {"acknowledged_at": acknowledged, "over": over, "over_at": None}
        return {"id": id, "text": f"text of {id}", **told, **ends}

    held = [alarm("one", None), alarm("two", "2022-05-13T20:01:00Z"), alarm("three", None, "again")]
    monkeypatch.setattr(output.control, "call", lambda *_, **__: {"alarms": held})
    assert main(["alarms"]) == 0
    shown = capsys.readouterr().out
    assert "text of one" in shown and "text of two" not in shown and "2 more" in shown
    assert main(["alarms", "--all"]) == 0
    shown = capsys.readouterr().out
    assert all(each["text"] in shown for each in held) and "more" not in shown
    del held[0]
    assert main(["alarms"]) == 0
    assert capsys.readouterr().out.startswith("no alarm waits\n2 more")
    assert main(["alarms", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"alarms": held}


@pytest.mark.rule("R-CLI-09")
def test_the_folder_is_the_options_then_the_variables_then_station(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["messages"])
    monkeypatch.setenv("OPENLINE_STATION", "/variable")
    main(["messages"])
    main(["--station", "/option", "messages"])
    assert [str(args["path"]) for _, args in asked] == ["station", "/variable", "/option"]


@pytest.mark.rule("R-CLI-11")
@pytest.mark.parametrize(
    ("option", "variables", "language"),
    [
        ("", {}, "en"),
        ("", {"LANG": "ru_RU.UTF-8"}, "ru"),
        ("", {"LANG": "C.UTF-8"}, "en"),
        ("", {"LANG": "ru_RU.UTF-8", "LC_ALL": "uk_UA.UTF-8"}, "uk"),
        ("", {"LANG": "ru_RU.UTF-8", "LC_MESSAGES": "en_GB"}, "en"),
        ("", {"LANG": "ru_RU.UTF-8", "OPENLINE_LANGUAGE": "en"}, "en"),
        ("ru", {"OPENLINE_LANGUAGE": "en"}, "ru"),
        ("", {"LANG": "POSIX"}, "en"),
    ],
)
def test_the_language_is_the_options_then_the_variables_then_the_locales(
    option: str,
    variables: dict[str, str],
    language: str,
    asked: Asked,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    main([*(("--language", option) if option else ()), "messages"])
    assert asked[-1][1]["language"] == language


@pytest.mark.rule("R-CLI-16")
def test_an_error_says_first_in_the_readers_language_what_its_code_means(
    asked: Asked, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = ("send", "ru", "text", "--file", str(tmp_path / "none"))
    meant = "Файл не читается: проверьте его имя."
    said = []
    for language in ("ru", "uk", "en"):
        assert main(["--language", language, *given]) == 1
        said.append(capsys.readouterr().err)
    assert said[0] == said[2].replace("openline: ", f"openline: {meant} | ")
    assert said[1] == said[2] and "[ours]" in said[2] and said[2].count("\n") == 1
    assert main(["--language", "ru", *given, "--json"]) == 1
    assert meant not in capsys.readouterr().err
    # a command that could not be read says so in the terminal's language
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    assert main(["frob"]) == 2
    assert capsys.readouterr().err.startswith("openline: Команда записана неверно")
    asked_of = {"code": "bad-coordinates", "message": "row 2: 'x' is no position"}
    shown = {"errors": [{**asked_of, "whose": "ours", "rule": "", "next": ""}], "errors_found": 1}
    reply = {"activities": [], "format": "csv", **shown}
    monkeypatch.setattr(output.control, "call", lambda *_, **__: reply)
    (tmp_path / "plans.csv").write_text("x")
    assert main(["--language", "ru", "preview", str(tmp_path / "plans.csv")]) == 1
    assert "error: Координаты не прочитаны: " in (out := capsys.readouterr().out)
    assert "| row 2: 'x' is no position [ours]" in out


@given(st.dictionaries(st.text("abcxyz_-", min_size=1), st.text(max_size=30), max_size=5))
def test_fields_are_what_stands_before_and_after_the_first_equals_sign(
    fields: dict[str, str],
) -> None:
    assert messages.parse_fields([f"{k}={v}" for k, v in fields.items()]) == fields


@pytest.mark.rule("R-CLI-03")
def test_arguments_win_over_the_file(asked: Asked, tmp_path: Path) -> None:
    file = tmp_path / "fields.json"
    file.write_text('{"text": "from the file", "other": [1, {"a": null}]}')
    assert main(["send", "ru,un", "text", "text=a=b", "--file", str(file)]) == 0
    (method, args) = asked[-1]
    assert method == "send" and args["lines"] == ["ru", "un"]
    assert args["fields"] == {"text": "a=b", "other": [1, {"a": None}]}


@pytest.mark.rule("R-CLI-10")
def test_send_waits_on_where_a_station_starts_meanwhile(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    def starts(path: Path, method: str, within_s: float, **args: Any) -> Any:
        assert 0 < within_s <= 60 and args["wait"] == within_s
        return {"id": args["id"], "state": "received"}

    monkeypatch.setattr(output.control, "call_running", starts)
    assert main(["send", "ru", "text", "text=x", "--wait", "60", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "received"
    monkeypatch.setattr(output.control, "call_running", lambda *_, **__: None)
    assert main(["send", "ru", "text", "text=x", "--wait", "60"]) == 1
    shown = capsys.readouterr()
    assert shown.out == "us-0000000000\n" and "queued" in shown.err


def test_every_command_that_reads_offers_json() -> None:
    """Whatever `openline --help` lists and prints an answer, prints it for scripts too."""
    acts = {"init", "join", "serve", "acknowledge", "evidence report"}
    found = _commands(typer.main.get_command(app))
    missing = {
        name
        for name, leaf in found.items()
        if "--json" not in {opt for p in leaf.params for opt in p.opts} and name not in acts
    }
    assert missing == set()
    assert {"status", "call request", "record verify", "clocks"} <= found.keys()


def _commands(group: Any, prefix: str = "") -> dict[str, Any]:
    found = {}
    for name, leaf in group.commands.items():
        inner = f"{prefix}{name}"
        found |= _commands(leaf, f"{inner} ") if hasattr(leaf, "commands") else {inner: leaf}
    return found


def test_a_reader_that_goes_away_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """`openline messages | head -1`."""

    def gone(*_: object, **__: object) -> None:
        raise BrokenPipeError

    descriptors: list[tuple[int, int]] = []
    monkeypatch.setattr(output.control, "call", gone)
    monkeypatch.setattr(command.os, "dup2", lambda *pair: descriptors.append(pair))
    monkeypatch.setattr(command.os, "open", lambda *_: -1)
    monkeypatch.setattr(command.sys, "stdout", os.fdopen(os.dup(1), "w"))
    with command.sys.stdout:
        assert main(["messages"]) == 1
    assert len(descriptors) == 1


def test_a_test_that_failed_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: Capsys, asked: Asked
) -> None:
    result = {"result": "failed", "at": "2022-03-01T09:30:00Z", "why": "no answer \x1b[31m"}
    monkeypatch.setattr(output.control, "call", lambda *_, **__: result)
    assert main(["test", "ru"]) == 1
    shown = capsys.readouterr().out
    assert "failed" in shown and "\x1b" not in shown
