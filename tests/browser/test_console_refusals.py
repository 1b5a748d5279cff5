"""Refusals at the console: in the reader's language first, then in the station's exact words."""

from __future__ import annotations

from pathlib import Path

import pytest
from desks import Desk
from fake_door import FakeDoor, line
from playwright.sync_api import Locator, Page, expect
from test_console_shapes import CORRIDOR, amending, stands

from openline.station.roles import Role

SAMPLES = Path(__file__).parents[1] / "samples"
PASSWORD = "seven words are easier"
LOW = "Ваша роль этого не позволяет"


def speak(page: Page, language: str) -> None:
    page.locator(f".languages button[lang={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def both(refusal: Locator, meant: str, exact: str) -> None:
    """It says what is meant, then exactly what the station said, marked as English."""
    expect(refusal).to_contain_text(meant)
    expect(refusal.locator("[lang=en]")).to_contain_text(exact)
    expect(refusal.locator("[lang=en]")).not_to_contain_text(meant)


@pytest.mark.rule("R-CON-24")
def test_a_role_too_low_is_said_in_the_readers_language(desk: Desk, door: FakeDoor) -> None:
    door.seats.held = {"Anna": (Role.OFFICER, PASSWORD)}
    page = desk.page
    page.goto(desk.console.address)
    speak(page, "ru")
    form = page.locator('[data-form="login"]')
    form.get_by_label("Имя").fill("Anna")
    form.get_by_label("Пароль").fill("not this one")
    form.get_by_role("button").click()
    both(form.locator(".failed"), "Оператора с таким именем и паролем нет", "No officer has this")
    form.get_by_label("Пароль").fill(PASSWORD)
    form.get_by_role("button").click()
    expect(page.locator(".acknowledge")).to_be_visible()
    desk.keep_who_acts()
    door.seats.held["Anna"] = (Role.OBSERVER, PASSWORD)
    page.locator(".acknowledge").click()
    said = page.locator(".alarms .failed")
    both(said, f"Не подтверждено. {LOW}", "Anna has the role observer")
    speak(page, "en")
    expect(said).not_to_contain_text(LOW)
    expect(said.locator("[lang]")).to_have_count(0)
    expect(said).to_contain_text("Anna has the role observer")
    assert door.acknowledged == []


@pytest.mark.rule("R-CON-24")
def test_what_is_typed_and_a_row_of_a_file_are_refused_in_it_too(
    desk: Desk, door: FakeDoor
) -> None:
    stands(door, CORRIDOR)
    page = desk.enter()
    speak(page, "ru")
    form = amending(page)
    form.locator('[name="place"]').fill("49.7 22.1\n50.5 somewhere")
    both(form.locator(".shape-state .failed"), "Координаты не прочитаны", "Position 2: ")
    page.get_by_role("heading", name="Объявить из файла").click()
    page.locator("input[type=file]").set_input_files(SAMPLES / "notams.txt")
    page.get_by_role("button", name="Посмотреть").click()
    row = page.locator(".file-errors li").first
    both(row, "Не хватает обязательных данных", "NOTAM 1, line 1 (A1721/26)")
    page.get_by_text("Чего нет в файле").click()
    page.locator("input[name=kind]").fill("exercise")
    page.get_by_role("button", name="Посмотреть").click()
    note = page.locator(".file-note").first
    expect(note).to_have_text("строка D): прочитано, промежутков времени 2")


@pytest.mark.rule("R-CON-24")
@pytest.mark.parametrize("code", ["found-out-tomorrow", "peer-role-too-low"])
def test_a_code_that_the_page_does_not_know_leaves_the_stations_words(
    desk: Desk, door: FakeDoor, code: str
) -> None:
    words = {"message": "the moon is full", "whose": "theirs", "rule": "", "next": "wait a day"}
    refusal = {"error": {"code": code, **words}}
    page = desk.enter()
    speak(page, "ru")
    page.route("**/acknowledge", lambda route: route.fulfill(status=400, json=refusal))
    page.locator(".acknowledge").click()
    said = page.locator(".alarms .failed")
    expect(said).to_have_text("Не подтверждено. The moon is full. Wait a day.")
    expect(said.locator("[lang=en]")).to_have_text("The moon is full. Wait a day.")


@pytest.mark.rule("R-CON-24")
def test_what_fails_of_a_carrier_is_said_in_it_too(desk: Desk, door: FakeDoor) -> None:
    carrier = {"name": "https", "state": "down", "last_ok": None}
    why = {"error": "no answer in time [carrier]", "error_code": "carrier-down"}
    door.line = line(carriers=[{**carrier, **why}])
    page = desk.enter()
    speak(page, "ru")
    both(
        page.locator(".carriers .error"),
        "По этому каналу передать не удалось",
        "no answer in time [carrier]",
    )
    speak(page, "en")
    expect(page.locator(".carriers .error")).to_have_text("no answer in time [carrier]")
