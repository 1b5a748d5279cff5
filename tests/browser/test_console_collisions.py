"""Collisions at the console: conflicts with their life, notices not passed on, the own desk."""

from __future__ import annotations

from typing import Any

import pytest
from desks import Desk
from fake_door import CONFLICTS, FakeDoor, notice
from playwright.sync_api import expect

SAID = {"party": "ru", "word": "accepted", "at": "2022-05-12T20:10:00Z", "by": "Petrov", "text": ""}


def done(desk: Desk, door: FakeDoor, deed: tuple[Any, ...]) -> None:
    """Wait until the page has asked the station for it."""
    expect(desk.page.locator("main")).to_be_visible()
    for _ in range(200):
        if deed in door.done:
            return
        desk.page.wait_for_timeout(50)
    raise AssertionError(f"{deed} was not asked for: {door.done}")


@pytest.mark.rule("R-COLL-15")
def test_a_conflict_shows_what_each_side_said_and_takes_ours(desk: Desk, door: FakeDoor) -> None:
    door.conflicts_held = [{**CONFLICTS[0], "said": [SAID]}]
    page = desk.enter()
    listed = page.locator('[data-conflict="c-1"]')
    expect(listed.locator('[data-said="us"]')).to_contain_text("has said nothing yet")
    expect(listed.locator('[data-said="ru"]')).to_contain_text("accepts it as it is 20:10 UTC")
    expect(listed.locator('[data-said="ru"]')).to_contain_text("Petrov")
    listed.locator('[data-deed="acknowledge"]').click()
    done(desk, door, ("acknowledge", "c-1"))
    door.conflicts_held = [{**CONFLICTS[0], "said": [SAID, {**SAID, "party": "us"}]}]
    door.change()
    expect(listed.locator('[data-said="us"]')).to_contain_text("accepts it")
    for deed in ("acknowledge", "accept"):
        expect(listed.locator(f'[data-deed="{deed}"]')).to_have_count(0)


@pytest.mark.rule("R-COLL-15")
def test_a_conflict_is_accepted_or_our_plan_moved(desk: Desk, door: FakeDoor) -> None:
    page = desk.enter()
    listed = page.locator('[data-conflict="c-1"]')
    listed.locator('[data-deed="accept"]').click()
    done(desk, door, ("accept", "c-1"))
    listed.locator('[data-deed="amend"]').click()
    form = listed.locator("form")
    expect(form).to_contain_text("Air policing, south-east")
    expect(form.locator('[name="start"]')).to_have_value("2022-05-13 06:00")
    form.locator('[name="start"]').fill("2022-05-13 10:00")
    form.locator('[name="end"]').fill("2022-05-13 14:00")
    form.get_by_role("button", name="Send the new version").click()
    times = {"start": "2022-05-13T10:00:00Z", "end": "2022-05-13T14:00:00Z"}
    done(desk, door, ("amend", "a-us-1", times))
    expect(form).to_have_count(0)


@pytest.mark.rule("R-COLL-15")
def test_what_is_not_passed_on_stands_first_with_the_time_left(desk: Desk, door: FakeDoor) -> None:
    unit = {
        "unit": "3rd Brigade", "current": True, "passed_at": "2022-05-12T19:00:00Z",
        "acknowledged_by": "", "acknowledged_at": None,
    }  # fmt: skip
    told = {"by": "ru", "state": "passed", "next_alarm": None, "units": [unit]}
    objection = {
        "id": "o-1", "answer": "objection", "revision": "n-2", "party": "ru", "by": "Petrov",
        "at": "2022-05-12T20:00:00Z", "text": "We fire there.",
    }  # fmt: skip
    door.notices_held = [
        notice("n-1", "ru", "Supply column", "open"),
        notice("n-2", "us", "Relief convoy", "open", answers=[objection]),
        notice("n-3", "us", "Patrol", "passed", passing=told),
    ]
    page = desk.enter()
    expect(page.locator("#title-notices")).to_have_text("Notices: 2 NOT PASSED ON")
    theirs, ours = (page.locator(f'[data-notice="{id}"]') for id in ("n-1", "n-2"))
    expect(theirs).to_contain_text("Begins in 1 h")
    expect(theirs).to_contain_text("we have not passed it on to our units")
    expect(ours).to_contain_text("RU has not passed it on to its units")
    expect(ours.locator('[data-answered="objection"]')).to_contain_text("We fire there.")
    expect(ours.locator(".deeds")).to_have_count(0)
    expect(page.locator('[data-notice="n-3"]')).to_be_hidden()
    page.locator(".notices details.past summary").click()
    expect(page.locator('[data-notice="n-3"]')).to_contain_text("3rd Brigade")
    expect(page.locator('[data-notice="n-3"]')).to_contain_text("not acknowledged yet")
    door.pass_time(hours=2)
    expect(theirs).to_contain_text("Began 3")


@pytest.mark.rule("R-COLL-15")
def test_a_notice_is_passed_on_and_answered_from_the_page(desk: Desk, door: FakeDoor) -> None:
    door.notices_held = [notice("n-1", "ru", "Supply column", "open")]
    page = desk.enter()
    listed = page.locator('[data-notice="n-1"]')
    listed.locator('[data-deed="passed-on"]').click()
    listed.locator('[name="text"]').fill("3rd Brigade, Drone squadron ")
    listed.locator('[name="by"]').fill("Duty officer")
    listed.get_by_role("button", name="Send").click()
    done(desk, door, ("passed_on", "n-1", ["3rd Brigade", "Drone squadron"], "Duty officer"))
    expect(listed.locator("form")).to_have_count(0)
    listed.locator('[data-deed="objection"]').click()
    listed.locator('[name="text"]').fill("Our battery fires there.")
    listed.get_by_role("button", name="Send").click()
    done(desk, door, ("answer", "n-1", "objection", {"reason": "Our battery fires there."}))
    listed.locator('[data-deed="no-objection"]').click()
    done(desk, door, ("answer", "n-1", "no-objection", None))


@pytest.mark.rule("R-COLL-15")
def test_plans_of_two_lines_are_marked_as_the_own_desks_and_offer_nothing(
    desk: Desk, door: FakeDoor
) -> None:
    page = desk.enter()
    expect(page.locator(".own-desk")).to_have_count(0)
    plans = [{"id": "a-ru-1", "party": "ru", "title": "Long-range patrol"}]
    plans.append({"id": "a-cn-1", "party": "cn", "title": "Heron"})
    door.own_desk = [{**CONFLICTS[0], "id": "x-9", "activities": plans, "lines": ["ru", "cn"]}]
    door.change()
    shown = page.locator(".own-desk")
    expect(shown).to_contain_text("OWN DESK ONLY")
    expect(shown).to_contain_text("Tell neither side of the other's plan")
    expect(shown.locator('[data-own-desk="x-9"]')).to_contain_text("Heron")
    expect(shown.locator("[data-deed]")).to_have_count(0)


@pytest.mark.rule("R-COLL-15")
def test_what_the_station_refuses_is_said_where_it_was_asked(desk: Desk, door: FakeDoor) -> None:
    def refuse(id: str) -> dict[str, Any]:
        from openline.words.errors import OpenlineError

        raise OpenlineError("conflict-over", "the conflict is resolved", next="look at the list")

    door.conflict_accept = refuse  # type: ignore[method-assign]
    page = desk.enter()
    listed = page.locator('[data-conflict="c-1"]')
    listed.locator('[data-deed="accept"]').click()
    expect(listed.locator(".failed")).to_contain_text("Not done. The conflict is resolved.")
