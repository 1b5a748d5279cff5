"""Human tests: a phrase crosses the line and comes back, typed by a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.line.humantest import VERSES, is_same, phrase_of
from openline.station import acts, humantesting, timers
from openline.station.linetest_tables import human_tests
from openline.station.tables import contacts
from openline.station.views.lines import human_json
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from simulation.world import Side, World, joined


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world


def begin(world: World, language: str = "en") -> str:
    """A human test by `us` that has arrived at `ru`."""
    id = humantesting.begin(world["us"], "ru", language)  # type: ignore[arg-type]
    world.settle()
    return id


def row(world: World) -> Any:
    (found,) = world["us"].rows(human_tests)
    return found


def type_back(side: Side, id: str, phrase: str) -> None:
    humantesting.answer(side, id, phrase, "en")  # type: ignore[arg-type]


@pytest.mark.rule("R-TEST-13")
@pytest.mark.rule("R-TEST-14")
def test_a_phrase_typed_back_in_time_passes_and_the_time_is_measured(world: World) -> None:
    ru = world["ru"]
    id = begin(world, "ru-RU")
    alarm = ru.alarms()[f"us:{id}"]
    assert (alarm.what, alarm.acknowledged_at) == ("human-test", None)
    assert row(world).result == "pending"
    world.clock.pass_ms(27_500)
    acts.acknowledge_alarm(ru, alarm.id)  # type: ignore[arg-type]
    world.settle()
    assert row(world).result == "pending"  # silence is no answer
    assert [r.form for r in ru.ours("us")] == ["card"]
    type_back(ru, id, f"  {row(world).phrase.upper()}! ")
    world.settle()
    world.check_quiet()
    shown = human_json(row(world))
    assert (shown["result"], shown["seconds"], shown["why"]) == ("passed", 27.5, "")
    assert {r.state for r in world["us"].ours("ru") if r.id == id} == {"answered"}
    # Somebody is there, but the desks have said nothing to each other.
    assert world["us"].rows(contacts) == ru.rows(contacts) == []


@pytest.mark.rule("R-TEST-14")
def test_another_phrase_is_refused_where_it_is_typed_and_passes_nowhere(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = begin(world)
    with pytest.raises(OpenlineError) as caught:
        type_back(ru, id, "yes, yes")
    assert (caught.value.code, caught.value.rule) == ("wrong-phrase", "R-TEST-14")
    assert row(world).phrase in caught.value.next
    # A station that does not look lets it pass; ours does not.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("openline.line.humantest.is_same", lambda typed, shown: True)
        type_back(ru, id, "yes, yes")
    world.settle()
    assert (row(world).result, row(world).why) == ("failed", "another phrase was typed")
    assert us.rows(contacts) == []


@pytest.mark.rule("R-TEST-13")
def test_nobody_in_time_has_failed_and_an_answer_after_that_is_late(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = begin(world)
    with us.store.read() as connection:
        wake = timers.next_wake(connection, us.engine.lines, us.now())
    assert wake == us.now().plus_ms(300_000) == Moment(row(world).deadline)
    world.clock.pass_ms(299_999)
    us.tick()
    assert row(world).result == "pending"
    world.clock.pass_ms(1)
    us.tick()
    assert (row(world).result, row(world).why) == ("failed", "no answer")
    type_back(ru, id, row(world).phrase)
    world.settle()
    assert (row(world).result, row(world).why) == ("late", "")
    second = begin(world)
    world.clock.pass_ms(400_000)  # answered before anybody looked at the clock
    type_back(ru, second, us.rows(human_tests, human_tests.c.id == second)[0].phrase)
    world.settle()
    assert us.rows(human_tests, human_tests.c.id == second)[0].result == "late"


@pytest.mark.rule("R-TEST-14")
def test_only_a_human_test_of_the_other_side_takes_a_phrase(world: World) -> None:
    us, ru = world["us"], world["ru"]
    id = begin(world)
    text = us.send("ru")
    world.settle()
    for side, about, code in (
        (ru, text, "no-human-test"),
        (us, id, "unknown-message"),
        (ru, "us-0000000000", "unknown-message"),
    ):
        with pytest.raises(OpenlineError) as caught:
            type_back(side, about, row(world).phrase)
        assert caught.value.code == code
    assert len(ru.ours("us")) == 1


@pytest.mark.rule("R-UPG-07")
def test_an_older_peer_is_asked_for_no_phrase(world: World) -> None:
    us = world["us"]
    line = us.engine.lines["ru"]
    names = line.__dataclass_fields__
    older = {**{name: getattr(line, name) for name in names}, "level": 2}
    us.engine.lines["ru"] = line.__class__(**older)
    with pytest.raises(OpenlineError) as caught:
        begin(world)
    assert caught.value.code == "peer-too-old"
    assert us.rows(human_tests) == []


@pytest.mark.rule("R-TEST-13")
@given(st.sampled_from(["en", "ru", "ru-RU", "de"]), st.integers(0, 2**32 - 1))
def test_every_phrase_is_short_clean_and_typed_back_by_itself(language: str, drawn: int) -> None:
    phrase = phrase_of(language, drawn)
    assert len(phrase) <= limits.FIELD_CHARS and phrase[-2:].isdigit()
    assert is_same(phrase, phrase) and is_same(phrase.replace(" ", ""), phrase.title())
    assert not is_same(phrase[:-1], phrase) and not is_same("", phrase)


def test_no_two_verses_are_taken_for_one() -> None:
    for verses in VERSES.values():
        assert sum(is_same(a, b) for a in verses for b in verses) == len(verses)
    assert is_same("паром ждет", "Паром ждёт.")
