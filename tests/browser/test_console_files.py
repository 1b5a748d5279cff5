"""Files of activities through the console: the API, bounded, and the page that looks first."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from desks import Console, Desk
from fake_door import FakeDoor
from playwright.sync_api import Locator, Page, expect

from openline.station.roles import Role
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


def would(other: str, **over: Any) -> dict[str, Any]:
    """What a file's activity would conflict with."""
    sides = [("draft-1", "us", "Clinic"), (f"a-{other}", "ru", other)]
    return {
        **{"id": f"c-{other}", "line": "ru", "state": "draft", "flags": []},
        "activities": [dict(zip(("id", "party", "title"), each, strict=True)) for each in sides],
        **{"from": "2022-05-13T07:30:00Z", "to": "2022-05-13T09:00:00Z"},
        **{"horizontal_m": 0, "vertical_m": 120.0},
        **over,
    }


def look_at(page: Page, name: str) -> Locator:
    """The panel's part for a file that was looked at."""
    page.get_by_role("heading", name="Announce from a file").click()
    page.locator("input[type=file]").set_input_files(SAMPLES / name)
    page.locator('[data-form="file"] button').click()
    look = page.locator(".file-look")
    expect(look).to_be_visible()
    return look


@pytest.mark.rule("R-ACT-33")
def test_a_file_is_asked_what_it_would_conflict_with(desk: Desk, door: FakeDoor) -> None:
    page = desk.enter()
    look = look_at(page, "places.kml")
    look.locator("[data-check]").click()
    expect(look.locator(".what-if .good")).to_contain_text("No conflict with anything that this")
    door.would_conflict = [
        would("Patrol", flags=["ground"]),
        would("Target", line="", private=True, horizontal_m=1_250.0),
    ]
    look.locator("[data-check]").click()
    expect(look.locator(".what-if .bad")).to_contain_text("2 conflicts, if this is announced")
    patrol, target = look.locator("[data-would]").all()
    for said in ("us Clinic", "ru Patrol", "2022-05-13 07:30–09:00 UTC", "areas overlap",
                 "120 m in height", "above ground"):  # fmt: skip
        expect(patrol).to_contain_text(said)
    expect(target).to_contain_text("Private: never sent")
    expect(target).to_contain_text("1,250 m apart")
    assert door.notified == []
    page.locator('[lang="ru"]').click()
    expect(look.locator(".what-if .bad")).to_contain_text("2 конфликта, если это объявить")
    expect(patrol).to_contain_text("районы пересекаются")
    expect(look.locator("tbody tr").first).to_contain_text("метка 1")
    expect(look.locator("tbody tr").first).to_contain_text("объект")  # asked anew in Russian
    # Another look at it is another question.
    page.locator('[data-form="file"] button').click()
    expect(look).to_be_visible()
    expect(look.locator("[data-would]")).to_have_count(0)


@pytest.mark.rule("R-ACT-33")
@pytest.mark.rule("R-CON-23")
def test_an_observer_may_ask_and_not_send(desk: Desk, door: FakeDoor) -> None:
    door.seats.held["Ola"] = (Role.OBSERVER, "words")
    page = desk.enter()
    look = look_at(page, "places.kml")
    expect(look.locator("button")).to_have_count(1)
    look.locator("[data-check]").click()
    expect(look.locator(".what-if .good")).to_contain_text("No conflict with anything announced")


@pytest.mark.rule("R-ACT-33")
def test_what_is_wrong_with_a_file_is_said_where_it_is_looked_at(
    desk: Desk, door: FakeDoor
) -> None:
    page = desk.enter()
    look = look_at(page, "notams.txt")
    expect(look.locator(".file-errors li")).to_have_count(2)
    expect(look.locator("[data-check]")).to_have_count(0)
    page.locator("input[type=file]").set_input_files(
        {"name": "empty", "mimeType": "text/plain", "buffer": b""}
    )
    page.locator('[data-form="file"] button').click()
    expect(page.locator('.files [role="status"]')).to_contain_text("Not done.")
