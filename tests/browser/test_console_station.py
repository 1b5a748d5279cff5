"""The console before a real station, with a real peer at the other end of the line."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from desks import Console, Desk
from playwright.sync_api import Browser, expect

from openline.station.facade import Facade
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.station.host import Host
from ports import free_port


class Pair:
    """Two stations that have joined, in one loop of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hosts: dict[str, Host] = {}
        self.ports: dict[str, int] = {}
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        for party in ("us", "ru"):
            self.ports[party] = free_port()
            address = f"https://127.0.0.1:{self.ports[party]}"
            found(Folder(folder / party), Founding(party, f"{party} cell", (address,)))
            self.start(party)
        us, ru = self.facade("us"), self.facade("ru")
        us.join(ru.card()["card"], ru.card()["fingerprint"])
        ru.join(us.card()["card"], us.card()["fingerprint"])

    def facade(self, party: str) -> Facade:
        return self.hosts[party].facade

    def start(self, party: str) -> None:
        host = Host(Folder(self.folder / party), ("127.0.0.1", self.ports[party]))
        self.hosts[party] = self._run(host.__aenter__)

    def stop(self, party: str) -> None:
        host = self.hosts.pop(party)
        self._run(lambda: host.__aexit__(None, None, None))

    def close(self) -> None:
        for party in list(self.hosts):
            self.stop(party)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(30)
        self.loop.close()

    def _run(self, work: Callable[[], Any]) -> Any:
        done: Future[Any] = asyncio.run_coroutine_threadsafe(work(), self.loop)
        return done.result(30)


def until(facade: Facade, holds: Callable[[], bool]) -> None:
    """Wait for a change that makes it hold."""
    count = 0
    for _ in range(100):
        if holds():
            return
        count = facade.wait_change(count, 5)
    pytest.fail("the station never came to it")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    yield made
    made.close()


@pytest.fixture
def officer(browser: Browser, pair: Pair) -> Iterator[Desk]:
    """The officer at the desk of `us`."""
    console = Console(pair.facade("us"))  # type: ignore[arg-type]
    console.start()
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-GB")
    desk = Desk(context.new_page(), context, console)
    desk.watch()
    desk.enter()
    yield desk
    context.close()
    console.stop()
    assert desk.foreign() == []


def plan(ref: str, lon: float) -> str:
    ring = [[lon, 49.8], [lon + 0.3, 49.8], [lon + 0.3, 50.0], [lon, 50.0], [lon, 49.8]]
    properties = {
        "ref": ref, "kind": "flight", "title": f"Flight {ref}",
        "start": "2030-04-02T08:00:00Z", "end": "2030-04-02T12:00:00Z",
        "lower": 1000, "upper": 2000, "unit": "m", "datum": "AMSL",
    }  # fmt: skip
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "geometry": geometry, "properties": properties}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


@pytest.mark.rule("R-CON-10")
def test_what_happens_on_the_line_appears_by_itself(pair: Pair, officer: Desk) -> None:
    page, us, ru = officer.page, pair.facade("us"), pair.facade("ru")
    expect(page.locator('[data-line="ru"] .state.big')).to_contain_text("UNTESTED")
    ru.send(["us"], "text", {"text": "Доброе утро"}, wait=20)
    expect(page.locator("[data-message]").first).to_contain_text("Доброе утро")
    assert us.test("ru", 20)["result"] == "passed"
    expect(page.locator('[data-line="ru"] .state.big')).to_contain_text("UP")
    expect(page.locator('[data-step="in-step"]')).to_be_visible()


@pytest.mark.rule("R-CON-16")
def test_a_collision_of_both_sides_plans_is_on_the_page_at_once(pair: Pair, officer: Desk) -> None:
    us, ru = pair.facade("us"), pair.facade("ru")
    us.notify(["ru"], plan("A-1", 22.7))
    ru.notify(["us"], plan("B-1", 22.9))
    ru.notify(["us"], plan("B-2", 25.9))
    found = officer.page.locator("[data-conflict]")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("Flight A-1")
    expect(found).to_contain_text("Flight B-1")
    (alarm,) = us.alarms()["alarms"]
    assert "Flight A-1" in alarm["text"] and "Flight B-1" in alarm["text"]
    ours = [each["id"] for each in us.conflicts()["conflicts"]]
    until(ru, lambda: [each["id"] for each in ru.conflicts()["conflicts"]] == ours)


@pytest.mark.rule("R-COLL-15")
def test_presses_on_a_conflict_and_a_notice_reach_the_other_side(pair: Pair, officer: Desk) -> None:
    us, ru, page = pair.facade("us"), pair.facade("ru"), officer.page
    us.notify(["ru"], plan("A-1", 22.7))
    ru.notify(["us"], plan("B-1", 22.9))
    page.locator('[data-conflict] [data-deed="acknowledge"]').click()
    until(ru, lambda: [s["party"] for c in ru.conflicts()["conflicts"] for s in c["said"]])
    expect(page.locator('[data-said="us"]')).to_contain_text("knows of it")
    (id,) = [c["id"] for c in ru.conflicts()["conflicts"]]
    ru.conflict_accept(id)
    page.locator('[data-conflict] [data-deed="accept"]').click()
    expect(page.locator("[data-conflict]")).to_have_attribute("data-state", "accepted")
    theirs = page.locator("[data-notice]", has_text="Flight B-1")
    theirs.locator('[data-deed="passed-on"]').click()
    theirs.locator('[name="text"]').fill("3rd Brigade")
    theirs.get_by_role("button", name="Send").click()
    expect(theirs).to_have_attribute("data-passing", "passed")

    def told() -> list[str]:
        return [u["unit"] for n in ru.notices()["notices"] for u in n["passing"]["units"]]

    until(ru, lambda: told() == ["3rd Brigade"])
    page.locator('[data-conflict] [data-deed="amend"]').click()
    for name, time in (("start", "2030-04-03 08:00"), ("end", "2030-04-03 12:00")):
        page.locator(f'[data-conflict] [name="{name}"]').fill(time)
    page.get_by_role("button", name="Send the new version").click()
    until(ru, lambda: [c["state"] for c in ru.conflicts()["conflicts"]] == ["resolved"])


@pytest.mark.rule("R-CON-15")
def test_one_button_answers_a_flash(pair: Pair, officer: Desk) -> None:
    ru = pair.facade("ru")
    sent = ru.send(["us"], "text", {"text": "Stop, stop"}, precedence="flash", wait=20)
    officer.page.locator(".acknowledge").first.click()
    expect(officer.page.locator(".acknowledge")).to_have_count(0)
    until(ru, lambda: ru.show(sent["id"])["state"] == "answered")


@pytest.mark.rule("R-CON-26")
def test_a_call_is_agreed_upon_at_the_desk(pair: Pair, officer: Desk) -> None:
    us, ru, page = pair.facade("us"), pair.facade("ru"), officer.page
    theirs = ru.call_request("us", "chief", "The ministers spoke.", "2030-05-14T09:00:00Z")["id"]
    request = page.locator(f'[data-message="{theirs}"]')
    request.locator('[data-deed="accept"]').click()
    request.locator('.move [type="submit"]').click()
    expect(request.locator("[data-deed]")).to_have_count(0)
    until(ru, lambda: ru.calls()["calls"][0]["state"] == "accepted")

    ours = us.call_request("ru", "minister", "At once.", None)["id"]
    until(ru, lambda: any(each["id"] == ours for each in ru.calls()["calls"]))
    ru.call_answer(ours, "counter", "2030-05-15T09:00:00Z", "chief", "Travelling.")
    counter = page.locator("[data-message]").filter(has=page.locator("[data-deed]"))
    expect(counter).to_have_count(1)
    expect(counter).to_contain_text("Travelling.")
    counter.locator('[data-deed="decline"]').click()
    counter.locator('[name="level"]').select_option("commander")
    counter.locator('.move [type="submit"]').click()
    expect(counter).to_have_count(0)
    until(ru, lambda: {each["state"] for each in ru.calls()["calls"]} == {"accepted", "declined"})


@pytest.mark.rule("R-CON-14")
def test_a_dead_line_is_never_shown_as_a_live_one(pair: Pair, officer: Desk) -> None:
    us, line = pair.facade("us"), officer.page.locator('[data-line="ru"]')
    assert us.test("ru", 20)["result"] == "passed"
    expect(line.locator(".state.big")).to_contain_text("UP")
    pair.stop("ru")
    us.send(["ru"], "text", {"text": "Are you there?"})
    assert us.test("ru", 1)["result"] == "failed"
    expect(line.locator(".state.big")).to_contain_text("LATE")
    assert us.test("ru", 1)["result"] == "failed"
    expect(line.locator(".state.big")).to_contain_text("DOWN")
    pair.start("ru")
    assert us.test("ru", 20)["result"] == "passed"
    expect(line.locator(".state.big")).to_contain_text("UP")


@pytest.mark.rule("R-TEST-13")
def test_the_officer_on_watch_types_a_phrase_back(pair: Pair, officer: Desk) -> None:
    us, ru = pair.facade("us"), pair.facade("ru")
    assert us.test("ru", 20)["result"] == "passed"  # so that both know what the other reads
    test = ru.human_test("us", 0.1)
    assert test["result"] == "pending"
    page = officer.page
    box = page.locator(f'.alarms [data-phrase="{test["id"]}"]')
    expect(page.locator(".alarms")).to_contain_text(test["phrase"])
    box.locator("input").fill("yes")
    box.locator("button").click()
    expect(box).to_contain_text("not the phrase")
    box.locator("input").fill(test["phrase"].upper())
    box.locator("button").click()
    expect(box).to_have_count(0)
    until(ru, lambda: ru.status()["lines"][0]["last_human_test"]["result"] == "passed")
