"""Scenario files: what is read, and what each fault is told as."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.scenario.script import packaged, parse
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from scenario_world import ANSWER, HEAD, HELLO, OPEN, TINY, event


def fault(text: str) -> OpenlineError:
    with pytest.raises(OpenlineError) as caught:
        parse(text)
    assert caught.value.message and caught.value.next
    return caught.value


@pytest.mark.rule("R-SCN-03")
def test_a_file_is_read_as_it_stands() -> None:
    script = parse(TINY)
    assert (script.title, script.start) == ("Two days", Moment.parse("2022-03-01T08:00:00Z"))
    assert [party.id for party in script.parties] == ["us", "ru"]
    assert script.parties[1].voice == ("+1 202 555 0101",)
    assert [e.do for e in script.events] == ["open-line", "text", "acknowledged"]
    assert [e.to for e in script.events] == [("ru",), ("ru",), ("us",)]
    assert script.events[1].fields == {"text": "Hello."}
    assert script.events[2].about == "hello"
    assert (script.before, script.after) == (script.start, script.end)


@pytest.mark.rule("R-SCN-03")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "no TOML"),
        ("title = 'x'", "lacks start"),
        (HEAD.replace("title", "Titel"), "lacks title"),
        ("colour = 'red'\n" + HEAD, "unknown 'colour'"),
        (HEAD.replace('"Two days"', "7"), "title is no text"),
        (HEAD.replace('"Two days"', '" "'), "title is no text"),
        (HEAD.replace("[[party]]", "[party]", 1).split("[[party]]")[0], "no array of tables"),
        (HEAD.replace('name = "One side"', 'name = "One side"\nrank = 1'), "unknown 'rank'"),
        (HEAD.replace('["+1 202 555 0101"]', "[7]"), "voice is neither"),
        (HEAD.replace('["+1 202 555 0101"]', '["1", "1"]'), "an entry twice"),
        ("event = 3\n" + HEAD, "no array of tables"),
        ("figures = 3\n" + HEAD, "figures is no table"),
        ("figures = { during = 'x' }\n" + HEAD, "unknown 'during'"),
        (TINY + event(colour='"red"'), "unknown 'colour'"),
        (TINY + event(note=""), "lacks note"),
        (TINY + event(note='"' + "x" * 201 + '"'), "note is no text"),
        (TINY + event(by=""), "names no party"),
        (TINY + event(fields="7"), "fields is no table"),
        (TINY + event(precedence='"soon"'), "precedence is none"),
        (TINY + event(language='"?"'), "language is no language"),
        (HEAD + "#" * limits.SCENARIO_BYTES, "SCENARIO_BYTES"),
    ],
)
def test_faults_of_the_file_are_named(text: str, said: str) -> None:
    error = fault(text)
    assert (error.code, error.rule) == ("bad-scenario", "R-SCN-03")
    assert said in f"{error.message} {error.next}"


@pytest.mark.rule("R-SCN-03")
def test_more_events_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SCENARIO_EVENTS", 2)
    assert "3 of event" in fault(TINY).message


@pytest.mark.rule("R-SCN-04")
@pytest.mark.parametrize(
    "text",
    [
        HEAD.replace('id = "ru"', 'id = "us"'),
        HEAD.rpartition("[[party]]")[0],
        HEAD.replace("2022-03-02T12:00:00Z", "2022-03-01T08:00:00Z"),
        HEAD.replace("2022-03-02T12:00:00Z", "2025-03-01T08:00:00Z"),
        HEAD + '\n[[party]]\nid = "a"\nname = "A"\n' * limits.SCENARIO_PARTIES,
    ],
)
def test_parties_and_span_are_sound(text: str) -> None:
    assert fault(text).code == "bad-scenario"


@pytest.mark.rule("R-SCN-05")
@pytest.mark.parametrize("at", ["2022-03-01T07:59:59Z", "2022-03-02T12:00:01Z"])
def test_events_lie_within_the_scenario(at: str) -> None:
    error = fault(TINY + event(at=f'"{at}"'))
    assert (error.code, error.rule) == ("bad-scenario", "R-SCN-05")


@pytest.mark.rule("R-SCN-05")
def test_events_stand_in_the_order_of_time() -> None:
    assert fault(HEAD + OPEN + HELLO + event(at='"2022-03-01T08:30:00Z"')).rule == "R-SCN-05"
    assert len(parse(HEAD + OPEN + HELLO + event(at='"2022-03-01T09:00:00Z"')).events) == 3


@pytest.mark.rule("R-SCN-06")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + HELLO, "not open yet"),
        (TINY + OPEN.replace("08:00", "12:00"), "open already"),
        (TINY + event(by='"fr"'), "no party of the scenario"),
        (TINY + event(to='["fr"]'), "no party of the scenario"),
        (TINY + event(to="[]"), "goes to nobody"),
        (TINY + event(to='"us"'), "its own party"),
        (TINY + event(name='"hello"'), "named 'hello' before"),
        (HEAD + OPEN + ANSWER, "no earlier event"),
        (TINY + event(do='"note"', fields=""), "a party too many"),
        (TINY + event(do='"acknowledge-alarms"', to='"ru"', fields=""), "a party too many"),
    ],
)
def test_parties_lines_and_names_hold_together(text: str, said: str) -> None:
    error = fault(text)
    assert (error.code, error.rule) == ("bad-scenario", "R-SCN-06")
    assert said in error.message


@pytest.mark.rule("R-SCN-07")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"do": '"tekst"'}, "unknown-form"),
        ({"do": '"linetest-answer"'}, "bad-scenario"),
        ({"fields": ""}, "missing-field"),
        ({"fields": '{ text = "x", colour = "red" }'}, "unknown-field"),
        ({"fields": '{ text = "x", about = "us-0000000000" }'}, "bad-scenario"),
        ({"about": '"hello"'}, "bad-scenario"),
        ({"do": '"acknowledged"', "fields": ""}, "bad-scenario"),
        ({"do": '"note"', "by": ""}, "bad-scenario"),
        ({"do": '"note"', "by": "", "fields": "", "name": '"n"'}, "bad-scenario"),
        ({"do": '"call-request"', "fields": '{ level = "queen", reason = "x" }'}, "bad-field"),
        ({"at": '"noon"'}, "bad-time"),
    ],
)
def test_what_cannot_be_done_is_found_before_the_play(changes: dict[str, str], code: str) -> None:
    assert fault(TINY + event(**changes)).code == code


@pytest.mark.rule("R-SCN-15")
def test_a_fault_names_the_event_by_its_place() -> None:
    assert fault(TINY + event(do='"tekst"')).message.startswith("event 4: ")
    assert fault(HEAD + HELLO).message.startswith("event 1: ")


@pytest.mark.rule("R-SCN-03")
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(TINY + text)
    except OpenlineError as error:
        assert error.code and error.message


@pytest.mark.rule("R-SCN-07")
def test_with_three_parties_an_event_says_whom_it_is_for() -> None:
    third = HEAD + '\n[[party]]\nid = "un"\nname = "A mission"\n'
    assert "goes to nobody" in fault(third + OPEN).message
    script = parse(third + OPEN.replace("do =", 'to = ["ru", "un"]\ndo ='))
    assert script.events[0].to == ("ru", "un")


def test_the_packaged_scenario_is_read() -> None:
    assert len(packaged("spring_2022").events) > 40
