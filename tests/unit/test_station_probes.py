"""Probes between stations: one carrier each, signed, kept aside from the records."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from openline.line.linetest import Measure
from openline.station import inbox
from openline.station.books import probes as book
from openline.station.linetest_tables import probe_days, probes
from openline.station.probing import Probed, Prober, answer
from openline.wire.parcel import seal
from openline.wire.probe import ProbeAnswer, write_answer, write_probe
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import DAY_MS, Moment
from openline.words.party import Direction
from simulation.world import START, Side, World, joined

DIRECTION = Direction("us", "ru", 1)
HOLDS = Direction("ru", "us", 1)
Send = Callable[[bytes], Awaitable[bytes]]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world


class Probing:
    """A station as its prober uses it."""

    def __init__(self, side: Side) -> None:
        self._side, self.engine, self.clock = side, side.engine, side.clock
        self.now = side.now
        self.happened = asyncio.Event()

    async def run_soon(self, job: Any) -> Any:
        return self._side.run(job)

    def changed(self, *_topics: str) -> None:
        self.happened.set()


def over(world: World, there_ms: int = 40, within_ms: int = 2, back_ms: int = 60) -> Send:
    """A carrier to `ru` that takes some time each way."""

    async def send(sealed: bytes) -> bytes:
        ru = world["ru"]
        world.clock.pass_ms(there_ms)
        arrived = ru.clock.now()
        peer, (raw,) = inbox.open_from_any(ru.engine, sealed)
        world.clock.pass_ms(within_ms)
        _, back = answer(ru.engine, peer, raw, arrived)
        world.clock.pass_ms(back_ms)
        assert back is not None
        return inbox.seal_answer(ru.engine, peer, [back], sealed) or b""

    return send


async def down(sealed: bytes) -> bytes:
    raise OpenlineError("carrier-down", "https://ru.example: no route", whose=Whose.CARRIER)


async def hanging(sealed: bytes) -> bytes:
    return await asyncio.Future()


async def silent(sealed: bytes) -> bytes:
    return b""


def run_prober(world: World, ways: list[Probed], until: int, more: Any = None) -> list[str]:
    """Run the prober of `us` until so many probes ended; returns whom it heard."""
    heard: list[str] = []

    async def main() -> None:
        station = Probing(world["us"])
        prober = Prober(station, lambda peer: ways, heard.append)  # type: ignore[arg-type]
        work = asyncio.create_task(prober.run())
        try:
            while len(world["us"].rows(probes)) < until or prober._tasks:
                await station.happened.wait()
                station.happened.clear()
                if more is not None:
                    more(prober)
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    asyncio.run(main())
    return heard


@pytest.mark.rule("R-PROBE-02")
@pytest.mark.rule("R-PROBE-06")
def test_a_probe_measures_its_carrier_and_leaves_no_trace_in_the_records(world: World) -> None:
    us, ru = world["us"], world["ru"]
    ru.clock.ahead = 1_000
    before = (us.state("ru"), ru.state("us"))
    heard = run_prober(world, [Probed("https", over(world))], 1)
    (row,) = us.rows(probes)
    assert (row.carrier, row.outcome, row.why) == ("https", "answered", "")
    assert (row.rtt_ms, row.offset_ms, row.offset_uncertainty_ms) == (100, 990, 50)
    assert heard == ["ru"]  # whatever waits for that line is tried at once
    assert (us.state("ru"), ru.state("us")) == before
    assert ru.rows(probes) == []
    assert [r.form for r in us.ours("ru")] == ["card"]


@pytest.mark.rule("R-PROBE-01")
def test_our_own_clock_may_be_set_while_a_probe_is_away(world: World) -> None:
    carry = over(world)

    async def send(sealed: bytes) -> bytes:
        reply = await carry(sealed)
        world["us"].clock.ahead -= 3_600_000
        return reply

    run_prober(world, [Probed("https", send)], 1)
    (row,) = world["us"].rows(probes)
    assert (row.at, row.rtt_ms, row.offset_ms) == (START.ms, 100, -10)


@pytest.mark.rule("R-PROBE-03")
@pytest.mark.parametrize(
    ("send", "why"),
    [
        (down, "https://ru.example: no route [carrier]"),
        (hanging, "no answer within 0 s"),
        (silent, "no answer within 0 s"),
    ],
)
def test_what_is_not_answered_is_lost_with_its_reason(world: World, send: Send, why: str) -> None:
    heard = run_prober(world, [Probed("mail", send, within_ms=20)], 1)
    (row,) = world["us"].rows(probes)
    assert (row.outcome, row.why, row.rtt_ms) == ("lost", why, None)
    assert heard == []


@pytest.mark.rule("R-PROBE-03")
def test_an_answer_that_comes_by_itself_counts_once(world: World) -> None:
    """Over a carrier that has no way back, the answer is a parcel of its own."""
    us, ru = world["us"], world["ru"]
    came: list[ProbeAnswer] = []

    async def send(sealed: bytes) -> bytes:
        peer, (raw,) = inbox.open_from_any(ru.engine, sealed)
        _, back = answer(ru.engine, peer, raw, ru.clock.now())
        assert back is not None
        said, more = answer(us.engine, "ru", back, us.clock.now())
        assert more is None and isinstance(said, ProbeAnswer)
        came.append(said)
        ways["prober"].answered("ru", said, us.clock.now())
        ways["prober"].answered("ru", said, us.clock.now())
        return b""

    ways: dict[str, Any] = {}

    async def main() -> None:
        station = Probing(us)
        way = Probed("mail", send, within_ms=60_000)
        ways["prober"] = Prober(station, lambda peer: [way], lambda peer: None)  # type: ignore[arg-type]
        work = asyncio.create_task(ways["prober"].run())
        await station.happened.wait()
        ways["prober"].answered("ru", came[0], us.clock.now())  # long over
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    asyncio.run(main())
    assert [row.outcome for row in us.rows(probes)] == ["answered"]


@pytest.mark.rule("R-PROBE-04")
def test_a_line_test_wants_every_carrier_looked_at_and_time_alone_the_cheap_ones(
    world: World,
) -> None:
    us = world["us"]
    ways = [Probed("https", over(world)), Probed("mail", over(world), cost=5)]
    run_prober(world, ways, 1)
    assert [row.carrier for row in us.rows(probes)] == ["https"]
    us.test("ru")
    run_prober(world, ways, 3)
    assert sorted(row.carrier for row in us.rows(probes)) == ["https", "https", "mail"]


@pytest.mark.rule("R-PROBE-04")
def test_cheap_carriers_are_probed_again_at_the_lines_pace(world: World) -> None:
    us = world["us"]

    def later(prober: Prober) -> None:
        world.clock.pass_ms(600_000)
        prober.wake()

    run_prober(world, [Probed("https", over(world))], 3, later)
    first, second, third = (row.at for row in us.rows(probes))
    assert min(second - first, third - second) >= 600_000


@pytest.mark.rule("R-PROBE-04")
@pytest.mark.parametrize("level", [1, 2])
def test_a_peer_that_speaks_an_older_level_is_not_probed(world: World, level: int) -> None:
    us = world["us"]
    prober = Prober(us, lambda peer: [], lambda peer: None)  # type: ignore[arg-type]
    assert [wanted.peer for wanted in prober._wanted()] == ["ru"]
    line = us.engine.lines["ru"]
    us.engine.lines["ru"] = line.__class__(**{**_fields(line), "level": level})
    assert prober._wanted() == []


def _fields(line: Any) -> dict[str, Any]:
    return {name: getattr(line, name) for name in line.__dataclass_fields__}


@pytest.mark.rule("R-PROBE-04")
def test_a_test_that_a_clock_left_in_the_future_wants_no_probe(world: World) -> None:
    us = world["us"]
    us.clock.ahead = DAY_MS
    us.test("ru")
    us.clock.ahead = 0
    prober = Prober(us, lambda peer: [], lambda peer: None)  # type: ignore[arg-type]
    (wanted,) = prober._wanted()
    assert wanted.test_at is None


@pytest.mark.rule("R-PROBE-02")
@pytest.mark.parametrize("fault", ["signature", "direction", "stranger"])
def test_only_a_peers_own_probe_to_us_is_answered(world: World, fault: str) -> None:
    us, ru = world["us"], world["ru"]
    signer = ru.engine.signer if fault == "signature" else us.engine.signer
    direction = Direction("us", "un", 1) if fault == "direction" else DIRECTION
    raw = write_probe(signer, direction, 7, START, "https").raw
    with pytest.raises(OpenlineError) as caught:
        answer(ru.engine, "un" if fault == "stranger" else "us", raw, ru.clock.now())
    codes = {"signature": "bad-signature", "direction": "wrong-line", "stranger": "unknown-line"}
    assert caught.value.code == codes[fault]


@pytest.mark.rule("R-PROBE-03")
def test_an_answer_about_another_line_is_refused(world: World) -> None:
    us, ru = world["us"], world["ru"]
    probe = write_probe(us.engine.signer, Direction("un", "ru", 1), 7, START, "https")
    raw = write_answer(ru.engine.signer, probe, START, START).raw
    with pytest.raises(OpenlineError) as caught:
        answer(us.engine, "ru", raw, us.clock.now())
    assert caught.value.code == "wrong-line"


@pytest.mark.rule("R-PROBE-01")
def test_a_probe_among_other_items_is_refused_and_holds_up_none(world: World) -> None:
    us, ru = world["us"], world["ru"]
    us.send("ru")
    _, (raw,) = world.take("us", "ru")[0], [row.raw for row in us.ours("ru")[1:]]
    probe = write_probe(us.engine.signer, DIRECTION, 7, START, "https").raw
    world.hand("ru", seal([probe, raw], us.engine.envelope_to("ru")))
    assert [row.form for row in ru.theirs("us")] == ["card", "text"]


@pytest.mark.rule("R-PROBE-05")
def test_what_is_kept_of_probes_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PROBES_KEPT", 5)
    monkeypatch.setattr(limits, "PROBE_DAYS", 3)
    us = world["us"]
    for number in range(12):
        at = START.plus_ms(number * DAY_MS // 2)
        measured = Measure(number, 0, 0) if number % 3 else None
        for carrier in ("https", "mail"):
            us.run(partial(book.keep, peer="ru", carrier=carrier, at=at, measured=measured))
    rows = us.rows(probes, probes.c.carrier == "https")
    assert [row.rtt_ms for row in rows] == [7, 8, None, 10, 11]
    days = us.rows(probe_days, probe_days.c.carrier == "https")
    assert [(day.run, day.answered) for day in days] == [(2, 2), (2, 1), (1, 1)]
    with us.store.read() as connection:
        assert book.carriers(connection, "ru") == ["https", "mail"]
        assert sum(day.run for day in book.days(connection, "ru", "mail")) == 5
        newest = book.newest(connection, "ru", "https")
        assert newest is not None and newest.rtt_ms == 11
        assert book.newest(connection, "ru", "https", Moment(newest.at + 1)) is None
