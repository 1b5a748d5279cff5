"""The whole delivery path under chance: whatever is lost, doubled, cut off or killed.

Every run is a list of things that happen to two stations; Hypothesis finds and shrinks the
list that breaks an invariant, and prints it with the seed of the carriers.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from openline.carriers.memory import Faults
from openline.forms.precedence import Precedence
from openline.station import acts, books
from openline.station.tables import forks
from openline.words import limits
from openline.words.errors import OpenlineError
from simulation.world import Crash, Side, Template, World, recording_acts

PARTIES = ("us", "ru")
ITEMS = 4
"""Messages in a parcel: few, so that there are many parcels to lose and many gaps."""


@dataclass(frozen=True)
class Do:
    """One thing that happens at one side."""

    what: str
    party: str
    number: int = 0


def _other(party: str) -> str:
    return "ru" if party == "us" else "us"


class Run:
    """Carries a list of happenings out, and keeps what was promised to people."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.accepted: dict[str, list[str]] = {p: [] for p in PARTIES}
        self.acknowledged: set[tuple[str, str]] = set()

    def do(self, step: Do) -> None:
        side = self.world[step.party]
        try:
            getattr(self, step.what.replace(" ", "_"))(side, _other(step.party), step.number)
        except Crash:
            side.crash()
        if side.crash_at_statement or side.crash_after_commit:  # nothing was written meanwhile
            side.crash()

    def submit(self, side: Side, peer: str, number: int) -> None:
        urgency = list(Precedence)[number % 4]
        self.accepted[side.party].append(side.send(peer, "text", urgency, text=f"number {number}"))

    def burst(self, side: Side, peer: str, number: int) -> None:
        for each in range(number % 7):
            self.submit(side, peer, number + each)

    def post(self, side: Side, peer: str, number: int) -> None:
        self.world.post(side.party, peer, urgent_only=number % 3 == 0)

    def collect(self, side: Side, peer: str, number: int) -> None:
        for _ in range(1 + number % 4):
            self.world.collect(peer, side.party)

    def exchange(self, side: Side, peer: str, number: int) -> None:
        self.world.exchange(side.party, peer, number % 3 == 0, number % 5 == 0)

    def cut(self, side: Side, peer: str, number: int) -> None:
        self.world.up = not self.world.up
        if number % 2:
            for carrier in self.world.carriers.values():
                carrier.lose_all()

    def time(self, side: Side, peer: str, number: int) -> None:
        self.world.clock.pass_ms((20, 6_000, 61_000, 6 * 3_600_000)[number % 4])

    def tick(self, side: Side, peer: str, number: int) -> None:
        side.tick()

    def test(self, side: Side, peer: str, number: int) -> None:
        side.test(peer)

    def restart(self, side: Side, peer: str, number: int) -> None:
        side.crash()

    def acknowledge(self, side: Side, peer: str, number: int) -> None:
        waiting = sorted(a for a, row in side.alarms().items() if row.acknowledged_at is None)
        if waiting:
            acts.acknowledge_alarm(side, waiting[number % len(waiting)])  # type: ignore[arg-type]
            self.acknowledged.add((side.party, waiting[number % len(waiting)]))

    def crash_in(self, side: Side, peer: str, number: int) -> None:
        """Die at some statement of the transaction in which the next thing is stored."""
        side.crash_at_statement = 1 + number // 5
        self._write(side, peer, number)

    def crash_after(self, side: Side, peer: str, number: int) -> None:
        """Die between the commit and what follows it: nothing is sent, answered or told."""
        side.crash_after_commit = True
        self._write(side, peer, number)

    def _write(self, side: Side, peer: str, number: int) -> None:
        writes: list[Callable[[], object]] = [
            lambda: self.submit(side, peer, number),
            lambda: self.collect(side, peer, number),
            lambda: self.world.exchange(side.party, peer),
            lambda: self.world.exchange(peer, side.party),
            side.tick,
        ]
        with suppress(OpenlineError):
            writes[number % 5]()

    def check(self) -> None:
        self.world.check()
        for party, ids in self.accepted.items():
            stored = [row.id for row in self.world[party].ours(_other(party))]
            assert set(ids) <= set(stored), "accepted and lost"
            kept = [id for id in stored if id in set(ids)]
            assert kept == ids, "out of order"
        for party, alarm in self.acknowledged:
            assert self.world[party].alarms()[alarm].acknowledged_at is not None

    def finish(self) -> None:
        """What left last is lost, and then nothing more is: all must still arrive."""
        for party in PARTIES:
            while self.world.post(party, _other(party)) and self.world.up:
                pass
        for carrier in self.world.carriers.values():
            carrier.lose_all()
        self.world.heal()
        self.check()
        self.world.check_quiet()
        for party in PARTIES:
            # Alarms that nobody acknowledged are still there, and sound after a restart.
            side = self.world[party]
            side.crash()
            self.world.clock.pass_ms(3_600_000)
            before = side.alarms()
            side.run(books.alarms.sound_due)
            for id, row in side.alarms().items():
                silent = row.acknowledged_at is not None
                assert row.sounded == before[id].sounded + (not silent)
        assert not any(self.world[p].rows(forks) for p in PARTIES)


COMMON = ("submit", "burst", "post", "post", "collect", "collect", "exchange")
RARE = ("cut", "time", "time", "tick", "test", "restart", "acknowledge")
CRASHES = ("crash_in", "crash_in", "crash_after")
STEPS = st.builds(
    Do,
    st.sampled_from(COMMON * 3 + RARE * 2 + CRASHES * 2),
    st.sampled_from(PARTIES),
    st.integers(0, 250),
)
CHANCE = st.sampled_from((0.0, 0.1, 0.4))
FAULTS = st.builds(Faults, CHANCE, CHANCE, CHANCE)


def _run(template: Template, seed: int, faults: Faults, steps: list[Do]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        recording_acts(),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(limits, "PARCEL_ITEMS", ITEMS)
        world = template.world(Path(folder), seed, faults)
        run = Run(world)
        try:
            for at, step in enumerate(steps):
                note(f"{at}: {step}")
                run.do(step)
                run.check()
            run.finish()
        finally:
            world.close()


@pytest.mark.rule("R-LINE-07")
@pytest.mark.rule("R-LINE-06")
@pytest.mark.rule("R-LINE-08")
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(st.integers(0, 2**32), FAULTS, st.lists(STEPS, min_size=10, max_size=40))
def test_nothing_is_lost_doubled_or_altered(
    template: Template, seed: int, faults: Faults, steps: list[Do]
) -> None:
    _run(template, seed, faults, steps)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), FAULTS, st.lists(STEPS, min_size=20, max_size=80))
def test_nothing_is_lost_doubled_or_altered_in_many_runs(
    template: Template, seed: int, faults: Faults, steps: list[Do]
) -> None:
    _run(template, seed, faults, steps)
