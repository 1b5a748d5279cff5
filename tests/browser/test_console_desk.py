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
