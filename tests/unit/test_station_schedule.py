"""The schedule as both sides' terms make it, and as a station keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openline.forms.precedence import Precedence
from openline.line import schedule
from openline.station import timers
from openline.station.books.policy import policy_of
from openline.station.tables import tests
from openline.station.views import lines
from openline.wire.message import write_message
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.party import Direction
from simulation.world import Side, World, joined, payload


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world


def policy(side: Side, peer: str) -> Any:
    with side.store.read() as connection:
        return policy_of(connection, peer)


def next_test(side: Side, peer: str) -> str:
    with side.store.read() as connection:
        return str(timers.next_test(connection, peer, side.now()))


def both(world: World) -> Any:
    world.settle()
    assert policy(world["us"], "ru") == policy(world["ru"], "us")
    return policy(world["us"], "ru")


@pytest.mark.rule("R-LINE-13")
@pytest.mark.rule("R-TEST-08")
def test_the_hours_of_both_sides_hold_each_without_its_own_sides_holidays(world: World) -> None:
    us, ru = world["us"], world["ru"]
    assert both(world).schedule == schedule.DEFAULT
    workdays = ["fri", "mon", "tue", "wed", "thu"]
    hours = [{"time": "14:30", "zone": "Europe/Moscow", "weekdays": workdays}]
    ru.send("us", "terms", schedule=hours, holidays=["2022-03-02"])
    # It is Tuesday, 1 March 2022, noon in UTC; Moscow has 15:00.
    world.settle()
    assert next_test(us, "ru") == "2022-03-03T11:30:00Z"
    us.send("ru", "terms", test_times=["11:30"])
    world.settle()
    assert next_test(us, "ru") == next_test(ru, "us") == "2022-03-02T11:30:00Z"
    assert len(both(world).schedule) == 2
    world.clock.pass_ms(86_400_000)
    us.tick()
    (row,) = us.rows(tests)
    assert str(Moment(row.scheduled)) == "2022-03-02T11:30:00Z"


@pytest.mark.rule("R-LINE-13")
def test_the_newest_of_a_sides_hours_stands(world: World) -> None:
    us = world["us"]
    us.send("ru", "terms", test_times=["06:00"])
    us.send("ru", "terms", schedule=[{"time": "07:00", "zone": "UTC"}])
    us.send("ru", "terms", quantum="off")
    assert [hour.time for hour in both(world).schedule] == ["07:00"]
    us.send("ru", "terms", test_times=["08:00"])
    assert [hour.time for hour in both(world).schedule] == ["08:00"]


@pytest.mark.rule("R-LINE-13")
def test_probes_and_answers_are_as_quick_as_the_quicker_side_says(world: World) -> None:
    us, ru = world["us"], world["ru"]
    fresh = both(world)
    assert fresh.probe_every_ms == 600_000
    assert list(fresh.answer_within_ms.values()) == [60_000, 300_000, 3_600_000, 86_400_000]
    slow = {"flash": 120, "immediate": 60, "priority": 7_200, "routine": 86_400}
    us.send("ru", "terms", probe_every_s=3_600, answer_within_s=slow)
    one = both(world)
    # One side's word alone makes nothing slower: the other counts with the default.
    assert one.probe_every_ms == 600_000
    assert one.answer_within_ms[Precedence.FLASH] == 60_000
    assert one.answer_within_ms[Precedence.IMMEDIATE] == 60_000
    ru.send("us", "terms", probe_every_s=1_800, answer_within_s={**slow, "flash": 90})
    two = both(world)
    assert two.probe_every_ms == 1_800_000
    assert list(two.answer_within_ms.values()) == [90_000, 60_000, 7_200_000, 86_400_000]


@pytest.mark.rule("R-TEST-08")
@pytest.mark.parametrize("zone", ["Europe/Atlantis", "localtime"])
def test_a_zone_that_is_not_known_is_refused_here_and_not_understood_there(
    world: World, zone: str
) -> None:
    us, ru = world["us"], world["ru"]
    hours = [{"time": "07:00", "zone": zone}]
    with pytest.raises(OpenlineError) as caught:
        us.send("ru", "terms", schedule=hours)
    assert (caught.value.code, caught.value.rule) == ("unknown-zone", "R-TEST-08")
    assert [row.form for row in us.ours("ru")] == ["card"]
    content = payload("terms", {"schedule": hours})
    raw = write_message(us.engine.signer, Direction("us", "ru", 1), 1, us.now(), content).raw
    world.say("us", "ru", raw)
    assert ru.ours("us")[-1].form == "not-understood"
    assert policy(ru, "us").schedule == schedule.DEFAULT


def test_a_policy_is_shown_whole(world: World) -> None:
    us = world["us"]
    us.send("ru", "terms", schedule=[{"time": "07:00", "zone": "Asia/Seoul", "weekdays": ["mon"]}])
    shown = lines.policy(us, "ru")  # type: ignore[arg-type]
    hour = {"time": "07:00", "zone": "Asia/Seoul", "weekdays": ["mon"], "holidays": []}
    assert shown["schedule"] == [hour]
    assert shown["answer_within_s"]["flash"] == 60
