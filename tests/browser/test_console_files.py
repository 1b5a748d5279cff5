"""Files of activities through the console: the API, bounded, and the page that looks first."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from desks import Console, Desk
from fake_door import FakeDoor
from playwright.sync_api import expect

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


@pytest.mark.rule("R-FMT-31")
def test_the_page_shows_what_is_understood_before_it_sends(desk: Desk, door: FakeDoor) -> None:
    page = desk.enter()
    page.get_by_role("heading", name="Announce from a file").click()
    page.locator("input[type=file]").set_input_files(SAMPLES / "notams.txt")
    page.get_by_role("button", name="Look at it").click()
    look = page.locator(".file-look")
    expect(look.locator(".failed")).to_contain_text("2 errors")
    expect(look.locator(".file-errors li").first).to_contain_text("NOTAM 1, line 1 (A1721/26)")
    expect(look.get_by_role("button")).to_have_count(0)
    page.get_by_text("What the file does not say").click()
    page.locator("input[name=kind]").fill("exercise")
    page.get_by_role("button", name="Look at it").click()
    row = look.locator("tr[data-ref='A1721/26-20970402T0600']")
    expect(row).to_contain_text("50°27′00.00″N 030°31′24.00″E")
    expect(row).to_contain_text("-1,641–6,000 ft AMSL")
    expect(row.locator(".file-note").first).to_contain_text("line D) is read")
    assert door.notified == []
    look.get_by_role("button", name="Send to ru").click()
    expect(page.locator(".files [role=status]")).to_have_text("3 activities were announced to ru.")
    ((lines, sent),) = door.notified
    refs = ["A1721/26-20970402T0600", "A1721/26-20970402T1400", "A1722/26"]
    assert lines == ["ru"] and [each["ref"] for each in sent] == refs
    assert desk.complaints == []
