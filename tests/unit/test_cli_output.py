"""How the command line shows things: nothing steers a terminal, an error is one line."""

from __future__ import annotations

import io
import json
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openline.cli import output
from openline.words import limits
from openline.words.errors import BrokenInvariant, OpenlineError, Whose

ANY_TEXT = st.text(st.characters(codec=None), max_size=60)


@pytest.mark.rule("R-CLI-06")
@given(ANY_TEXT)
@example("\x1b[2J\x9b31m\u202egnp.exe\udcff\x00\r")
def test_what_is_shown_steers_no_terminal(text: str) -> None:
    shown = output.printable(text)
    assert all(c == "\n" or c.isprintable() for c in shown)
    shown.encode()  # no lone surrogate is left


@pytest.mark.rule("R-CLI-06")
@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u00a0")))
@example("Обстрел у моста\nв 14:00")
def test_what_people_write_is_shown_as_it_is(text: str) -> None:
    plain = "".join(c for c in text if c == "\n" or c.isprintable())
    assert output.printable(plain) == plain


@pytest.mark.rule("R-CLI-06")
def test_a_table_shows_names_and_no_markup_or_control(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("name", "state"), [("[red]us[/red]", "\x1b[5mup"), ("ru", None)], "none")
    shown = capsys.readouterr().out
    assert "[red]us[/red]" in shown and "\\u001b[5mup" in shown and "\x1b" not in shown
    assert "–" in shown
    output.table(("name",), [], "nothing yet")
    assert capsys.readouterr().out == "nothing yet\n"


WIDE = ("id", "raised", "acknowledged", "over", "what")
ALARM = ("ru:us-c7v3ps808m passed-on 2", "2022-03-12T09:30:00.003Z", None, "", "NOT PASSED ON " * 9)


@pytest.mark.rule("R-CLI-13")
@pytest.mark.parametrize("width", [40, 80, 120])
def test_in_a_narrow_terminal_no_cell_of_a_table_is_cut_off(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(output, "_width", lambda: width)
    output.table(WIDE, [ALARM, ALARM], "none")
    shown = capsys.readouterr().out
    for whole in ALARM[:2]:
        assert shown.count(str(whole)) == 2
    assert " ".join(shown.split()).count("NOT PASSED ON") == 18 or width > 80
    assert shown.split().count("PASSED") == 18
    assert max(map(len, shown.splitlines())) <= width
    assert ("raised: " in shown) == (width <= 80), "else it is a table"
    output.table(("line", "state"), [("us", "up")], "none")
    assert "line" in capsys.readouterr().out.splitlines()[1], "a small one stays a table"


@pytest.mark.rule("R-CLI-02")
@given(what=ANY_TEXT, rule=st.sampled_from(["", "R-CLI-02"]), whose=st.sampled_from(list(Whose)))
def test_an_error_is_one_line_for_people_and_one_object_for_scripts(
    what: str, rule: str, whose: Whose
) -> None:
    error = OpenlineError("some-code", what, whose=whose, rule=rule, next="do this\nand that")
    for as_json in (False, True):
        kept, sys.stderr = sys.stderr, io.StringIO()
        try:
            output.fail(error, as_json)
            shown = sys.stderr.getvalue()
        finally:
            sys.stderr = kept
        assert shown.endswith("\n") and shown.count("\n") == 1
        if as_json:
            said = json.loads(shown)["error"]
            assert (said["code"], said["whose"], said["rule"]) == ("some-code", whose, rule)
            assert set(said) == {"code", "message", "whose", "rule", "next"}
        else:
            assert shown.startswith("openline: ") and f"[{whose}]" in shown
            assert (f"({rule})" in shown) == bool(rule)


@pytest.mark.rule("R-CLI-04")
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_json_is_json_in_whatever_the_terminal_can_write(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = {"text": "Привет 🕊", "n": [1, None]}
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding) as sink:
        monkeypatch.setattr(sys, "stdout", sink)
        output.show_json(document)
        sink.flush()
        assert json.loads(raw.getvalue().decode(encoding)) == document
        monkeypatch.undo()


@pytest.mark.rule("R-CLI-03")
def test_a_file_is_text_within_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes("ж".encode() * (limits.FILE_BYTES // 2))
    assert len(output.read_file(file)) == limits.FILE_BYTES // 2
    for content, code in (
        (b" " * (limits.FILE_BYTES + 1), "too-large"),
        (b"\xff", "not-text"),
        ("ж".encode()[:1], "not-text"),
    ):
        file.write_bytes(content)
        with pytest.raises(OpenlineError) as refused:
            output.read_file(file)
        assert (refused.value.code, refused.value.rule) == (code, "R-CLI-03")
    for missing in (tmp_path / "none", tmp_path, file / "under", Path("x" * 5_000)):
        with pytest.raises(OpenlineError) as refused:
            output.read_file(missing)
        assert refused.value.code == "no-file"


@pytest.mark.rule("R-CLI-03")
def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    with io.TextIOWrapper(io.BytesIO("привет".encode())) as given_text:
        monkeypatch.setattr(sys, "stdin", given_text)
        assert output.read_file(Path("-")) == "привет"
    with io.TextIOWrapper(io.BytesIO(b"x" * (limits.FILE_BYTES + 2))) as too_much:
        monkeypatch.setattr(sys, "stdin", too_much)
        with pytest.raises(OpenlineError, match="FILE_BYTES"):
            output.read_file(Path("-"))


def test_faults_of_ours_and_of_the_system_say_what_to_do() -> None:
    for error in (
        output.broken(BrokenInvariant("the tree shrank")),
        output.system(PermissionError(13, "Permission denied", "/station/lock")),
        output.system(OSError("nothing more is known")),
    ):
        assert error.message and error.next and error.whose is Whose.OURS
    assert "/station/lock" in output.system(PermissionError(13, "no", "/station/lock")).message


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.rule("R-STORE-11")
@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("after_s", [0.0, 3_600.0])
def test_a_bar_is_shown_to_a_person_who_waits_and_to_nobody_else(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, after_s: float
) -> None:
    err = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setattr(output, "BAR_AFTER_S", after_s)
    with output.progress_bar("verifying") as tell:
        assert (tell is not None) == terminal
        if tell is not None:
            tell(400, 1_000)
    with output.progress_bar("verifying", shown=False) as tell:
        assert tell is None
    # What has not yet said how far it is shows that it is at work, unless it may ask something.
    with output.progress_bar("reading", unprompted=True) as tell:
        if terminal and not after_s:
            for timer in threading.enumerate():
                if isinstance(timer, threading.Timer):
                    timer.join()
    assert ("reading" in err.getvalue()) == (terminal and not after_s)
    assert ("400/1000" in err.getvalue()) == (terminal and not after_s)
