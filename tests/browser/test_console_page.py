"""The page as a duty officer sees it, in a real browser."""

import re
from base64 import b64encode

import pytest
from desks import FLAGS, Console, Desk, chromium
from fake_door import EVENING, FakeDoor, activity, clock, line, rfc3339
from playwright.sync_api import Browser, expect


@pytest.mark.rule("R-CON-01")
@pytest.mark.rule("R-CON-08")
def test_the_link_opens_the_page_once_and_leaves_the_address(desk: Desk) -> None:
    link = desk.console.link()
    desk.page.goto(link)
    expect(desk.page.locator('[data-contact="live"]')).to_be_visible()
    assert desk.page.url == f"{desk.console.address}/"
    token = link.partition("#enter=")[2]
    assert not any(token in url.partition("#")[0] for url in desk.requests)
    assert "openline" not in desk.page.evaluate("document.cookie")
    # A reload keeps the session; a stranger with the used link gets none.
    desk.page.reload()
    expect(desk.page.locator('[data-contact="live"]')).to_be_visible()
    desk.context.clear_cookies()
    desk.page.goto("about:blank")
    desk.page.goto(link)
    expect(desk.page.locator('[data-contact="locked"]')).to_be_visible()
    expect(desk.page.get_by_role("alert")).to_contain_text("NO SESSION")


@pytest.mark.rule("R-CON-01")
def test_a_slow_station_is_asked_nothing_before_the_link_is_traded(desk: Desk) -> None:
    page, trades = desk.page, []
    page.clock.install()
    page.route(
        "**/api/session",
        lambda route: trades.append(route) if route.request.method == "POST" else route.continue_(),
    )
    with page.expect_request("**/api/session"):
        page.goto(desk.console.link())
    page.clock.run_for(5_000)
    asked = [url for url in desk.requests if "/api/" in url]
    assert asked == [f"{desk.console.address}/api/session"]
    trades.pop().continue_()
    page.clock.resume()
    expect(page.locator('[data-contact="live"]')).to_be_visible()
    assert desk.complaints == []


@pytest.mark.rule("R-CON-03")
def test_without_a_link_the_page_shows_nothing_of_the_station(desk: Desk) -> None:
    desk.page.goto(desk.console.address)
    expect(desk.page.get_by_role("alert")).to_contain_text("NO SESSION")
    assert "Russian Ministry" not in desk.page.content()


def test_the_page_shows_state_clock_message_and_conflict(desk: Desk) -> None:
    page = desk.enter()
    expect(page.locator('[data-line="ru"] .state.big')).to_contain_text("UP")
    expect(page.locator(".last-test")).to_contain_text("passed 4 h 3")
    expect(page.locator(".last-test")).to_contain_text("412 ms")
    expect(page.locator('[data-step="in-step"]')).to_be_visible()
    minister = page.locator('[data-level="minister"]')
    expect(minister).to_contain_text("83")
    expect(minister).to_contain_text("6 sought · 2 declined · 3 unanswered")
    newest = page.locator("[data-message]").first
    expect(newest).to_have_attribute("data-message", "m-5")
    expect(newest).to_contain_text("FLASH")
    expect(newest).to_contain_text("6 min ago")
    expect(page.locator('[data-line="ru"]')).to_contain_text(re.compile(r"declared\s*● open"))


@pytest.mark.rule("R-CON-16")
def test_a_conflict_is_listed_with_time_and_distances(desk: Desk, door: FakeDoor) -> None:
    door.conflicts_held = [
        {**door.conflicts_held[0], "horizontal_m": 640.4, "vertical_m": 12_000, "flags": ["AGL"]}
    ]
    page = desk.enter()
    listed = page.locator('[data-conflict="c-1"]')
    expect(listed).to_contain_text("2022-05-13 07:30–09:00 UTC")
    expect(listed).to_contain_text("640 m apart · 12 km in height")
    expect(listed).to_contain_text("AGL")
    listed.locator(".pair").click()
    expect(page.locator('[data-activity="a-ru-1"] .details')).to_contain_text("6000–11000 m AMSL")


@pytest.mark.rule("R-CON-16")
def test_what_is_over_is_kept_apart(desk: Desk, door: FakeDoor) -> None:
    over = {**door.conflicts_held[0], "id": "c-0", "state": "expired"}
    ended = {**door.activities_held[0], "id": "a-us-0", "state": "ended"}
    door.conflicts_held.append(over)
    door.activities_held.append(ended)
    page = desk.enter()
    expect(page.locator(".map-label")).to_have_count(5)
    expect(page.locator('[data-conflict="c-1"]')).to_be_visible()
    for old in ['[data-conflict="c-0"]', '[data-activity="a-us-0"]']:
        expect(page.locator(old)).to_be_hidden()
    for each in page.locator("details.past summary").all():
        each.click()
    expect(page.locator('[data-conflict="c-0"]')).to_contain_text("expired")
    expect(page.locator('[data-activity="a-us-0"]')).to_be_visible()


@pytest.mark.rule("R-CON-11")
def test_ages_are_counted_by_the_stations_clock(desk: Desk, door: FakeDoor) -> None:
    page = desk.enter()
    newest = page.locator("[data-message]").first.locator("time")
    expect(newest).to_have_text("6 min ago")
    door.pass_time(minutes=30)
    expect(newest).to_have_text("36 min ago")
    door.pass_time(days=3)
    expect(newest).to_have_text("3 days ago")
    expect(page.locator("output.now")).to_contain_text("2022-05-15")


@pytest.mark.rule("R-CON-11")
def test_ages_tick_between_the_stations_replies(desk: Desk) -> None:
    page = desk.enter()
    shown = page.locator("output.now")
    expect(shown).to_contain_text("2022-05-12 20:3")
    for _ in range(3):
        before = shown.inner_text()
        expect(shown).not_to_have_text(before)


@pytest.mark.rule("R-CON-12")
def test_a_stopped_station_is_said_and_its_return_too(desk: Desk, door: FakeDoor) -> None:
    page = desk.enter()
    expect(page.locator('[data-contact="live"]')).to_be_visible()
    desk.console.stop()
    banner = page.get_by_role("alert")
    expect(banner).to_contain_text("STATION LOST")
    expect(banner).to_contain_text("as of 2022-05-12 20:3")
    expect(page.locator("main.stale")).to_be_visible()
    expect(page.locator(".lines .asof")).to_contain_text("OLD")
    expect(page.locator('[data-line="ru"]')).to_contain_text("last known")
    expect(page.locator(".acknowledge")).to_be_disabled()
    expect(page).to_have_title(re.compile("^✕"))
    door.line = line(observed="late")
    desk.console.start()
    expect(banner).to_be_empty()
    expect(page.locator(".state.big")).to_contain_text("LATE")
    expect(page.locator(".lines .asof")).not_to_contain_text("OLD")


@pytest.mark.rule("R-CON-12")
def test_a_silent_station_is_said_though_the_connection_stands(desk: Desk, door: FakeDoor) -> None:
    page = desk.enter()
    expect(page.locator('[data-contact="live"]')).to_be_visible()
    door.silent.set()
    expect(page.get_by_role("alert")).to_contain_text("STATION LOST")
    door.silent.clear()
    expect(page.get_by_role("alert")).to_be_empty()


@pytest.mark.rule("R-CON-12")
def test_a_station_that_forgot_the_session_is_said(desk: Desk) -> None:
    page = desk.enter()
    expect(page.locator(".state.big")).to_be_visible()
    desk.console.stop()
    desk.console.gate.sessions._open.clear()
    desk.console.start()
    expect(page.get_by_role("alert")).to_contain_text("NO SESSION")
    expect(page.locator("main.stale")).to_be_visible()
    page.goto(desk.console.link())
    expect(page.get_by_role("alert")).to_be_empty()


@pytest.mark.rule("R-CON-13")
@pytest.mark.rule("R-CON-17")
def test_the_map_is_drawn_and_nothing_leaves_the_origin(desk: Desk) -> None:
    page = desk.enter()
    expect(page.locator('[data-map="drawn"]')).to_be_visible()
    expect(page.locator(".map-label.own")).to_have_count(2)
    expect(page.locator(".map-label.theirs")).to_have_count(2)
    expect(page.locator(".map-label.clash")).to_have_text("✕ 1")
    drawn = page.locator("canvas.maplibregl-canvas")
    assert len(set(drawn.screenshot())) > 16
    page.locator(".map-label.theirs").first.click()
    expect(page.locator('[data-activity="a-ru-1"] .details')).to_be_visible()
    assert any("/land-50m" in url for url in desk.requests)
    assert not any("countries" in url for url in desk.requests)
    assert desk.foreign() == []
    assert desk.complaints == []


@pytest.mark.rule("R-CON-16")
def test_ours_and_theirs_differ_by_more_than_colour(desk: Desk) -> None:
    page = desk.enter()
    expect(page.locator(".legend")).to_contain_text("ours (us)")

    def edge(side: str) -> str:
        key = page.locator(f".legend .key.{side}")
        return str(key.evaluate("each => getComputedStyle(each).borderTopStyle"))

    assert (edge("own"), edge("theirs")) == ("solid", "dashed")


@pytest.mark.rule("R-CON-16")
def test_without_webgl_everything_is_still_listed(browser: Browser, console: Console) -> None:
    flags = [each for each in FLAGS if "swiftshader" not in each]
    plain = browser.browser_type.launch(
        executable_path=chromium(), args=[*flags, "--disable-3d-apis"]
    )
    try:
        page = plain.new_page(locale="en-GB")
        page.goto(console.link())
        expect(page.locator('[data-map="absent"]')).to_contain_text("cannot draw the map")
        expect(page.locator("[data-activity]")).to_have_count(4)
        expect(page.locator("[data-conflict]")).to_have_count(1)
    finally:
        plain.close()


@pytest.mark.rule("R-CON-14")
def test_silence_is_not_shown_as_safety(desk: Desk, door: FakeDoor) -> None:
    down = {"name": "https", "state": "down", "last_ok": None, "error": "refused"}
    door.line = line(observed="untested", last_test=None, next_test=None, carriers=[down])
    door.clocks_held = [clock("leader", None, None, 0, 0, 0)]
    door.activities_held, door.conflicts_held = [], []
    page = desk.enter()
    expect(page.locator(".state.big")).to_contain_text("UNTESTED")
    shown = page.locator('[data-line="ru"]')
    for words in ["never tested", "none scheduled", "not known whether in step", "refused"]:
        expect(shown).to_contain_text(words)
    expect(page.locator(".clocks")).to_contain_text("never")
    silence = "That does not mean that nothing happens"
    expect(page.locator(".panel.map")).to_contain_text(silence)


@pytest.mark.rule("R-CON-14")
def test_an_overdue_test_and_data_that_fail_are_said(desk: Desk, door: FakeDoor) -> None:
    door.line = line(next_test=rfc3339(EVENING), observed="sideways")
    page = desk.enter()
    door.pass_time(hours=1)
    expect(page.locator('[data-line="ru"]')).to_contain_text("overdue by 1 h")
    # A state that this page does not know is shown as it came, and not as good.
    expect(page.locator(".state.big.unknown")).to_contain_text("sideways")
    door.fails = RuntimeError("broken")
    door.change()
    expect(page.locator(".lines")).to_contain_text("Could not be renewed.")
    expect(page.locator(".lines .asof")).to_contain_text("OLD")


@pytest.mark.rule("R-CON-15")
def test_an_alarm_stands_until_it_is_acknowledged(desk: Desk, door: FakeDoor) -> None:
    page = desk.enter()
    alarm = page.locator('[data-alarm="alarm-1"]')
    expect(alarm).to_contain_text("Drone lost")
    alarm.get_by_role("button", name="Acknowledge").click()
    expect(alarm).to_have_count(0)
    assert door.acknowledged == ["alarm-1"]
    door.alarms_held = [{**door.alarms_held[0], "id": "alarm-2", "acknowledged_at": None}]
    door.change()
    refused = page.locator('[data-alarm="alarm-2"]')
    expect(refused).to_be_visible()
    door.acknowledge = None  # type: ignore[assignment,method-assign]
    refused.get_by_role("button").click()
    expect(refused).to_contain_text("Not acknowledged.")
    expect(refused).to_be_visible()


@pytest.mark.rule("R-CON-18")
def test_the_language_is_the_browsers_and_can_be_switched(
    browser: Browser, desk: Desk, door: FakeDoor
) -> None:
    page = desk.enter()
    expect(page.locator(".state.big")).to_contain_text("UP")
    expect(page.locator("[data-message]")).to_have_count(5)
    assert door.languages == {"en"}
    page.get_by_role("button", name="RU", exact=True).click()
    expect(page.locator(".state.big")).to_contain_text("РАБОТАЕТ")
    expect(page.locator(".messages .asof")).to_contain_text("назад")
    with page.expect_response(re.compile("/api/messages.*language=ru")):
        door.change()
    assert door.languages == {"en", "ru"}
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    page.reload()
    expect(page.locator(".state.big")).to_contain_text("РАБОТАЕТ")
    russian = browser.new_context(locale="ru-RU").new_page()
    russian.goto(desk.console.address)
    expect(russian.get_by_role("alert")).to_contain_text("НЕТ СЕАНСА")
    russian.context.close()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (800, 600), (1400, 900), (2560, 1440)])
def test_nothing_is_cut_off_at_any_width(desk: Desk, width: int, height: int) -> None:
    desk.page.set_viewport_size({"width": width, "height": height})
    for language in ["EN", "RU"]:
        page = desk.enter()
        page.get_by_role("button", name=language, exact=True).click()
        expect(page.locator("[data-message]")).to_have_count(5)
        page.wait_for_function("most => document.documentElement.scrollWidth <= most", arg=width)


def test_text_from_outside_stays_text(desk: Desk, door: FakeDoor) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    door.messages_held = [{**door.messages_held[0], "text": evil}]
    door.line = line(name=evil)
    page = desk.enter()
    expect(page.locator("[data-message] .text")).to_have_text(evil)
    assert page.locator("main img, main script").count() == 0
    assert not re.search(r"alert", " ".join(desk.complaints))


@pytest.mark.rule("R-KEY-09")
def test_what_a_revoked_key_signed_is_marked_as_disputed(desk: Desk, door: FakeDoor) -> None:
    door.messages_held = [*door.messages_held[:2], {**door.messages_held[2], "disputed": True}]
    page = desk.enter()
    expect(page.locator("[data-message]")).to_have_count(3)
    expect(page.locator("[data-message='m-3'] .disputed")).to_contain_text("misused")
    expect(page.locator(".disputed")).to_have_count(1)


CORNER = """async shot => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + shot;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  const drawn = canvas.getContext('2d');
  drawn.drawImage(image, 0, 0);
  return [...drawn.getImageData(image.width - 9, image.height - 9, 1, 1).data].slice(0, 3);
}"""
SEA, LAND = [11, 22, 32], [37, 50, 61]


@pytest.mark.rule("R-CON-17")
def test_sea_is_drawn_as_sea_and_land_as_land(desk: Desk, door: FakeDoor) -> None:
    places = {
        "Baltic": (19.2, 56.6, SEA),
        "Norwegian Sea": (2.0, 66.0, SEA),
        "east of 180°": (-178.0, 60.5, SEA),
        "Caspian": (50.5, 42.0, SEA),
        "Poland": (20.0, 52.0, LAND),
        "Chukotka, west of 180°": (172.0, 67.0, LAND),
        "Chukotka, east of 180°": (-177.0, 67.0, LAND),
        "Antarctica": (60.0, -78.0, LAND),
    }
    door.conflicts_held = []
    door.activities_held = []
    page = desk.enter()
    expect(page.locator('[data-map="drawn"]')).to_be_visible()
    for name, (x, y, colour) in places.items():
        point = {"type": "Point", "coordinates": [x, y]}
        door.activities_held = [activity(name, "us", name, "site", "", [], geometry=point)]
        door.change()
        expect(page.locator(".map-label")).to_have_text(name)
        canvas = page.locator("canvas.maplibregl-canvas")
        for _ in range(50):  # until the tiles of this place are drawn
            seen = page.evaluate(CORNER, b64encode(canvas.screenshot()).decode())
            if seen == colour:
                break
        assert (name, seen) == (name, colour)
