"""What the desk has to know at the console: overdue answers, missed tests, missing secrets."""

from __future__ import annotations

from typing import Any

import pytest
from desks import Console, Desk
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

    call = ["Accept …", "Another time …", "Decline …"]
    for id, buttons in [
        ("m-7", ["Stopped", "Not ours"]),
        ("m-8", call),
        ("m-9", ["Noted"]),
        ("m-6", []),
    ]:
        expect(page.locator(f'[data-overdue="{id}"]')).to_be_visible()
        expect(page.locator(f'[data-overdue="{id}"] button')).to_have_text(buttons)
    page.locator('[data-overdue="m-7"] [data-deed="stopped"]').click()
    page.locator('[data-overdue="m-9"] [data-deed="acknowledged"]').click()
    expect(page.locator('[data-overdue="m-9"] button')).to_be_enabled()
    assert door.answered == [("m-7", "stopped"), ("m-9", "acknowledged")]


def late(id: str, days: float, way: str = "in", **over: Any) -> dict[str, Any]:
    """A message that waits for a person for so many days too long."""
    form = over.pop("form", "text")
    made = message(id, way, 1, form, back(days=days, hours=1), text=f"Text {id}", **over)
    return {**made, "answer_by": back(days=days)}


@pytest.mark.rule("R-CON-21")
def test_a_call_is_accepted_countered_or_declined_where_its_request_stands(
    desk: Desk, door: FakeDoor
) -> None:
    proposed = {"level": "chief", "reason": "now", "propose": "2022-05-13T14:00:00Z"}
    asked = late("ru-1", 3, form="call-request", fields=proposed)
    door.overdue_held = [asked, late("ru-2", 4, form="call-request", fields={"level": "desk"})]
    page = desk.enter()
    first, second = (page.locator(f'[data-overdue="{id}"]') for id in ("ru-1", "ru-2"))
    first.locator('[data-deed="accept"]').click()
    expect(first.locator('[name="at"]')).to_have_value("2022-05-13 14:00")
    assert door.done == []  # a press alone commits nobody
    first.locator('.move [type="submit"]').click()
    expect(first.locator(".move")).to_have_count(0)
    second.locator('[data-deed="counter"]').click()
    second.locator('.move [type="submit"]').click()  # without a time: the browser asks for one
    second.locator('[name="at"]').fill("2022-05-14 09:30")
    second.locator('[name="level"]').select_option("commander")
    second.locator('.move [type="submit"]').click()
    expect(second.locator(".move")).to_have_count(0)
    second.locator('[data-deed="decline"]').click()
    second.locator('[name="reason"]').fill("Travelling.")
    second.locator('.move [type="submit"]').click()
    expect(second.locator(".move")).to_have_count(0)
    assert door.done == [
        ("call", "ru-1", "accept", "2022-05-13T14:00:00Z", None, None),
        ("call", "ru-2", "counter", "2022-05-14T09:30:00Z", "commander", None),
        ("call", "ru-2", "decline", None, None, "Travelling."),
    ]


@pytest.mark.rule("R-CON-21")
@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"answer": "perhaps"}, 422),
        ({"answer": "accept", "more": 1}, 422),
        ({"answer": "accept", "propose": "x" * 41}, 422),
        ({"answer": "decline"}, 200),
    ],
)
def test_an_answer_to_a_call_is_bounded(
    console: Console, door: FakeDoor, given: dict[str, Any], status: int
) -> None:
    assert console.write("/api/calls/ru-1/answer", **given)[0] == 401
    assert console.write("/api/calls/ru-1/answer", console.cookie(), **given)[0] == status
    assert len(door.done) == (status == 200)


@pytest.mark.rule("R-CON-26")
def test_a_call_is_answered_among_the_messages_while_it_is_our_turn(
    desk: Desk, door: FakeDoor
) -> None:
    times = {"ru-1": back(days=1), "ru-2": back(hours=3), "ru-3": back(hours=2)}
    door.messages_held = [
        message("ru-1", "in", 1, "call-request", times["ru-1"], fields={"level": "chief"}),
        message("ru-2", "in", 2, "call-answer", times["ru-2"], fields={"about": "us-1"}),
        message("ru-3", "in", 3, "call-answer", times["ru-3"], fields={"about": "us-1"}),
    ]

    def call(id: str, awaits: str, *turns: str) -> dict[str, Any]:
        made = [{"at": times[each], "by": "ru", "state": "countered"} for each in turns]
        return {"id": id, "line": "ru", "state": "countered", "awaits": awaits, "turns": made}

    door.calls_held = [call("ru-1", "us", "ru-1"), call("us-1", "us", "ru-2", "ru-3")]
    page = desk.enter()
    for id, count in (("ru-1", 3), ("ru-2", 0), ("ru-3", 3)):
        expect(page.locator(f'[data-message="{id}"] [data-deed]')).to_have_count(count)
    answered = page.locator('[data-message="ru-3"]')
    answered.locator('[data-deed="accept"]').click()
    answered.locator('.move [type="submit"]').click()
    expect(answered.locator(".move")).to_have_count(0)
    assert door.done == [("call", "us-1", "accept", None, None, None)]
    door.calls_held = [call("ru-1", "ru", "ru-1")]
    door.change()
    expect(page.locator("[data-message] [data-deed]")).to_have_count(0)


@pytest.mark.rule("R-CON-27")
@pytest.mark.parametrize("width", [390, 1400])
def test_what_is_overdue_for_long_is_folded_and_counted(
    desk: Desk, door: FakeDoor, width: int
) -> None:
    desk.page.set_viewport_size({"width": width, "height": 800})
    fresh = [late(f"f-{n}", 0.1, precedence="flash") for n in range(2)]
    old = [late("o", 80, precedence="immediate"), *(late(f"r-{n}", n) for n in range(9, 0, -1))]
    door.overdue_held = [*fresh, *old, late("t", 2, "out")]
    page = desk.enter()
    ours = page.locator('[data-side="in"]')
    expect(ours.locator("h3")).to_have_text("12 that we have not answered")
    standing = ours.locator(":scope > ul > [data-overdue]")
    expect(standing).to_have_count(3)
    named = [each.get_attribute("data-overdue") for each in standing.all()]
    assert named == ["f-0", "f-1", "r-1"]
    expect(ours.locator("summary")).to_have_text("Overdue for longer: 9")
    last = ours.locator('[data-overdue="o"]')
    expect(last).to_be_hidden()
    ours.locator("summary").click()
    expect(last).to_be_visible()
    expect(last.locator("button")).to_have_text("Noted")
    # It stays open while more comes in, and what is urgent and of today is never folded.
    door.overdue_held = [
        *(late(f"n-{n}", 0.01, precedence="flash") for n in range(3)),
        *door.overdue_held,
    ]
    door.change()
    expect(standing).to_have_count(5)
    expect(last).to_be_visible()
    expect(page.locator('[data-side="out"] summary')).to_have_count(0)


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


@pytest.mark.rule("R-CON-28")
@pytest.mark.parametrize("tongue", ["en", "ru"])
@pytest.mark.parametrize("state", ["up", "late", "down", "untested"])
def test_on_a_telephone_nothing_is_cut_off(
    desk: Desk, door: FakeDoor, tongue: str, state: str
) -> None:
    desk.page.set_viewport_size({"width": 390, "height": 800})
    door.line = {**door.line, "observed": state}
    door.overdue_held = [late("ru-1", 3, form="call-request", fields={"level": "chief"})]
    page = desk.enter()
    page.locator(f'.languages [lang="{tongue}"]').click()
    expect(page.locator("html")).to_have_attribute("lang", tongue)
    expect(page.locator(f'.state.big[data-state="{state}"]')).to_be_visible()
    page.locator('[data-overdue] [data-deed="counter"]').click()
    expect(page.locator("[data-overdue] .move")).to_be_visible()
    page.wait_for_function(
        """() => [...document.querySelectorAll("main .panel, .panel :is(p, dd, button, .state)")]
        .filter((each) => each.closest(".canvas") === null)
        .every((each) => each.getBoundingClientRect().right <= innerWidth - 12)"""
    )


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
