"""Files of activities through the console: the API, bounded, and the page that looks first."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from desks import Console
from fake_door import FakeDoor

from openline.words import filelimits, limits

SAMPLES = Path(__file__).parents[1] / "samples"


def file(name: str = "places.kml", **more: Any) -> dict[str, Any]:
    return {"data": b64encode((SAMPLES / name).read_bytes()).decode(), "name": name, **more}


@pytest.mark.rule("R-FMT-31")
def test_a_file_is_looked_at_and_then_sent(console: Console, door: FakeDoor) -> None:
    cookie = console.cookie()
    status, _, shown = console.write("/api/files/preview?language=ru", cookie, **file())
    assert status == 200 and shown["now"]
    assert [each["ref"] for each in shown["activities"]] == ["S-1", "A-2"]
    assert shown["activities"][0]["kind_label"] == "объект"
    assert door.notified == []
    status, _, done = console.write("/api/files/notify", cookie, lines=["ru"], file=file())
    assert status == 200 and len(done["ids"]) == 2
    ((lines, sent),) = door.notified
    assert lines == ["ru"] and sent == [each["fields"] for each in shown["activities"]]
    status, _, found = console.write("/api/files/check", cookie, **file())
    assert status == 200 and found["conflicts"] == []


@pytest.mark.rule("R-CON-09")
@pytest.mark.parametrize(
    ("path", "given", "status", "code"),
    [
        ("preview", {}, 422, "bad-request"),
        ("preview", {"data": "", "more": 1}, 422, "bad-request"),
        ("preview", {"data": "é"}, 400, "bad-file"),
        ("preview", {"data": ""}, 404, "unknown-format"),
        ("preview", {"data": "", "options": {"knd": "x"}}, 400, "bad-option"),
        ("notify", {"lines": [], "file": {"data": ""}}, 422, "bad-request"),
        ("notify", {"lines": ["ru"]}, 422, "bad-request"),
    ],
)
def test_what_is_no_file_is_refused_in_the_one_shape(
    console: Console, door: FakeDoor, path: str, given: dict[str, Any], status: int, code: str
) -> None:
    got, _, body = console.write(f"/api/files/{path}", console.cookie(), **given)
    assert (got, body["error"]["code"]) == (status, code)
    assert door.notified == []


@pytest.mark.rule("R-CON-07")
def test_a_file_may_be_longer_than_other_writes_and_is_bounded_too(console: Console) -> None:
    cookie = console.cookie()
    whole = b64encode(b" " * limits.FILE_BYTES).decode()
    status, _, body = console.write("/api/files/preview", cookie, data=whole, format="csv")
    assert (status, body["error"]["code"]) == (400, "bad-table")
    headers = {"Content_Type": "application/json", "Cookie": cookie, **console.own()}
    length = str(filelimits.CONSOLE_FILE_BYTES + 1)
    status, _, body = console.ask(
        "POST", "/api/files/preview", b"{}", Content_Length=length, **headers
    )
    assert (status, body["error"]["code"]) == (413, "too-large")
    long = json.dumps({"token": "x" * limits.CONSOLE_BODY_BYTES}).encode()
    status, _, body = console.ask("POST", "/api/session", long, **headers)
    assert (status, body["error"]["code"]) == (413, "too-large")


@pytest.mark.rule("R-CON-03")
def test_a_file_needs_a_session(console: Console, door: FakeDoor) -> None:
    status, _, body = console.write("/api/files/notify", lines=["ru"], file=file())
    assert status == 401 and body["error"]["code"] == "no-session" and door.notified == []
