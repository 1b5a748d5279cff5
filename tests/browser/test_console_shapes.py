"""Shapes at the console: typed position by position, and drawn on the map."""

from __future__ import annotations

import json
from typing import Any

import pytest
from desks import Console, Desk
from fake_door import FakeDoor, activity
from playwright.sync_api import Locator, Page, expect

from openline.words import limits

RING = [[22.1, 49.7], [23.2, 49.7], [23.2, 50.5], [22.1, 50.5], [22.1, 49.7]]
HOLE = [[22.5, 50.0], [22.6, 50.0], [22.6, 50.1], [22.5, 50.0]]
CORRIDOR = {"type": "corridor", "path": [[22.1, 49.7], [23.2, 50.5]], "width_m": 2000}
TITLE = "Relief convoy 17"


def stands(door: FakeDoor, shape: dict[str, Any], **over: Any) -> None:
    """Our own activity of that shape is announced, in two versions."""
    door.alarms_held = []
    door.conflicts_held = []
    door.activities_held = [activity("us-1", "us", TITLE, "convoy", "", RING, **over)]
    fields = {
        **{"title": TITLE, "start": "2022-05-13T06:00:00Z", "end": "2022-05-13T10:00:00Z"},
        **{"lower": 0, "upper": 50, "unit": "m", "datum": "AGL"},
        **{"shape": shape, "edges": "geodesic"},
    }
    said = [
        {"revision": number, "at": "2022-05-12T06:00:00Z", "by": by, "fields": {}, "text": text}
        for number, (by, text) in enumerate((("Anna", "As it was."), (None, "As it is.")))
    ]
    door.written = {"fields": fields, "versions": said}


def amending(page: Page) -> Locator:
    """The amend form of that activity, opened."""
    page.locator('[data-activity="us-1"] > button').click()
    form = page.locator('[data-activity="us-1"] [data-deed="amend"]')
    form.locator("> summary").click()
    expect(form.locator('[name="place"]')).to_be_visible()
    return form


def handles(page: Page) -> Locator:
    return page.locator(".handle:not(.gap)")


@pytest.mark.rule("R-ACT-32")
def test_a_corridor_is_amended_by_typing_and_the_refusal_stands_beside_it(
    desk: Desk, door: FakeDoor
) -> None:
    stands(door, CORRIDOR)
    form = amending(desk.enter())
    place, state = form.locator('[name="place"]'), form.locator(".shape-state")
    expect(place).to_have_value("49.7 22.1\n50.5 23.2")
    expect(form.locator('[name="width_m"]')).to_have_value("2000")
    expect(form.locator("label").filter(has_text="(m AGL)")).to_have_count(2)
    expect(state).to_contain_text("2 positions, read well")
    form.locator('[name="title"]').fill("Convoy 18")
    form.locator("form > button").click()
    expect(form.locator('[name="place"]')).not_to_be_visible()
    assert door.done.pop() == ("amend", "us-1", {"title": "Convoy 18"})  # the shape stays
    form.locator("> summary").click()
    expect(place).to_have_value("49.7 22.1\n50.5 23.2")
    place.fill("49.7 22.1\n50.5 somewhere")
    expect(state).to_contain_text("Position 2: ")
    place.fill("49°42'N 22°06'E\n50.4 23.0\n50.5 23.2")
    expect(state).to_contain_text("3 positions, read well")
    form.locator(".shape-read summary").click()
    expect(form.locator(".shape-read li").first).to_contain_text("49°42′00.00″N")
    form.locator('[name="width_m"]').fill("500")
    form.locator("form > button").click()
    expect(form.locator('[name="place"]')).not_to_be_visible()
    typed = "49°42'N 22°06'E\n50.4 23.0\n50.5 23.2"
    changed = {"shape_type": "corridor", "place": typed, "width_m": "500"}
    assert door.done.pop() == ("amend", "us-1", changed)


@pytest.mark.rule("R-ACT-32")
def test_an_area_is_drawn_moved_and_taken_back_on_the_map(desk: Desk, door: FakeDoor) -> None:
    stands(door, {"type": "area", "polygons": [[RING, HOLE]]})
    page = desk.enter()
    expect(page.locator('[data-map="drawn"]')).to_be_visible()
    form = amending(page)
    place = form.locator('[name="place"]')
    outer, hole = "49.7 22.1\n49.7 23.2\n50.5 23.2\n50.5 22.1", "50 22.5\n50 22.6\n50.1 22.6"
    expect(place).to_have_value(f"{outer}\nhole\n{hole}")
    expect(form.locator(".shape-state")).to_contain_text("7 positions")
    assert handles(page).count() == 0
    form.locator(".draw").click()
    bar = page.locator(".sketch-bar")
    expect(bar).to_be_in_viewport()
    expect(handles(page)).to_have_count(7)
    expect(page.locator(".handle.gap")).to_have_count(7)  # four sides, and three of the hole
    # A corner is put between, and taken out again by its number.
    page.locator(".handle.gap").first.click()
    expect(handles(page)).to_have_count(8)
    expect(place).to_have_value(outer.replace("\n", "\n49.7 22.65\n", 1) + f"\nhole\n{hole}")
    handles(page).nth(1).click()
    bar.locator(".remove").click()
    expect(place).to_have_value(f"{outer}\nhole\n{hole}")
    expect(handles(page)).to_have_count(7)
    # A corner is dragged across the others: that is said, and taken back.
    to = handles(page).nth(3).bounding_box()
    assert to is not None
    handles(page).nth(1).hover()
    page.mouse.down()
    page.mouse.move(to["x"] - 40, to["y"] + 60, steps=5)
    page.mouse.up()
    expect(bar.locator(".failed")).to_contain_text("crosses or touches itself")
    bar.locator(".undo").click()
    expect(bar.locator(".failed")).to_have_count(0)
    expect(place).to_have_value(f"{outer}\nhole\n{hole}")
    # While a shape is drawn, a press on the map adds to it and picks nothing.
    box = page.locator(".canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 20, box["y"] + box["height"] / 2)
    expect(handles(page)).to_have_count(8)
    assert page.locator('[data-activity="us-1"] > button').get_attribute("aria-expanded") == "true"
    bar.locator(".undo").click()
    expect(handles(page)).to_have_count(7)
    bar.locator(".done").click()
    expect(bar).to_have_count(0)
    expect(handles(page)).to_have_count(0)
    expect(place).to_be_in_viewport()
    assert door.done == []  # drawing sends nothing


@pytest.mark.rule("R-ACT-32")
def test_a_circle_becomes_an_area_by_presses_on_the_map(desk: Desk, door: FakeDoor) -> None:
    stands(door, {"type": "circle", "centre": [22.7, 50.1], "radius_m": 500})
    page = desk.enter()
    expect(page.locator('[data-map="drawn"]')).to_be_visible()
    form = amending(page)
    form.locator('[name="shape_type"]').select_option("area")
    form.locator('[name="place"]').fill("")
    form.locator(".draw").click()
    expect(page.locator(".sketch-bar")).to_be_in_viewport()
    box = page.locator(".canvas").bounding_box()
    assert box is not None
    for count, (x, y) in enumerate(((0.3, 0.3), (0.7, 0.3), (0.5, 0.8)), 1):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        expect(handles(page)).to_have_count(count)
    expect(form.locator(".shape-state")).to_contain_text("3 positions, read well")
    form.locator("form > button").click()
    expect(form.locator('[name="place"]')).not_to_be_visible()
    (_, _, changed) = door.done.pop()
    assert changed.keys() == {"shape_type", "place"} and len(changed["place"].split("\n")) == 3
    expect(page.locator(".sketch-bar")).to_have_count(0)  # the form is shut


@pytest.mark.rule("R-ACT-07")
@pytest.mark.rule("R-ACT-25")
@pytest.mark.parametrize("private", [False, True])
def test_every_version_is_shown_newest_first(desk: Desk, door: FakeDoor, private: bool) -> None:
    stands(door, CORRIDOR, private=private, revision=1, findings=[])
    page = desk.enter()
    page.locator('[data-activity="us-1"] > button').click()
    page.locator(".versions summary").click()
    versions = page.locator("[data-version]")
    expect(versions).to_have_count(2)
    expect(versions.first).to_contain_text("As it is.")
    expect(versions.last).to_contain_text("Anna")


@pytest.mark.rule("R-ACT-25")
@pytest.mark.rule("R-ACT-26")
def test_what_is_private_is_amended_and_verified_at_its_own_routes(
    desk: Desk, door: FakeDoor
) -> None:
    stands(door, CORRIDOR, private=True, findings=[], marks=["unverified"], state="planned")
    page = desk.enter()
    form = amending(page)
    expect(form).to_contain_text("Nothing is sent.")
    form.locator('[name="width_m"]').fill("900")
    form.locator("form > button").click()
    expect(form.locator('[name="place"]')).not_to_be_visible()
    (deed, id, changed) = door.done.pop()
    assert (deed, id, changed["width_m"]) == ("private-amend", "us-1", "900")
    verify = page.locator('[data-deed="verify"]')
    verify.locator("summary").click()
    verify.locator("textarea").fill("49.7 22.1\n50.5 23.2")
    verify.locator("form > button").click()
    expect(verify.locator("textarea")).not_to_be_visible()
    assert door.done.pop() == ("private-verify", "us-1", ["49.7 22.1", "50.5 23.2"])


@pytest.mark.rule("R-CON-07")
@pytest.mark.rule("R-ACT-32")
def test_a_shape_of_some_thousand_positions_fits_and_is_refused_in_words(console: Console) -> None:
    cookie = console.cookie()
    many = "\n".join(f"{49 + n / 10_000:.4f} 22.1" for n in range(2_000))
    fields = {"shape_type": "corridor", "place": many, "width_m": "500"}
    status, _, found = console.write("/api/shapes", cookie, fields=fields)
    assert (status, len(found["positions"]), found["refused"]) == (200, 2_000, None)
    status, _, found = console.write("/api/shapes", cookie, fields={"place": "nowhere"})
    assert (status, found["error"]["code"]) == (400, "bad-coordinates")
    assert console.write("/api/shapes", fields=fields)[0] == 401
    long = json.dumps({"fields": {"place": "x" * limits.CONSOLE_SHAPE_BYTES}}).encode()
    sent = {"Content_Type": "application/json", "Cookie": cookie, **console.own()}
    assert console.ask("POST", "/api/shapes", long, **sent)[0] == 413
