"""Activities at the console: how each stands, what a desk does with its own, what stays private."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import Console, Desk
from fake_door import FakeDoor, activity
from playwright.sync_api import Browser, Locator, Page, expect
from test_console_station import Pair, until

from activity_world import PASSWORD, collection, plan, site
from openline.station.roles import Role
from openline.station.seats import Seat, taking
from openline.words import limits
from openline.words.moment import Moment

ANNA, BORIS, OLA = (
    Seat(Role.OFFICER, "Anna"),
    Seat(Role.OFFICER, "Boris"),
    Seat(Role.OBSERVER, "Ola"),
)


# ---- the API -----------------------------------------------------------------------------


@pytest.mark.rule("R-ACT-31")
def test_each_deed_has_its_route(console: Console, door: FakeDoor) -> None:
    cookie = console.cookie()
    deeds: list[tuple[str, dict[str, Any], tuple[Any, ...]]] = [
        ("activities/us-1/amend", {"fields": {"title": "x"}}, ("amend", "us-1", {"title": "x"})),
        ("activities/us-1/cancel", {"reason": "why"}, ("cancel", "us-1", "why")),
        ("activities/us-1/cancel", {}, ("cancel", "us-1", "")),
        ("activities/us-1/confirm", {}, ("confirm", "us-1")),
        ("activities/us-1/verify", {"coordinates": ["a"]}, ("verify", "us-1", ["a"])),
        ("activities/us-1/announce", {"lines": ["ru"]}, ("announce", "us-1", ["ru"])),
        ("activities/us-1/discard", {}, ("discard", "us-1")),
        ("private", {"fields": {"title": "x"}}, ("private", {"title": "x"})),
        ("private/p-1/amend", {"fields": {"title": "x"}}, ("private-amend", "p-1", {"title": "x"})),
        ("private/p-1/verify", {"coordinates": ["a"]}, ("private-verify", "p-1", ["a"])),
        ("private/p-1/remove", {}, ("remove", "p-1")),
    ]
    for path, body, done in deeds:
        status, _, reply = console.write(f"/api/{path}", cookie, **body)
        assert (status, door.done.pop()) == (200, done), path
        assert reply["now"]
    status, _, reply = console.write("/api/activities/us-1/check", cookie, fields={"title": "x"})
    assert (status, door.asked) == (200, [("us-1", {"title": "x"})]) and reply["now"]
    for path in ("activities", "activities/us-1", "private", "private/p-1"):
        assert console.ask("GET", f"/api/{path}")[0] == 401
        assert console.ask("GET", f"/api/{path}", Cookie=cookie)[0] == 200
    for path, wrong in (
        ("activities/us-1/amend", {"fields": {"title": 5}}),
        ("activities/us-1/check", {"fields": {"title": 5}}),
        ("activities/us-1/check", {}),
        ("activities/us-1/amend", {"fields": {}, "more": 1}),
        ("activities/us-1/verify", {"coordinates": ["a"] * (limits.LIST_ITEMS + 1)}),
        ("private/p-1/amend", {"fields": {"title": 5}}),
        ("private/p-1/verify", {"coordinates": "a"}),
        ("private", {"fields": {"title": "x" * limits.CONSOLE_SHAPE_BYTES}}),
    ):
        assert console.write(f"/api/{path}", cookie, **wrong)[0] in (400, 413, 422), path
    assert door.done == []


# ---- the page ----------------------------------------------------------------------------


RING = [[22.1, 49.7], [23.2, 49.7], [23.2, 50.5], [22.1, 50.5], [22.1, 49.7]]


@pytest.mark.rule("R-ACT-30")
def test_what_is_amiss_is_said_without_opening_anything(desk: Desk, door: FakeDoor) -> None:
    finding = {
        **{"id": "a-ru-1", "party": "ru", "title": "Trauma centre", "state": "found"},
        **{"from": "2022-05-13T07:30:00Z", "to": "2022-05-13T09:00:00Z"},
        **{"horizontal_m": 120.0, "vertical_m": 0, "flags": []},
    }
    own = {"revision": 0, "lacks": []}
    door.conflicts_held = []
    door.activities_held = [
        activity("us-1", "us", "Old site", "hospital", "", RING, state="active", permanent=True,
                 marks=["unconfirmed", "unverified"], **own),
        activity("us-2", "us", "Convoy", "convoy", "", RING,
                 marks=["late", "lacking"], **own | {"lacks": ["contact"]}),
        activity("us-3", "us", "Idea", "flight", "", RING, state="draft", line="", **own),
        activity("p-1", "us", "Target", "live fire", "", RING, state="planned", line="",
                 private=True, findings=[finding], **own),
        activity("us-4", "us", "Gone", "flight", "", RING, state="ended", **own),
    ]  # fmt: skip
    page = desk.enter()
    groups = page.locator("[data-group]")
    expect(groups).to_have_count(4)
    named = [each.get_attribute("data-group") for each in groups.all()]
    assert named == ["private", "active", "ahead", "draft"]
    site_ = page.locator('[data-activity="us-1"]')
    expect(site_).to_contain_text("NOT RECONFIRMED")
    expect(site_).to_contain_text("COORDINATES NOT VERIFIED")
    expect(site_).to_contain_text("until it is withdrawn")
    convoy = page.locator('[data-activity="us-2"]')
    expect(convoy).to_contain_text("LATE NOTICE")
    expect(convoy).to_contain_text("LACKS: a radio or telephone that is answered")
    private = page.locator('[data-group="private"]')
    expect(private).to_contain_text("never sent")
    expect(private.locator("[data-finding]")).to_contain_text("Trauma centre")
    # The conflict with what is private stands with the others, and none is not said to be found.
    first = page.locator("[data-conflict]").first
    expect(first).to_contain_text("Private: never sent")
    expect(first).to_contain_text("Target")
    expect(page.locator(".panel.map")).not_to_contain_text("No conflict found")
    expect(page.locator('[data-map="drawn"]')).to_be_visible()
    drawn = page.locator(".map-label")
    expect(drawn.filter(has_text="Target")).to_have_class(
        "map-label private maplibregl-marker maplibregl-marker-anchor-bottom"
    )
    expect(drawn.filter(has_text="Idea")).to_have_count(0)
    page.locator('[lang="ru"]').click()
    expect(convoy).to_contain_text("ПОЗДНЕЕ УВЕДОМЛЕНИЕ")
    expect(private).to_contain_text("не отправляется")


@pytest.mark.rule("R-ACT-31")
def test_who_may_only_read_is_offered_no_deed(desk: Desk, door: FakeDoor) -> None:
    door.seats.held["Ola"] = (Role.OBSERVER, PASSWORD)
    door.activities_held = [activity("us-1", "us", "Ours", "flight", "", RING)]
    page = desk.enter()
    page.locator('[data-activity="us-1"] > button').click()
    expect(page.locator(".details")).to_be_visible()
    expect(page.locator("[data-deed]")).to_have_count(0)


# ---- before real stations ----------------------------------------------------------------


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    for seat in (ANNA, BORIS, OLA):
        made.facade("us").officer_add(seat.officer, str(seat.role), PASSWORD)
    made.facade("us").test("ru", 20)
    yield made
    made.close()


@pytest.fixture
def officer(browser: Browser, pair: Pair) -> Iterator[Desk]:
    """Boris at the desk of `us`."""
    console = Console(pair.facade("us"))  # type: ignore[arg-type]
    console.start()
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-GB")
    made = Desk(context.new_page(), context, console)
    made.watch()
    page = made.enter()
    form = page.locator('[data-form="login"]')
    form.locator('[name="name"]').fill("Boris")
    form.locator('[name="password"]').fill(PASSWORD)
    form.locator("button").click()
    expect(page.locator('[data-who="Boris"]')).to_be_visible()
    yield made
    context.close()
    console.stop()
    assert made.foreign() == []


def opened(page: Page, id: str) -> Locator:
    """The activity's item, opened."""
    item = page.locator(f'[data-activity="{id}"]')
    if item.locator("> button").get_attribute("aria-expanded") != "true":
        item.locator("> button").click()
    expect(item.locator(".details")).to_be_visible()
    return item


def deed(item: Locator | Page, name: str, **given: str) -> Locator:
    """Open a deed, fill its fields in and do it."""
    found = item.locator(f'[data-deed="{name}"]')
    if found.get_attribute("open") is None:
        found.locator("> summary").click()
    for field, value in given.items():
        found.locator(f'[name="{field}"]').fill(value)
    found.locator("form > button").click()
    return found


def ahead(us: Any, **over: Any) -> dict[str, Any]:
    """Two hours, two days from now."""
    now = Moment.parse(us.now())
    start, end = (str(now.plus_ms(hours * 3_600_000)) for hours in (48, 50))
    return plan("Convoy", kind="convoy", start=start, end=end, **over)


@pytest.mark.rule("R-ACT-31")
def test_a_desk_verifies_amends_confirms_and_cancels(pair: Pair, officer: Desk) -> None:
    page, us, ru = officer.page, pair.facade("us"), pair.facade("ru")
    with taking(ANNA):
        (id,) = us.notify(["ru"], collection(site()))["ids"]
    item = opened(page, id)
    expect(item).to_contain_text("COORDINATES NOT VERIFIED")
    refusal = deed(item, "verify", coordinates="36.9 68.95").locator(".failed")
    expect(refusal).to_contain_text("m from what was given first")
    deed(item, "verify", coordinates="42S VF 87399 63610")
    expect(item).not_to_contain_text("COORDINATES NOT VERIFIED")
    expect(item).to_contain_text("by Boris, typed again in MGRS")
    expect(item.locator('[data-deed="amend"] > summary')).to_be_visible()
    item.locator('[data-deed="amend"] > summary').click()
    expect(item.locator('[name="title"]')).to_have_value("Hospital")
    deed(item, "amend", title="Hospital, east wing", contact="+93 79 000 000")
    expect(item).to_contain_text("Hospital, east wing")
    deed(item, "confirm")
    until(ru, lambda: ru.messages()["messages"][-1]["form"] == "activity-confirm")
    shown = ru.activity_show(id)
    assert (shown["title"], shown["revision"], shown["marks"]) == ("Hospital, east wing", 2, [])
    assert shown["fields"]["contact"] == "+93 79 000 000"
    deed(item, "cancel", reason="Moved.")
    expect(page.locator('[data-group="active"]')).to_have_count(0)
    until(ru, lambda: ru.activity_show(id)["state"] == "cancelled")
    # The browser itself tells of what was refused: before the login, and the wrong place.
    assert {said[:15] for said in officer.complaints} <= {"Failed to load "}


@pytest.mark.rule("R-ACT-33")
def test_a_draft_and_a_new_version_are_checked_before_they_are_announced(
    pair: Pair, officer: Desk
) -> None:
    page, us, ru = officer.page, pair.facade("us"), pair.facade("ru")
    ru.notify(["us"], collection(site("Trauma centre")))
    until(us, lambda: len(us.activities()["activities"]) == 1)
    with taking(ANNA):
        (id,) = us.activity_draft(collection(ahead(us, lon=70.0)))["ids"]
    item = opened(page, id)
    draft = item.locator('[data-deed="announce"]')
    draft.locator("> summary").click()
    draft.locator("[data-check]").click()
    expect(draft.locator(".good")).to_contain_text("No conflict")
    amend = item.locator('[data-deed="amend"]')
    amend.locator("> summary").click()
    amend.locator('[name="place"]').fill("36.7181 68.8589")
    amend.locator("[data-check]").click()
    expect(amend.locator("[data-would]")).to_contain_text("Trauma centre")
    # What is changed since is not what was asked, whether it was typed or drawn.
    amend.locator('[name="title"]').fill("Convoy 2")
    expect(amend.locator("[data-would]")).to_have_count(0)
    amend.locator('[name="lower"]').fill("high")
    amend.locator("[data-check]").click()
    expect(amend.locator(".what-if .failed")).to_contain_text("Not done.")
    assert us.activity_show(id)["title"] == "Convoy" and us.conflicts()["conflicts"] == []


@pytest.mark.rule("R-ACT-31")
def test_a_draft_is_announced_from_the_console(pair: Pair, officer: Desk) -> None:
    page, us, ru = officer.page, pair.facade("us"), pair.facade("ru")
    with taking(ANNA):
        (id, other) = us.activity_draft(collection(ahead(us), ahead(us)))["ids"]
    expect(page.locator('[data-group="draft"] [data-activity]')).to_have_count(2)
    deed(opened(page, other), "discard")
    expect(page.locator(f'[data-activity="{other}"]')).to_have_count(0)
    deed(opened(page, id), "announce")  # the only line there is, is chosen
    expect(page.locator('[data-group="ahead"] [data-activity]')).to_contain_text("LACKS")
    expect(page.locator("[data-alarm]")).to_contain_text("radio or telephone")
    deed(opened(page, id), "amend", contact="Channel 16")
    expect(page.locator("[data-alarm]")).to_have_count(0)
    until(ru, lambda: ru.activities()["activities"][0]["revision"] == 1)


@pytest.mark.rule("R-ACT-22")
@pytest.mark.rule("R-ACT-24")
@pytest.mark.rule("R-ACT-31")
def test_kunduz_at_the_desk(pair: Pair, officer: Desk) -> None:
    page, us, ru = officer.page, pair.facade("us"), pair.facade("ru")
    sent = len(ru.messages()["messages"])
    typed = {"title": "Target 7", "place": "36.7181 68.8589", "radius_m": "300"}
    page.locator('[data-deed="private"] > summary').click()
    page.locator('[data-deed="private"] [name="kind"]').select_option("live-fire")
    deed(page, "private", **typed)
    expect(page.locator('[data-group="private"]')).to_contain_text("Target 7")
    alarm = page.locator("[data-alarm]").filter(has_text="PRIVATE")
    expect(alarm).to_have_count(0)
    ru.notify(["us"], collection(site("Trauma centre")))
    expect(alarm).to_contain_text("Target 7 / RU Trauma centre")
    expect(alarm).to_contain_text("Nothing of this was sent")
    expect(alarm.locator(".precedence.flash")).to_be_visible()
    expect(page.locator("[data-conflict]").first).to_contain_text("Trauma centre")
    (own,) = us.private_list()["private"]
    deed(opened(page, own["id"]), "amend", place="36.9 68.95")
    expect(alarm).to_have_count(0)  # what the desk's own amendment ended is silent
    expect(page.locator(f'[data-activity="{own["id"]}"] [data-finding]')).to_contain_text(
        "resolved"
    )
    deed(opened(page, own["id"]), "amend", place="36.7181 68.8589")
    expect(alarm).to_contain_text("Trauma centre")
    alarm.locator(".acknowledge").click()
    expect(alarm).to_have_count(0)
    with taking(OLA):  # what an observer's page is told
        assert "Target 7" not in repr([us.map(), us.alarms(), us.activities()])
    (own,) = us.private_list()["private"]
    deed(opened(page, own["id"]), "remove")
    expect(page.locator('[data-group="private"]')).to_have_count(0)
    assert [m["form"] for m in ru.messages()["messages"][sent:]] == ["activity"]
    assert us.private_list() == {"private": []}
