"""What the desk has to know at the console: overdue answers, missed tests, missing secrets."""

from __future__ import annotations

from typing import Any

import pytest
from desks import Desk
from fake_door import ALARM, FakeDoor, back, message
from playwright.sync_api import expect

MISSED: dict[str, Any] = {
    **ALARM,
    "id": "ru:us-1 missed",
    "message": "us-1 missed",
    "precedence": "immediate",
    "form": "line-late",
    "text": "A line test was missed. Why the other side has not answered is not known here.",
    "over": "",
    "over_at": None,
}


@pytest.mark.rule("R-URG-10")
def test_overdue_answers_stand_on_the_line_and_in_a_list_of_their_own(
    desk: Desk, door: FakeDoor
) -> None:
    page = desk.enter()
    expect(page.locator('[data-line="ru"]')).to_be_visible()
    expect(page.locator(".panel.overdue")).to_have_count(0)
    ours = message("m-9", "in", 9, "text", back(hours=3), precedence="priority", text="Which road?")
    theirs = message("m-8", "out", 8, "query", back(days=2), text="Is this yours?")
    door.overdue_held = [
        {**ours, "answer_by": back(hours=2)},
        {**theirs, "answer_by": back(days=1)},
    ]
    door.line = {**door.line, "overdue": {"in": 1, "out": 1, "more": False}}
    door.change()
    count = page.locator(".overdue-count")
    expect(count).to_have_text("1 that we have not answered · 1 that they have not answered")
    late = page.locator('[data-side="in"] [data-overdue="m-9"]')
    expect(late).to_contain_text("overdue by 2 h 0 min")
    expect(late).to_contain_text("Which road?")
    expect(page.locator('[data-side="out"] [data-overdue]')).to_have_count(1)
    door.overdue_held = []
    door.change()
    expect(page.locator(".panel.overdue")).to_have_count(0)


@pytest.mark.rule("R-CON-21")
def test_an_overdue_message_is_answered_where_it_stands(desk: Desk, door: FakeDoor) -> None:
    late = {"answer_by": back(hours=1)}
    words = ["stopped", "not-ours"]
    door.overdue_held = [
        {**message("m-7", "in", 7, "stop", back(hours=2), text="STOP"), **late, "answers": words},
        {**message("m-8", "in", 8, "call-request", back(hours=2), text="A call?"), **late},
        {**message("m-9", "in", 9, "text", back(hours=2), text="Which road?"), **late},
        {**message("m-6", "out", 6, "text", back(hours=2), text="Yours?"), **late},
    ]
    page = desk.enter()

    for id, buttons in [
        ("m-7", ["Stopped", "Not ours"]),
        ("m-8", []),
        ("m-9", ["Noted"]),
        ("m-6", []),
    ]:
        expect(page.locator(f'[data-overdue="{id}"]')).to_be_visible()
        expect(page.locator(f'[data-overdue="{id}"] button')).to_have_text(buttons)
    expect(page.locator('[data-overdue="m-8"]')).to_contain_text("openline call answer m-8")
    page.locator('[data-overdue="m-7"] [data-deed="stopped"]').click()
    page.locator('[data-overdue="m-9"] [data-deed="acknowledged"]').click()
    expect(page.locator('[data-overdue="m-9"] button')).to_be_enabled()
    assert door.answered == [("m-7", "stopped"), ("m-9", "acknowledged")]


@pytest.mark.rule("R-CON-22")
def test_machines_routine_is_folded_and_older_messages_too(desk: Desk, door: FakeDoor) -> None:
    tests = [
        message(f"t-{n}", way, n, form, back(hours=1), text="Own record: 5 messages")
        for n, (way, form) in enumerate([("out", "linetest"), ("in", "linetest-answer")])
    ]
    said = [
        message(f"s-{n}", "in", n + 2, "text", back(hours=2, minutes=n), text=f"Text {n}")
        for n in range(13)
    ]
    door.messages_held = [*said, *tests]
    page = desk.enter()
    expect(page.locator("[data-message]")).to_have_count(15)
    routine = page.locator(".messages .machines")
    expect(routine).to_contain_text("Of the machines: 2")
    expect(page.locator('[data-message="t-0"]')).to_be_hidden()
    routine.locator("summary").first.click()
    expect(page.locator('[data-message="t-0"]')).to_be_visible()
    expect(page.locator('[data-message="s-10"]')).to_be_visible()
    expect(page.locator('[data-message="s-11"]')).to_be_hidden()
    page.get_by_text("Older: 2").click()
    expect(page.locator('[data-message="s-12"]')).to_be_visible()


@pytest.mark.rule("R-CON-22")
@pytest.mark.parametrize("width", [390, 900, 1100])
def test_conflicts_and_notices_stand_above_the_messages(
    desk: Desk, door: FakeDoor, width: int
) -> None:
    desk.page.set_viewport_size({"width": width, "height": 800})
    page = desk.enter()
    expect(page.locator("[data-message]")).to_have_count(5)
    above = [page.locator(each).bounding_box() for each in (".map", ".notices", ".files")]
    below = page.locator(".panel.messages").bounding_box()
    assert below is not None
    assert all(each is not None and each["y"] < below["y"] for each in above)


@pytest.mark.rule("R-TEST-17")
def test_a_missed_test_sounds_until_it_is_over_and_stands_until_it_is_seen(
    desk: Desk, door: FakeDoor
) -> None:
    door.alarms_held = [{**MISSED, "id": "older", "over": "again"}, dict(MISSED)]
    page = desk.enter()
    expect(page.locator("#title-alarms")).to_contain_text("1 alarm waits for you")
    expect(page.locator("[data-alarm]")).to_have_count(1)
    expect(page.locator("[data-sound]")).to_have_count(1)
    over = {**MISSED, "over": "passed", "over_at": back(minutes=1), "text": "OVER since 20:29."}
    door.alarms_held = [over]
    door.change()
    expect(page.locator("#title-alarms")).to_contain_text("1 alarm is over and was seen by nobody")
    expect(page.locator("[data-sound]")).to_have_count(0)
    page.locator(".acknowledge").click()
    expect(page.locator("[data-alarm]")).to_have_count(0)


@pytest.mark.rule("R-BACK-04")
def test_secrets_that_are_missing_are_named_with_what_gives_them_again(
    desk: Desk, door: FakeDoor
) -> None:
    door.missing_held = [
        {"of": "carrier", "line": "ru", "carrier": "mail", "option": "password"},
        {"of": "way", "person": "Ivan", "way": 2, "kind": "mailtos"},
    ]
    page = desk.enter()
    expect(page.locator(".missing h2")).to_contain_text("2 secrets are missing")
    expect(page.locator('[data-missing="ru mail"]')).to_contain_text("openline carrier add")
    expect(page.locator('[data-missing="Ivan 2"]')).to_contain_text("Way 2 to Ivan: mailtos")
    door.missing_held = []
    door.change()
    expect(page.locator(".missing")).to_have_count(0)


@pytest.mark.rule("R-GROUND-11")
def test_heights_that_a_backup_did_not_hold_are_named_until_they_are_there(
    desk: Desk, door: FakeDoor
) -> None:
    lost = {"of": "terrain", "name": "kabul-30m", "bytes": 123_456_789, "sha256": "ab" * 32}
    door.heights_lost = [lost]
    page = desk.enter()
    expect(page.locator(".missing h2")).to_contain_text("1 file of heights is missing")
    named = page.locator('[data-missing="kabul-30m"]')
    expect(named).to_contain_text("123,456,789 bytes (openline terrain add)")
    expect(named).to_contain_text("ab" * 32)
    door.heights_lost = []
    door.change()
    expect(page.locator(".missing")).to_have_count(0)
