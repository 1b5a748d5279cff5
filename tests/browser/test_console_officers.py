"""Officers at the console: who comes in, what the role lets them do, and what they see of it."""

from __future__ import annotations

import json

import pytest
from desks import Console, Desk
from fake_door import FakeDoor
from playwright.sync_api import Page, expect

from openline.station.roles import Role

ACKNOWLEDGE = "/api/alarms/alarm-1/acknowledge"
PASSWORD = "seven words are easier"


@pytest.fixture
def staffed(door: FakeDoor) -> FakeDoor:
    door.seats.held = {"Anna": (Role.OFFICER, PASSWORD), "Otto": (Role.OBSERVER, PASSWORD)}
    return door


def refused(answer: tuple[int, str, dict[str, dict[str, str]]]) -> tuple[int, str]:
    return answer[0], answer[2]["error"]["code"]


@pytest.mark.rule("R-OFF-10")
def test_each_request_is_held_to_the_role(console: Console, staffed: FakeDoor) -> None:
    anna, otto = console.login("Anna", PASSWORD), console.login("Otto", PASSWORD)
    for cookie in (anna, otto):
        assert console.ask("GET", "/api/status", Cookie=cookie)[0] == 200
    assert refused(console.write(ACKNOWLEDGE, otto)) == (403, "role-too-low")
    assert staffed.acknowledged == []
    assert console.write(ACKNOWLEDGE, anna)[0] == 200
    staffed.seats.held["Anna"] = (Role.OBSERVER, PASSWORD)
    assert refused(console.write(ACKNOWLEDGE, anna)) == (403, "role-too-low")


@pytest.mark.rule("R-OFF-10")
def test_the_link_only_reads_once_there_are_officers(console: Console, door: FakeDoor) -> None:
    link = console.cookie()
    door.seats.held = {"Anna": (Role.OFFICER, PASSWORD)}
    assert console.ask("GET", "/api/alarms", Cookie=link)[0] == 200
    assert refused(console.write(ACKNOWLEDGE, link)) == (403, "no-officer")
    _, _, who = console.ask("GET", "/api/session", Cookie=link)
    assert (who["officer"], who["officers"]) == (None, True)
    status, _, document = console.ask("GET", "/api/status")
    assert (status, document["error"]["code"]) == (401, "no-login")


@pytest.mark.rule("R-OFF-10")
@pytest.mark.rule("R-CON-08")
def test_a_wrong_password_opens_nothing_and_is_not_told(
    console: Console, staffed: FakeDoor
) -> None:
    status, cookie, document = console.write("/api/login", name="Anna", password="not this")
    assert (status, cookie, document["error"]["code"]) == (403, "", "wrong-password")
    status, cookie, document = console.write("/api/login", name="Anna", password=[PASSWORD])
    assert (status, cookie) == (422, "") and PASSWORD not in json.dumps(document)


@pytest.mark.rule("R-OFF-10")
@pytest.mark.rule("R-OFF-09")
def test_a_session_ends_when_the_officer_leaves_or_is_no_more(
    console: Console, staffed: FakeDoor
) -> None:
    anna, otto = console.login("Anna", PASSWORD), console.login("Otto", PASSWORD)
    assert console.write("/api/logout", anna)[0] == 200
    assert console.ask("GET", "/api/session", Cookie=anna)[0] == 401
    assert console.ask("GET", "/api/session", Cookie=otto)[0] == 200
    del staffed.seats.held["Otto"]
    assert console.ask("GET", "/api/session", Cookie=otto)[0] == 401


@pytest.mark.rule("R-OFF-10")
def test_a_new_login_ends_the_session_that_it_takes_the_place_of(
    console: Console, staffed: FakeDoor
) -> None:
    link = console.cookie()
    _, anna, _ = console.write("/api/login", link, name="Anna", password=PASSWORD)
    assert console.ask("GET", "/api/session", Cookie=link)[0] == 401
    _, _, who = console.ask("GET", "/api/session", Cookie=anna)
    assert who["officer"] == {"name": "Anna", "role": "officer"}
    _, _, found = console.ask("GET", "/api/officers", Cookie=anna)
    assert {each["name"]: each["on"] for each in found["officers"]} == {"Anna": True, "Otto": False}
    _, again, _ = console.write("/api/password", anna, password=PASSWORD, new="another one")
    assert console.ask("GET", "/api/session", Cookie=anna)[0] == 401
    assert console.ask("GET", "/api/session", Cookie=again)[0] == 200


@pytest.mark.rule("R-OFF-06")
def test_the_first_administrator_is_made_by_the_link_once(console: Console, door: FakeDoor) -> None:
    given = {"name": "Ada", "password": PASSWORD}
    assert refused(console.write("/api/officers/first", **given)) == (401, "no-session")
    link, other = console.cookie(), console.cookie()
    status, ada, _ = console.write("/api/officers/first", link, **given)
    assert status == 200
    _, _, who = console.ask("GET", "/api/session", Cookie=ada)
    assert who["officer"] == {"name": "Ada", "role": "administrator"}
    second = {**given, "name": "Eve"}
    assert refused(console.write("/api/officers/first", other, **second)) == (403, "no-officer")
    assert refused(console.write("/api/officers/first", ada, **second))[1] == "already-there"
    assert list(door.seats.held) == ["Ada"]


@pytest.mark.rule("R-OFF-10")
def test_the_live_connection_ends_with_the_officer(console: Console, staffed: FakeDoor) -> None:
    from http.client import HTTPConnection

    connection = HTTPConnection("127.0.0.1", console.port, timeout=30)
    cookie = console.login("Anna", PASSWORD)
    connection.request("GET", "/api/events", headers={"Cookie": cookie})
    stream = connection.getresponse()
    assert stream.readline() == b"event: changed\n"
    del staffed.seats.held["Anna"]
    staffed.change()
    stream.read()  # returns, because it ends
    connection.close()


@pytest.mark.rule("R-OFF-14")
def test_only_an_administrator_adds_and_changes_officers(
    console: Console, staffed: FakeDoor
) -> None:
    staffed.seats.held["Ada"] = (Role.ADMINISTRATOR, PASSWORD)
    ada, anna = console.login("Ada", PASSWORD), console.login("Anna", PASSWORD)
    new = {"name": "Иван", "role": "supervisor", "password": PASSWORD}
    assert refused(console.write("/api/officers", anna, **new)) == (403, "role-too-low")
    change = {"name": "Otto", "disabled": True}
    assert refused(console.write("/api/officers/change", anna, **change)) == (403, "role-too-low")
    assert "Иван" not in staffed.seats.held and staffed.seats.disabled == set()
    assert console.write("/api/officers", ada, **new)[0] == 200
    assert staffed.seats.held["Иван"][0] is Role.SUPERVISOR
    assert console.write("/api/officers/change", ada, **change)[0] == 200
    assert staffed.seats.disabled == {"Otto"}
    for wrong in ({**new, "name": 1}, {**new, "wings": 2}, {"name": "Иван"}):
        status, _, document = console.write("/api/officers", ada, **wrong)
        assert status == 422 and PASSWORD not in json.dumps(document)


# ---- the page --------------------------------------------------------------------------


def come_in(page: Page, name: str, password: str = PASSWORD) -> None:
    form = page.locator('[data-form="login"]')
    form.get_by_label("Name").fill(name)
    form.get_by_label("Password").fill(password)
    form.get_by_role("button").click()


@pytest.mark.rule("R-OFF-11")
def test_an_officer_comes_in_acts_and_leaves(desk: Desk, staffed: FakeDoor) -> None:
    page = desk.page
    page.goto(desk.console.address)
    expect(page.get_by_role("alert")).to_contain_text("Give your name and password")
    come_in(page, "Anna", "not this one")
    expect(page.locator('[data-form="login"] .failed')).to_contain_text("No officer has this name")
    come_in(page, "Anna")
    expect(page.locator('[data-contact="live"]')).to_be_visible()
    officer = page.locator('[data-who="Anna"]')
    expect(officer).to_contain_text("Anna · officer")
    page.locator(".acknowledge").click()
    expect(page.locator(".acknowledge")).to_have_count(0)
    officer.locator("summary").click()
    expect(officer.locator('[data-officer="Anna"]')).to_have_attribute("data-on", "true")
    expect(officer.locator('[data-officer="Otto"]')).to_have_attribute("data-on", "false")
    officer.locator(".leave").click()
    expect(page.locator('[data-contact="locked"]')).to_be_visible()
    assert "Russian Ministry" not in page.content()


@pytest.mark.rule("R-OFF-11")
@pytest.mark.rule("R-CON-23")
def test_a_refusal_by_role_is_shown_in_the_stations_words(desk: Desk, staffed: FakeDoor) -> None:
    """An administrator has just lowered the role; the page was not told yet."""
    page = desk.page
    page.goto(desk.console.address)
    come_in(page, "Anna")
    expect(page.locator(".acknowledge")).to_be_visible()
    desk.keep_who_acts()
    staffed.seats.held["Anna"] = (Role.OBSERVER, PASSWORD)
    page.locator(".acknowledge").click()
    said = page.locator(".alarms .failed")
    expect(said).to_contain_text("takes the role officer, and Anna has the role observer")
    assert staffed.acknowledged == []


@pytest.mark.rule("R-CON-23")
def test_an_observer_sees_the_alarm_and_no_button(desk: Desk, staffed: FakeDoor) -> None:
    page = desk.page
    page.goto(desk.console.address)
    come_in(page, "Otto")
    expect(page.locator(".alarms [data-alarm]")).to_be_visible()
    expect(page.locator(".alarms button.acknowledge, .alarms [data-answer]")).to_have_count(0)
    staffed.alarms_held = []
    staffed.change()
    expect(page.locator(".no-alarm")).to_have_text("No alarm waits.")


@pytest.mark.rule("R-OFF-11")
@pytest.mark.rule("R-OFF-06")
def test_the_first_administrator_is_made_on_the_page(desk: Desk, door: FakeDoor) -> None:
    page = desk.enter()
    page.get_by_text("No officers yet").click()
    form = page.locator('[data-form="first"]')
    form.get_by_label("Name").fill("Ада")
    form.get_by_label("New password").fill(PASSWORD)
    form.get_by_role("button").click()
    expect(page.locator('[data-who="Ада"]')).to_contain_text("administrator")
    assert door.seats.held["Ада"][0] is Role.ADMINISTRATOR


@pytest.mark.rule("R-OFF-11")
def test_who_came_by_the_link_is_asked_for_a_name(desk: Desk, staffed: FakeDoor) -> None:
    page = desk.enter()
    expect(page.locator(".come-in")).to_contain_text("The link lets you read")
    come_in(page, "Anna")
    expect(page.locator('[data-who="Anna"]')).to_be_visible()
    expect(page.locator(".come-in")).to_have_count(0)


@pytest.mark.rule("R-OFF-11")
def test_a_message_shows_who_said_it(desk: Desk, door: FakeDoor) -> None:
    door.messages_held[-1] = {**door.messages_held[-1], "by": "Иван Дежурный", "automatic": False}
    door.messages_held[-2] = {**door.messages_held[-2], "by": None, "automatic": True}
    page = desk.enter()
    expect(page.locator('[data-message="m-5"] .author')).to_contain_text("Иван Дежурный")
    expect(page.locator('[data-message="m-4"] .author')).to_contain_text("automatic")
    expect(page.locator('[data-message="m-3"] .author')).to_have_count(0)


@pytest.mark.rule("R-OFF-14")
def test_an_administrator_adds_lists_and_disables_officers_on_the_page(
    desk: Desk, staffed: FakeDoor
) -> None:
    staffed.seats.held["Ada"] = (Role.ADMINISTRATOR, PASSWORD)
    page = desk.page
    page.goto(desk.console.address)
    come_in(page, "Ada")
    page.locator('[data-who="Ada"] > summary').click()
    form = page.locator('[data-form="add"]')
    form.get_by_label("Name").fill("Иван Дежурный")
    form.get_by_label("Role", exact=True).select_option("supervisor")
    form.get_by_label("New password").fill(PASSWORD)
    form.get_by_role("button").click()
    added = page.locator('[data-managed="Иван Дежурный"]')
    expect(added.get_by_label("Role")).to_have_value("supervisor")
    expect(form.get_by_label("Name")).to_have_value("")  # and nothing typed stays
    expect(form.get_by_label("New password")).to_have_value("")

    form.get_by_label("Name").fill("Otto")
    form.get_by_label("New password").fill(PASSWORD)
    form.get_by_role("button").click()
    expect(form.locator(".failed")).to_contain_text("An officer is named Otto already.")

    added.get_by_label("Role").select_option("officer")
    added.get_by_role("button", name="Disable").click()
    expect(added).to_have_attribute("data-disabled", "true")
    expect(added).to_contain_text("may not come in")
    assert staffed.seats.held["Иван Дежурный"][0] is Role.OFFICER
    added.get_by_role("button", name="Enable").click()
    expect(added).to_have_attribute("data-disabled", "false")
    added.get_by_text("Give a new password").first.click()
    own = added.locator("form")
    own.get_by_label("New password").fill("another seven words")
    own.get_by_role("button").click()
    expect(own.get_by_label("New password")).to_have_value("")
    assert staffed.seats.held["Иван Дежурный"][1] == "another seven words"
    # Nobody takes the own role away by a slip.
    expect(page.locator('[data-managed="Ada"] button')).to_have_count(0)


@pytest.mark.rule("R-OFF-14")
def test_the_means_to_add_officers_are_shown_to_nobody_else(desk: Desk, staffed: FakeDoor) -> None:
    page = desk.page
    page.goto(desk.console.address)
    come_in(page, "Anna")
    page.locator('[data-who="Anna"] > summary').click()
    expect(page.locator(".who-is-on")).to_be_visible()
    expect(page.locator(".administer")).to_have_count(0)
