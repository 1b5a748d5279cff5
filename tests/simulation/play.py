"""What can happen to stations, one thing after another, and what must hold after each.

A happening is a name, who it happens to, on which line, and a number that settles the rest, so
that a list of them replays exactly: from a seed, or from what Hypothesis makes up and shrinks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from openline.carriers.memory import Faults, MemoryCarrier
from openline.forms.precedence import Precedence
from openline.station import acts, traffic
from openline.station.engine import Job, Tx
from openline.wire import parcel
from openline.words.errors import OpenlineError
from simulation import lies
from simulation.checks import Checks
from simulation.disk import AFTER, AMID, Crash
from simulation.stubs import everywhere
from simulation.watch import Watch, require
from simulation.world import Backup, Side, World

PRECEDENCES = (*Precedence, *(Precedence.ROUTINE,) * 4)
REFUSALS = {"disk-full"}
"""What a station may say here to its own people."""
PASSES_MS = (20, 6_000, 61_000, 6 * 3_600_000)
JUMPS_MS = (-400 * 86_400_000, -86_400_000, -90_000, 90_000, 3_600_000, 86_400_000)


@dataclass(frozen=True)
class Do:
    """One thing that happens at one side."""

    what: str
    party: str
    peer: str
    number: int = 0

    def __str__(self) -> str:
        return f"{self.what} at {self.party}, line to {self.peer}, {self.number}"


class Road(MemoryCarrier):
    """A carrier that says what it did to the parcels."""

    def send(self, sealed: bytes) -> None:
        before = len(self._under_way)
        super().send(sealed)
        new = self._under_way[before:]
        if len(self._under_way) == before:
            self.faults_done["loss"] += 1
        elif len(new) == 2:
            self.faults_done["duplication"] += 1
        if len(new) and new[-1] is not sealed:
            self.faults_done["reordering"] += 1

    faults_done: Counter[str]


class Play:
    """One world, what was promised in it, and what happened to it."""

    def __init__(
        self, world: World, faults: Faults, liar: str = "", say: Callable[[str], None] | None = None
    ) -> None:
        self.world, self.liar = world, liar
        self.faults: Counter[str] = Counter()
        """Faults that took effect, by kind."""
        self.steps = 0
        self.watch = Watch(world.sides, liar)
        self.checks = {p: Checks(world, p, self.watch, liar) for p in world.sides}
        self.forks: Counter[str] = Counter()
        """Contradictions that each honest side must have kept."""
        self._restored: set[str] = set()
        self._backups: dict[str, tuple[Backup, Checks]] = {}
        self._say = say
        for pair, carrier in world.carriers.items():
            world.carriers[pair] = road = Road(carrier.random, faults)
            road.faults_done = self.faults

    @contextmanager
    def watching(self) -> Any:
        """Look at all that is sealed."""
        seal = parcel.seal

        def watched(items: Sequence[bytes], envelope: Any, *more: Any) -> bytes:
            self.watch.left(envelope.sender, items)
            return seal(items, envelope, *more)

        with pytest.MonkeyPatch.context() as patch:
            everywhere(patch, seal, watched)
            self.unwatched_seal = seal
            yield

    def say(self, what: str) -> None:
        """Tell whoever traces the run."""
        if self._say is not None:
            self._say(f"{self.steps:4} {what}")

    # ---- one step ------------------------------------------------------------------------

    def do(self, step: Do) -> None:
        """Let one thing happen, and check everything."""
        self.steps += 1
        side = self.world[step.party]
        crashes = {p: s.crashes for p, s in self.world.sides.items()}
        said = ""
        try:
            said = getattr(self, step.what)(side, step.peer, step.number) or ""
        except Crash as crash:
            gone = next(s for s in self.world.sides.values() if s.disk is crash.disk)
            said = f"{gone.party} dies {crash}"
            gone.crash()
        except OpenlineError as error:
            require(error.code in REFUSALS, f"an unexpected refusal: {error}")
            said = f"refused: {error.code}"
        self.say(f"{step}: {said}")
        for party, other in self.world.sides.items():
            self.faults["full disk"] += other.disk.refused
            other.disk.refused = 0
            if other.crashes > crashes[party]:
                self.faults["crash"] += 1
                self.checks[party].after_restart()
                self.say(f"{party} starts again")
        self.check()

    def check(self) -> None:
        """The invariants, at every station."""
        for checks in self.checks.values():
            checks.check()

    # ---- what people do ------------------------------------------------------------------

    def submit(self, side: Side, peer: str, number: int) -> str:
        id = side.send(peer, "text", PRECEDENCES[number % 8], text=f"number {number}")
        self._accept(side, [peer], id)
        return id

    def burst(self, side: Side, peer: str, number: int) -> str:
        """Several officers at once: a group commit."""
        jobs = [self._text((peer,), number + each) for each in range(1 + number % 8)]
        return self._together(side, [peer], jobs)

    def several(self, side: Side, peer: str, number: int) -> str:
        """One message on every line."""
        peers = sorted(side.engine.lines)
        return self._together(side, peers, [self._text(peers, number)])

    def _together(self, side: Side, peers: Sequence[str], jobs: Sequence[Job]) -> str:
        ids = []
        for id, error in side.run_all(jobs):
            if error is not None:
                raise error
            self._accept(side, peers, id)
            ids.append(id)
        return " ".join(ids)

    def _text(self, peers: Sequence[str], number: int) -> Job:
        def job(tx: Tx) -> str:
            fields = {"text": f"number {number}"}
            return traffic.submit(tx, tuple(peers), "text", fields, PRECEDENCES[number % 8])

        return job

    def _accept(self, side: Side, peers: Sequence[str], id: str) -> None:
        self.checks[side.party].accepted += [(peer, id) for peer in peers]

    def acknowledge(self, side: Side, peer: str, number: int) -> str:
        checks = self.checks[side.party]
        waiting = sorted(id for id, (_, _, done, _) in checks.alarms.items() if not done)
        if not waiting:
            return "nothing"
        id = waiting[number % len(waiting)]
        acts.acknowledge_alarm(side, id)  # type: ignore[arg-type]
        checks.acknowledged.add(id)
        return id

    def test(self, side: Side, peer: str, number: int) -> str:
        return side.test(peer)

    # ---- what carries --------------------------------------------------------------------

    def post(self, side: Side, peer: str, number: int) -> str:
        return str(self.world.post(side.party, peer, urgent_only=number % 3 == 0))

    def collect(self, side: Side, peer: str, number: int) -> str:
        return str([self.world.collect(peer, side.party) for _ in range(1 + number % 4)])

    def exchange(self, side: Side, peer: str, number: int) -> str:
        lost = number % 4 == 0
        moved = self.world.exchange(side.party, peer, lost, number % 5 == 0)
        self.faults["loss"] += lost and moved
        return f"{moved}{', the answer is lost' if lost else ''}"

    # ---- time ----------------------------------------------------------------------------

    def time(self, side: Side, peer: str, number: int) -> str:
        ms = PASSES_MS[number % len(PASSES_MS)]
        self.world.clock.pass_ms(ms)
        return f"{ms} ms"

    def tick(self, side: Side, peer: str, number: int) -> None:
        """Alarms that are due sound; where a clock was moved, an interval later (R-ALARM-04)."""
        checks = self.checks[side.party]
        due = checks.due()
        side.tick()
        if wait_ms := checks.longest_silent_ms(due):
            self.world.clock.pass_ms(wait_ms)
            side.tick()
        require(not checks.longest_silent_ms(due), f"{side.party}: due and silent, of {due}")

    # ---- faults --------------------------------------------------------------------------

    def clock(self, side: Side, peer: str, number: int) -> str:
        """A clock jumps; another jump may set it right."""
        ms = -side.clock.ahead if number % 3 == 0 else JUMPS_MS[number % len(JUMPS_MS)]
        side.clock.ahead += ms
        self.faults["clock"] += ms != 0
        return f"{ms} ms"

    def cut(self, side: Side, peer: str, number: int) -> str:
        """One way, both ways or everything goes down, or comes up again."""
        ways = {(side.party, peer)} | ({(peer, side.party)} if number % 3 else set())
        if number % 7 == 0:
            ways = set(self.world.carriers)
        down = not ways & self.world.cut
        self.world.cut = self.world.cut | ways if down else self.world.cut - ways
        self.faults["partition"] += down
        for way in sorted(ways):
            if number % 2:
                self.world.carriers[way].lose_all()
        return f"{'down' if down else 'up'} {sorted(ways)}"

    def restart(self, side: Side, peer: str, number: int) -> None:
        side.crash()

    def crash(self, side: Side, peer: str, number: int) -> str:
        """The process will die at some point from now on, whatever it does then."""
        side.disk.crash_in = 1 + number % 50
        return f"in {side.disk.crash_in}"

    def power(self, side: Side, peer: str, number: int) -> str:
        """The power will go in the next commit, or just after it."""
        side.disk.crash_at = AFTER if number % 3 == 0 else AMID
        return side.disk.crash_at

    def full(self, side: Side, peer: str, number: int) -> str:
        """The disk has no room for the next few writes."""
        side.disk.full = ("insert", "commit")[number % 2]
        side.disk.refusals = 1 + number % 3
        return side.disk.full

    def rotate(self, side: Side, peer: str, number: int) -> str:
        """The station's keys are changed; at times they were lost, and the root key vouches."""
        if side.party == self.liar:
            return ""
        side.rotate(lost=number % 3 == 0)
        return f"to card {side.engine.card.serial}"

    def backup(self, side: Side, peer: str, number: int) -> str:
        """A copy of the database is put aside."""
        if side.party == self.liar:
            return ""
        kept = self.checks[side.party].kept()
        self._backups[side.party] = (side.backup(), kept)
        return f"of {dict(kept.sizes)}"

    def restore(self, side: Side, peer: str, number: int) -> str:
        """The copy is brought back, over the database or to another machine."""
        if side.party not in self._backups:
            return "no backup"
        backup, kept = self._backups[side.party]
        self.faults["restore"] += 1
        self._restored.add(side.party)
        side.disk.full = ""  # without room no station starts
        self.checks[side.party].after_restore(kept)
        try:
            side.restore(backup, marked=number % 3 > 0)
        except Crash:
            side.crash()
        for party, checks in self.checks.items():
            if party != side.party:
                checks.after_peers_restore(side.party)
        return f"of {dict(kept.sizes)}{'' if number % 3 else ', without the mark'}"

    def lie(self, side: Side, peer: str, number: int) -> str:
        """The liar contradicts itself; its own station holds to the truth."""
        if not self.liar or side.party == self.liar:
            return "nobody lies"
        lie = lies.LIES[number % len(lies.LIES)]
        said = lie(self.world, self.unwatched_seal, self.liar, side.party, number)
        if not said:
            return "no occasion"
        self.faults["lie"] += 1
        return said

    # ---- the end -------------------------------------------------------------------------

    @property
    def messages(self) -> int:
        """How many messages stand in the records, without the cards with which they begin."""
        sizes = (checks.sizes.items() for checks in self.checks.values())
        return sum(n - 1 for each in sizes for (_, way, _), n in each if way == "out")

    def finish(self, audited: str) -> None:
        """What left last is lost, and then nothing more goes wrong: all must still arrive.

        The station `audited` then verifies its records and starts once more.
        """
        self.say("everything works again")
        for party, side in self.world.sides.items():
            side.disk.full = ""
            if side.disk.armed:
                side.crash()
                self.checks[party].after_restart()
        for a, b in self.world.carriers:
            while self.world.carries(a, b) and self.world.post(a, b):
                pass
            self.world.carriers[a, b].lose_all()
        for a, b in self.world.carriers:
            self.world[a].send(b, text="the last word")  # answers tell what lost ones would have
        self.world.heal()
        self.check()
        self._check_equal()
        self._check_audit(audited, self.world[audited])
        self._check_alarms(audited, self.world[audited])

    def _check_equal(self) -> None:
        for a, b in self.world.carriers:
            sent = self.world[a].reader.rows(_SENT, b)
            # What stands beyond a gap that a restore or a fork has torn stays there.
            held = [row for row in self.world[b].reader.rows(_HELD, a) if row[3] is not None]
            more = [row[:2] for row in held if row not in sent]
            less = [row[:2] for row in sent if row not in held]
            alike = sent == held
            if self.liar in (a, b):  # a fork leaves epochs behind in which not all arrives
                alike = not more or a in self._restored
            require(alike, f"the records {a} to {b} differ: {b} lacks {less} and has {more}")
        for party, checks in self.checks.items():
            checks.check_returned()
            for peer, id in checks.accepted:
                rows = self.world[peer].reader.rows(_ARRIVED, party, id)
                require(rows, f"{id} never reached {peer}")

    def _check_audit(self, party: str, side: Side) -> None:
        report = side.verify()
        lied = [f for f in report["faults"] if f["what"].startswith("fork")]
        require(lied == report["faults"], f"{party}: {report['faults']}")
        require(all(f["line"] == self.liar for f in lied), f"{party} accuses: {lied}")

    def _check_alarms(self, party: str, side: Side) -> None:
        """What nobody acknowledged sounds after a restart and an hour, whatever the clock says."""
        checks = self.checks[party]
        side.crash()
        checks.after_restart()
        self.world.clock.pass_ms(3_600_000)
        checks.check()
        self.tick(side, "", 0)


_ARRIVED = "SELECT 1 FROM messages WHERE way='in' AND peer=? AND id=? AND shown"
_ROWS = "SELECT epoch, number, leaf, root FROM messages"
_SENT = f"{_ROWS} WHERE way='out' AND peer=? ORDER BY epoch, number"
_HELD = f"{_ROWS} WHERE way='in' AND peer=? ORDER BY epoch, number"
