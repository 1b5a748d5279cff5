"""The player, on made-up stations: when it moves the clock, when it waits, how it fails."""

from __future__ import annotations

import pytest

from openline.scenario.clock import ScenarioClock
from openline.scenario.figures import figures, good, records_equal
from openline.scenario.player import Happened, Player, Stopped
from openline.scenario.script import Script, parse
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from scenario_world import HEAD, OPEN, TINY, FakeStation, event

TESTS = ["2022-03-01T09:30:00Z", "2022-03-01T15:30:00Z", "2022-03-02T09:30:00Z"]
AFTER = "2022-03-02T15:30:00Z"


class Stage:
    """Two made-up stations and a player."""

    def __init__(self, text: str = TINY, quiet_within_s: float = 30) -> None:
        self.script: Script = parse(text)
        self.clock = ScenarioClock(self.script.start, lambda: 0)
        self.us = FakeStation("us", self.clock, [*TESTS, AFTER])
        self.ru = FakeStation("ru", self.clock, [TESTS[0], AFTER])
        self.seen: list[Happened] = []
        stations = {"us": self.us, "ru": self.ru}
        self.player = Player(
            self.script,
            stations,  # type: ignore[arg-type]
            self.clock,
            self.seen.append,
            quiet_within_s,
        )


@pytest.mark.rule("R-SCN-08")
def test_every_test_is_run_when_it_is_due_and_none_after_the_end() -> None:
    stage = Stage()
    stage.player.play()
    assert [str(at) for at in stage.us.ran] == TESTS
    assert [str(at) for at in stage.ru.ran] == TESTS[:1]
    assert stage.clock.now().wall == stage.script.end


@pytest.mark.rule("R-SCN-08")
def test_events_and_tests_are_reported_in_the_order_of_time() -> None:
    stage = Stage()
    stage.player.play()
    assert [str(h.at)[5:16] for h in stage.seen] == [
        *("03-01T08:00", "03-01T09:00", "03-01T09:30"),
        *("03-01T10:00", "03-01T15:30", "03-02T09:30"),
    ]
    assert [h.event is None for h in stage.seen] == [False, False, True, False, True, True]


@pytest.mark.rule("R-SCN-08")
def test_events_of_one_instant_are_all_played() -> None:
    again = event(at='"2022-03-01T11:00:00Z"')
    stage = Stage(TINY + again + again)
    stage.player.play()
    assert [form for form, _ in stage.us.sent] == ["text"] * 3


def test_an_answer_is_about_the_id_that_the_named_event_became() -> None:
    stage = Stage()
    stage.player.play()
    assert stage.us.sent == [("text", {"text": "Hello."})]
    assert stage.ru.sent == [("acknowledged", {"about": "us-0000000001"})]
    assert stage.seen[1].id == "us-0000000001"


def test_a_line_is_opened_by_both_sides_with_fingerprints() -> None:
    stage = Stage(HEAD + OPEN)
    stage.player.play()
    assert stage.us.joined == ["card of ru, words of ru"]
    assert stage.ru.joined == ["card of us, words of us"]


@pytest.mark.rule("R-SCN-09")
def test_the_clock_stands_until_all_stations_are_quiet() -> None:
    stage = Stage()
    stage.ru.restless = 25
    moved: list[int] = []
    stage.clock.on_jump(lambda: moved.append(stage.ru.restless))
    stage.player.play()
    assert all(restless < 0 for restless in moved[1:])  # the first leap is to the start itself


@pytest.mark.rule("R-SCN-09")
def test_a_station_that_never_rests_is_named() -> None:
    stage = Stage(quiet_within_s=0)
    stage.ru.restless = 1_000_000
    with pytest.raises(OpenlineError) as caught:
        stage.player.play()
    assert (caught.value.code, caught.value.rule) == ("scenario-stalled", "R-SCN-09")
    assert "station ru" in caught.value.message
    assert "event 1 (us, 2022-03-01T08:00:00Z, open-line)" in caught.value.message
    assert stage.clock.now().wall == stage.script.start


@pytest.mark.rule("R-SCN-15")
def test_a_refusal_names_its_event_and_keeps_its_code() -> None:
    stage = Stage()
    stage.ru.refuse = "acknowledged"
    with pytest.raises(OpenlineError) as caught:
        stage.player.play()
    error = caught.value
    assert (error.code, error.rule, error.next) == ("refused-here", "R-SCN-01", "do it not")
    assert error.message == "event 3 (ru, 2022-03-01T10:00:00Z, acknowledged): it is refused"


@pytest.mark.rule("R-SCN-07")
def test_acknowledging_where_nothing_alarms_is_a_fault_of_the_scenario() -> None:
    stage = Stage(TINY + event(do='"acknowledge-alarms"', fields=""))
    with pytest.raises(OpenlineError, match="no alarm to acknowledge"):
        stage.player.play()


def test_a_play_can_be_stopped() -> None:
    stage = Stage()
    stage.player.stop()
    with pytest.raises(Stopped):
        stage.player.play()
    assert stage.us.sent == []


# ---- figures -------------------------------------------------------------------------


class Books:
    """What the figures ask of a station."""

    def __init__(self, party: str, other: str, out: str, into: str, passed: int = 4) -> None:
        self._records = {"out": {"root": out, "size": 7}, "in": {"root": into, "size": 7}}
        self._passed = passed
        self._other = other

    def status(self) -> object:
        return {"lines": [{"line": self._other, "records": self._records}]}

    def clocks(self, at: str | None = None) -> object:
        days = {"chief": 18, "leader": None}
        return {
            "clocks": [{"level": level, "days": d} for level, d in days.items()],
            "tests": [{"run": 4, "passed": self._passed}],
        }

    def conflicts(self) -> object:
        return {"conflicts": [{"id": "x-1"}]}

    def near_misses(self) -> object:
        return {"near_misses": [{"id": "x-2"}, {"id": "x-3"}]}


def came_to(**ru: object) -> dict[str, object]:
    values = {"out": "b", "into": "a"} | ru
    books = {"us": Books("us", "ru", "a", "b"), "ru": Books("ru", "us", **values)}
    return figures(parse(TINY), books)  # type: ignore[arg-type]


@pytest.mark.rule("R-SCN-10")
def test_a_test_counts_once_and_passes_on_both_sides_or_not_at_all() -> None:
    assert came_to()["tests"] == {"run": 4, "passed": 4}
    failed = came_to(passed=3)
    assert failed["tests"] == {"run": 4, "passed": 3}
    assert good(came_to()) and not good(failed)


def test_pairs_that_both_sides_list_count_once() -> None:
    assert (came_to()["conflicts"], came_to()["near_misses"]) == (1, 2)


def test_levels_at_which_nobody_ever_spoke_are_left_out() -> None:
    assert came_to()["contacts"] == [{"level": "chief", "before_days": 18, "after_days": 18}]


@pytest.mark.rule("R-SCN-11")
@pytest.mark.parametrize("ru", [{"out": "c"}, {"into": "c"}])
def test_one_root_that_differs_makes_the_records_unequal(ru: dict[str, object]) -> None:
    assert came_to()["records_equal"] is True
    assert came_to(**ru)["records_equal"] is False
    assert not good(came_to(**ru))


@pytest.mark.rule("R-SCN-11")
def test_a_line_that_one_side_does_not_have_is_not_equal() -> None:
    lonely = {"us": Books("us", "ru", "a", "b"), "ru": Books("ru", "fr", "b", "a")}
    assert not records_equal(lonely)  # type: ignore[arg-type]


def test_moments_are_compared_as_the_script_says() -> None:
    assert parse("figures = { before = '2022-03-01T09:00:00Z' }\n" + TINY).before == Moment.parse(
        "2022-03-01T09:00:00Z"
    )
