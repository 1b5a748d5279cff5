"""The station's index in memory: kept in step with the store, it changes no answer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from test_station_activities import _plan

from hosts import ask, found_joined, hosts, until
from openline.conflict import compiled, index, plain
from openline.conflict.verdict import Planned
from openline.station import nearby as near
from openline.station.books import activities as book
from openline.station.nearby import Nearby
from openline.station.tables import activities
from openline.station.views.collisions import list_conflicts
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from simulation.world import Side, World, joined

HOUR_MS = 3_600_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world


def offered(side: Side, party: str) -> set[str]:
    """What the index offers a party of the first line that plans what stands there already."""
    (peer, _, draft), *_ = drafts(side)
    asked = replace(draft, id="draft-1")
    found = side.engine.nearby.ids_near(peer, party, asked)
    assert found is not None
    return found


def build(side: Side, reader: Any = book.reader) -> Nearby:
    side.engine.nearby.build(side.store, side.now(), reader)
    return side.engine.nearby


def a_plan(chance: random.Random, title: str) -> dict[str, Any]:
    """A flight or a site about one town, within some days, often close to others."""
    start = Moment(Moment.parse("2022-03-02T08:00:00Z").ms + chance.randrange(40) * HOUR_MS // 4)
    end = start.plus_ms(chance.choice([HOUR_MS // 2, HOUR_MS, 400 * HOUR_MS]))
    lon, lat = 22.7 + chance.random() * 0.3, 49.8 + chance.random() * 0.1
    shapes: list[dict[str, Any]] = [
        {"type": "circle", "centre": [lon, lat], "radius_m": chance.choice([200, 3_000])},
        {"type": "corridor", "path": [[lon, lat], [lon + 0.1, lat]], "width_m": 2000},
    ]
    lower = chance.randrange(0, 3000)
    return _plan(
        title,
        start=str(start),
        end=str(end),
        shape=chance.choice(shapes),
        lower=lower,
        upper=lower + 500,
        datum=chance.choice(["AMSL", "AMSL", "AGL"]),
    )


def drafts(side: Side) -> list[tuple[str, str, Planned]]:
    """Every stored activity, with its line and party, as a draft that stands there again."""
    with side.store.read() as connection:
        return [
            (row.peer, row.party, book.reader(connection, row.peer)(row))
            for row in connection.execute(select(activities))
        ]


def same_as_plainly(side: Side) -> int:
    """The index and the plain pass answer every stored activity alike; how often with findings."""
    count, none = 0, Nearby()
    with side.store.read() as connection:
        for peer, party, draft in drafts(side):
            found, plainly = (
                book.find_for(connection, peer, party, draft, each)
                for each in (side.engine.nearby, none)
            )
            assert found == plainly
            count += bool(found)
    return count


class Refused(OpenlineError):
    pass


def act(world: World, chance: random.Random, sent: dict[str, tuple[str, int]], turn: int) -> None:
    """One thing that may happen to a station and its activities."""
    party = chance.choice(["us", "ru"])
    side, peer = world[party], {"us": "ru", "ru": "us"}[party]
    mine = [id for id, (whose, _) in sent.items() if whose == party]
    match chance.choice(["new", "new", "new", "amend", "cancel", "refused", "terms", "restart"]):
        case "new":
            sent[side.send(peer, "activity", **a_plan(chance, f"{turn}"))] = party, 0
        case "amend" if mine:
            id = chance.choice(mine)
            revision = sent[id][1] + 1
            uid = id.partition("-")[2]
            plan = a_plan(chance, f"{turn}")
            side.submit((peer,), "activity", plan, uid=uid, revision=revision)
            sent[id] = party, revision
        case "cancel" if mine:
            side.send(peer, "cancel", about=(id := chance.choice(mine)))
            del sent[id]
        case "refused":
            refuse(side, peer, a_plan(chance, f"{turn} refused"), a_plan(chance, f"{turn}"))
        case "terms":
            metres = chance.choice([500, 1_000, 6_000])
            separation = {"horizontal_m": metres, "vertical_m": 300, "time_s": 900}
            side.send(peer, "terms", separation=separation)
        case "restart":
            side.crash()
            build(side)


def refuse(side: Side, peer: str, undone: dict[str, Any], kept: dict[str, Any]) -> None:
    """Two jobs of one transaction, of which one announces and is then refused."""
    from openline.forms.fields import fill
    from openline.station import traffic

    def submit(plan: dict[str, Any]) -> Callable[[Any], str]:
        return lambda tx: traffic.submit(tx, (peer,), "activity", fill("activity", plan))

    def refused(tx: Any) -> None:
        submit(undone)(tx)
        raise Refused("no", "it was refused after it had been stored", next="nothing")

    (_, error), (id, _) = side.run_all([refused, submit(kept)])
    assert isinstance(error, Refused) and id


@pytest.mark.rule("R-CONF-30", "R-CONF-31")
@pytest.mark.parametrize("seed", range(4))
def test_index_and_plain_pass_agree_whatever_happens(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "RECENT", 8)  # so that much is in trees
    chance, sent = random.Random(seed), {}
    build(world["us"])  # the other side has none: what both find must be the same all the same
    found = 0
    for turn in range(30):
        act(world, chance, sent, turn)
        if turn % 6 == 5:
            world.settle()
            found += same_as_plainly(world["us"])
            world["us"].engine.nearby.tend()
    assert found
    own = ("line", "found_at")
    conflicts = [
        [{k: v for k, v in c.items() if k not in own} for c in list_conflicts(side)["conflicts"]]  # type: ignore[arg-type]
        for side in world.sides.values()
    ]
    assert conflicts[0] == conflicts[1]


@pytest.mark.rule("R-CONF-31")
def test_what_is_rolled_back_leaves_no_trace(world: World) -> None:
    us = world["us"]
    held = build(us)
    plans = [_plan(title) for title in ("undone", "kept")]
    refuse(us, "ru", *plans)
    (row,) = us.rows(activities)
    assert (held.count, offered(us, "ru")) == (1, {row.thing})


@pytest.mark.rule("R-CONF-30")
def test_what_is_committed_while_the_index_is_built_is_in_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near, "_AT_ONCE", 1)
    us = world["us"]
    first = us.send("ru", "activity", **_plan("first"))
    second = us.send("ru", "activity", **_plan("second"))
    late: list[str] = []

    def reader(connection: Any, peer: str) -> Any:
        if not late:
            late.append("")
            late.append(us.send("ru", "activity", **_plan("late")))
            us.send("ru", "cancel", about=first)
            us.send("ru", "cancel", about=second)
        return book.reader(connection, peer)

    held = build(us, reader)
    assert (held.count, offered(us, "ru")) == (1, {late[1]})


@pytest.mark.rule("R-CONF-30")
def test_a_question_about_the_past_goes_to_the_store(world: World) -> None:
    us, ru = world["us"], world["ru"]
    ru.send("us", "activity", **_plan("long over"))
    world.settle()
    world.clock.pass_ms(limits.SEPARATION_MS * 3)
    held = build(us)
    ((_, _, draft),) = drafts(us)
    assert held.ids_near("ru", "us", draft) is None
    with us.store.read() as connection:
        found = list(held.candidates(connection, "ru", "us", draft, book.reader))
    assert [each.id for each in found] == [draft.id]


@pytest.mark.rule("R-CONF-29")
@pytest.mark.slow
def test_a_large_index_has_kernels_compiled_by_another_process(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near, "COMPILED_FROM", 1)
    monkeypatch.setattr(compiled, "_chosen", plain)
    world["us"].send("ru", "activity", **_plan("one"))
    build(world["us"])
    assert compiled.chosen() is not plain


@pytest.mark.rule("R-CONF-30")
def test_a_running_station_has_an_index(tmp_path: Path) -> None:
    found_joined(tmp_path, "us", "ru")
    asyncio.run(_index_of_a_running_station(tmp_path))


async def _index_of_a_running_station(folder: Path) -> None:
    async with hosts(folder, "us") as (us,):
        held = us.station.engine.nearby
        await until(us, lambda: held.count == 0)
        when = {"start": "2099-03-02T08:00:00Z", "end": "2099-03-02T12:00:00Z"}
        sent = await ask(us, "send", ["ru"], "activity", _plan("ours", **when))
        assert held.count == 1
    async with hosts(folder, "us") as (us,):  # built anew from the store
        held = us.station.engine.nearby
        await until(us, lambda: held.count == 1)
        await ask(us, "send", ["ru"], "cancel", {"about": sent["id"]})
        assert held.count == 0
