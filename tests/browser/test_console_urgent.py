"""What cannot wait, at the console: sound, answers at once, and what became of a message."""

from __future__ import annotations

import pytest
from desks import Desk
from fake_door import ALARM, FakeDoor
from playwright.sync_api import Page, expect

UNTOUCHED = """
let touched = false;
addEventListener('pointerdown', () => { touched = true; }, true);
Object.defineProperty(navigator, 'userActivation', { get: () => ({ hasBeenActive: touched }) });
"""
"""Until somebody clicks: the driver's own looks at a page count as a touch, and must not."""


def sounded(page: Page) -> int:
    return int(page.evaluate("document.documentElement.dataset.sounded ?? '0'"))


def until_it_sounds(page: Page) -> None:
    before = sounded(page)
    for _ in range(200):
        if page.evaluate(f"Number(document.documentElement.dataset.sounded ?? 0) > {before}"):
            return
        page.wait_for_timeout(100)
    raise AssertionError("it makes no sound")


@pytest.mark.rule("R-URG-08")
def test_an_urgent_alarm_sounds_until_it_is_silenced_and_a_new_one_sounds_anew(
    desk: Desk, door: FakeDoor
) -> None:
    desk.page.add_init_script(UNTOUCHED)
    page = desk.enter()
    sound = page.locator("[data-sound]")
    # Before anybody has touched the page the browser allows none, and the page says so.
    expect(sound).to_have_attribute("data-sound", "blocked")
    expect(sound).to_contain_text("until you click")
    page.locator("h1").click()
    until_it_sounds(page)
    expect(sound).to_have_attribute("data-sound", "on")
    until_it_sounds(page)  # and again, by itself
    page.get_by_role("button", name="Silence the sound").click()
    expect(sound).to_have_count(0)
    expect(page.locator('[data-alarm="alarm-1"]')).to_be_visible()  # silenced, not acknowledged
    assert door.acknowledged == []
    silent = sounded(page)
    routine = {**ALARM, "id": "alarm-2", "precedence": "routine"}
    door.alarms_held = [*door.alarms_held, routine]
    door.change()
    expect(page.locator('[data-alarm="alarm-2"]')).to_be_visible()
    assert sounded(page) == silent
    door.alarms_held = [*door.alarms_held, {**ALARM, "id": "alarm-3", "precedence": "immediate"}]
    door.change()
    until_it_sounds(page)
    door.alarms_held = [routine]
    door.change()
    expect(sound).to_have_count(0)
    assert desk.complaints == []


@pytest.mark.rule("R-URG-09")
def test_a_stop_is_answered_with_one_press(desk: Desk, door: FakeDoor) -> None:
    words = ["opened", "stopped", "not-ours", "ours-continuing", "unit-not-reached"]
    door.alarms_held = [{**ALARM, "form": "stop", "answers": words}]
    page = desk.enter()
    alarm = page.locator('[data-alarm="alarm-1"]')
    expect(alarm.locator("[data-answer]")).to_have_count(5)
    alarm.get_by_role("button", name="I have opened it").click()
    alarm.get_by_role("button", name="Stopped").click()
    expect(alarm.get_by_role("button", name="Stopped")).to_be_enabled()
    assert door.answered == [("m-5", "opened"), ("m-5", "stopped")]


@pytest.mark.rule("R-STOP-02")
def test_what_became_of_a_message_is_shown_step_by_step(desk: Desk) -> None:
    page = desk.enter()
    row = page.locator('[data-message="m-5"]')
    row.get_by_text("What became of it").click()
    expect(row.locator("[data-step]")).to_have_count(2)
    expect(row.locator('[data-step="received"]')).to_contain_text("us (automatic) received")
    expect(row.locator(".story")).to_contain_text("A person is to answer by 2022-05-12")
