"""The history of line tests, availability, and both as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from openline.cli.tests import _csv as csv_of
from openline.documents.testplot import DAYS, NONE, POOR, availability_plot
from openline.line.linetest import Measure
from openline.station import humantesting
from openline.station.books import probes
from openline.station.views.linetests import history
from openline.words.errors import OpenlineError
from openline.words.moment import DAY_MS
from simulation.world import World, joined


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world


def told(world: World, peer: str | None = "ru", limit: int = 100) -> dict[str, Any]:
    return history(world["us"], peer, limit)  # type: ignore[arg-type]


def shares(world: World) -> dict[str, list[float | None]]:
    rows = told(world)["availability"]
    return {row["name"] or row["of"]: [s["share"] for s in row["spans"]] for row in rows}


@pytest.mark.rule("R-TEST-15")
def test_availability_is_told_of_each_carrier_the_machine_and_the_human(world: World) -> None:
    us, ru = world["us"], world["ru"]
    assert shares(world) == {"machine": [None] * 3, "human": [None] * 3}
    for ago, answered in ((0, True), (0, False), (6, True), (7, False), (29, True), (30, False)):
        at = us.now().plus_ms(-ago * DAY_MS)
        measured = Measure(10, 0, 0) if answered else None
        us.run(partial(probes.keep, peer="ru", carrier="mail", at=at, measured=measured))
    assert shares(world)["mail"] == [2 / 3, 3 / 5, 3 / 6]

    us.test("ru")
    world.settle()
    us.test("ru", within_ms=1)
    world.clock.pass_ms(1)
    us.tick()
    assert shares(world)["machine"] == [0.5] * 3
    id = humantesting.begin(us, "ru", "en")  # type: ignore[arg-type]
    world.settle()
    assert shares(world)["human"] == [None] * 3  # not over yet
    phrase = next(t["phrase"] for t in told(world)["tests"] if t["kind"] == "human")
    humantesting.answer(ru, id, phrase, "en")  # type: ignore[arg-type]
    world.settle()
    assert shares(world)["human"] == [1.0] * 3
    world.clock.pass_ms(8 * DAY_MS)
    assert shares(world)["human"] == [None, 1.0, 1.0]


@pytest.mark.rule("R-TEST-16")
def test_tests_are_listed_newest_first_as_many_as_are_wanted(world: World) -> None:
    us = world["us"]
    ids = []
    for begin in (us.test, lambda peer: humantesting.begin(us, peer, "en"), us.test):  # type: ignore[arg-type]
        ids.append(begin("ru"))
        world.settle()
        world.clock.pass_ms(1_000)
    listed = told(world, None)["tests"]
    assert [test["id"] for test in listed] == ids[::-1]
    assert [test["kind"] for test in listed] == ["machine", "human", "machine"]
    assert [test["id"] for test in told(world, "ru", 1)["tests"]] == ids[-1:]
    with pytest.raises(OpenlineError) as caught:
        told(world, "un")
    assert caught.value.code == "unknown-line"


@pytest.mark.rule("R-TEST-16")
@pytest.mark.parametrize("why", ["=1+1", "+1", "-1", "@SUM(A1)", "\x1b[2J", 'a "quoted", word'])
def test_no_cell_of_the_csv_is_a_formula_or_steers_a_terminal(world: World, why: str) -> None:
    world["us"].test("ru")
    world.settle()
    (test,) = told(world)["tests"]
    text = csv_of([test | {"why": why}])
    ((head, *_), *_), (row,) = (
        list(csv.reader(io.StringIO(text)))[:1],
        list(csv.DictReader(io.StringIO(text))),
    )
    assert head == "kind"
    assert (row["id"], row["result"], row["rtt_ms"]) == (test["id"], "passed", "0")
    assert row["why"][0] not in "=+-@" and "\x1b" not in text
    assert row["why"].endswith(why) or "\\u001b" in row["why"]


@pytest.mark.rule("R-TEST-16")
@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_plot_tells_no_try_from_no_answer_and_asks_for_nothing(language: str) -> None:
    days = [["2022-03-01", 10, 10], ["2022-02-28", 10, 0], ["2021-03-01", 10, 10]]
    spans = [{"days": 30, "run": 20, "answered": 10, "share": 0.5}]
    rows = [{"line": "<ru>", "of": "carrier", "name": "a&b", "spans": spans, "days": days}]
    text = availability_plot(rows, date(2022, 3, 1), language)
    root = ElementTree.fromstring(text)
    bars = [bar for bar in root.iter("{http://www.w3.org/2000/svg}rect") if len(bar)]
    assert len(bars) == DAYS
    told = {bar[0].text: (bar.get("height"), bar.get("fill")) for bar in bars}
    none, lost = told["2022-02-27: 0/0"], told["2022-02-28: 0/10"]
    assert (none[1], lost[1]) == (NONE, POOR)
    assert told["2022-03-01: 10/10"][0] == "24"
    assert "50.00 %" in text and "<ru>" not in text
    assert text.count("http") == 1  # the name of SVG itself
    assert "<svg" in availability_plot([], date(2022, 3, 1), language)
