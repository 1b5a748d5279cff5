"""The invariants of one station, read from its files past its own code, after every step.

What was looked at and cannot change any more is not read again until the station restarts.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from openline.forms.precedence import Precedence
from openline.line import alarm
from openline.words.party import Direction
from simulation.watch import Watch, require
from simulation.world import World

URGENT = Precedence.IMMEDIATE.rank
_ROWS = """SELECT pk, peer, way, epoch, number, id, leaf, root IS NOT NULL, shown, rank,
    NOT waiting, received_at IS NOT NULL, early IS NOT NULL
    FROM messages WHERE pk >= ? ORDER BY pk"""
_SIZES = """SELECT peer, way, epoch, count(*), max(number) FROM messages
    WHERE root IS NOT NULL GROUP BY peer, way, epoch"""
_OVER = "id IN (SELECT alarm FROM misses WHERE over <> '')"
_ALARMS = f"SELECT id, precedence, sounded, acknowledged_at IS NOT NULL, {_OVER} FROM alarms"
_OURS = "SELECT id FROM messages WHERE way='out' AND peer=?"
_IS_HELD = "SELECT 1 FROM messages WHERE way='in' AND peer=? AND id=? AND root IS NOT NULL"
_HOLDS = "SELECT root IS NOT NULL FROM messages WHERE peer=? AND way='in' AND epoch=? AND number=?"


class Checks:
    """What one station promised, against what its files hold."""

    def __init__(self, world: World, party: str, watch: Watch, liar: str) -> None:
        self._world, self._side, self._watch, self._liar = world, world[party], watch, liar
        self.accepted: list[tuple[str, str]] = []
        """Peer and id of each message that the station accepted, in order."""
        self.acknowledged: set[str] = set()
        self.returning: list[tuple[str, str]] = []
        """What was accepted, lost by a restore, and is still held by the other side."""
        self.restored_peers: set[str] = set()
        self.alarms: dict[str, Any] = {}
        self._sounded_at: dict[str, int] = {}
        self._places: dict[tuple[str, str], tuple[int, int]] = {}
        self._last: dict[str, tuple[int, int]] = {}
        self._settled = self._confirmed = 0
        """The first row that may still change, and how many accepted messages were found."""
        self.sizes: dict[tuple[str, str, int], int] = {}

    def after_restart(self) -> None:
        """Everything is read again: a restart may have lost anything."""
        self._settled = self._confirmed = 0
        self._places.clear()

    def kept(self) -> Checks:
        """What was promised so far, as a backup keeps it."""
        self.check()
        kept = copy(self)
        kept.accepted, kept.acknowledged = list(self.accepted), set(self.acknowledged)
        kept.alarms, kept.sizes = dict(self.alarms), dict(self.sizes)
        return kept

    def after_restore(self, kept: Checks) -> None:
        """An older copy came back: what only the other side holds returns, in time."""
        lost = [each for each in self.accepted if each not in set(kept.accepted)]
        self.returning = [each for each in (*self.returning, *lost) if self._is_held(*each)]
        self.accepted, self.acknowledged = list(kept.accepted), set(kept.acknowledged)
        self.alarms, self.sizes = dict(kept.alarms), dict(kept.sizes)
        self.after_restart()

    def after_peers_restore(self, peer: str) -> None:
        """What we had lost may now be lost for good."""
        here = {id for (id,) in self._side.reader.rows(_OURS, peer)}
        self.returning = [
            (to, id)
            for to, id in self.returning
            if to != peer or id in here or self._is_held(to, id)
        ]
        self.restored_peers.add(peer)

    def _is_held(self, peer: str, id: str) -> bool:
        if peer == self._liar:
            return False
        return bool(self._world[peer].reader.rows(_IS_HELD, self._side.party, id))

    def check_returned(self) -> None:
        """In the end, all that the other side held is here again."""
        for peer, id in self.returning:
            require((peer, id) in self._places, f"lost by a restore, and not given back: {id}")

    def check(self) -> None:
        """What holds after every step."""
        if not self._side.reader.changed():
            return
        self._check_alarms()
        self._check_sizes()
        waiting = 0
        for row in self._side.reader.rows(_ROWS, self._settled):
            settled = self._check_out(*row) if row[2] == "out" else self._check_in(*row)
            waiting = waiting or (0 if settled else row[0])
            self._settled = waiting or row[0] + 1
        self.check_accepted()

    def _check_sizes(self) -> None:
        for peer, way, epoch, count, last in self._side.reader.rows(_SIZES):
            require(count == last + 1, f"a gap in the record {peer} {way} {epoch}")
            before = self.sizes.get((peer, way, epoch), 0)
            require(count >= before, f"the record {peer} {way} {epoch} shrank to {count}")
            self.sizes[peer, way, epoch] = count

    def _check_out(
        self, pk: int, peer: str, way: str, epoch: int, number: int, id: str, leaf: bytes,
        recorded: bool, shown: bool, rank: int, settled: bool, received: bool, early: bool,
    ) -> bool:  # fmt: skip
        place = f"{peer} out {epoch} {number}"
        first = self._places.setdefault((peer, id), (epoch, number))
        self._places[peer, id] = min(first, (epoch, number))
        require(recorded, f"{place} is not in the record")
        acted = self._side.acted[peer, way, (epoch, number)]
        again = first != (epoch, number)  # after a fork it goes on in another epoch
        require(acted == 1 or (again and not acted), f"{place} was booked {acted} times")
        if peer not in {self._liar, *self.restored_peers} and (received or early) and settled:
            holds = self._world[peer].reader.rows(_HOLDS, self._side.party, epoch, number)
            require(holds, f"{place} is receipted and the peer has it not")
            require(holds[0][0] or not received, f"{place} is receipted and not in the record")
        return settled

    def _check_in(
        self, pk: int, peer: str, way: str, epoch: int, number: int, id: str, leaf: bytes,
        recorded: bool, shown: bool, rank: int, settled: bool, received: bool, early: bool,
    ) -> bool:  # fmt: skip
        place = f"{peer} in {epoch} {number}"
        sent = self._watch.leaves[Direction(peer, self._side.party, epoch)].get(number)
        require(sent == leaf, f"{place} is not what was sent")
        urgent = rank <= URGENT
        require(shown == (recorded or urgent), f"{place}: shown {shown}, recorded {recorded}")
        acted = self._side.acted[peer, way, (epoch, number)]
        require(acted == shown, f"{place} was shown {acted} times")
        if urgent and shown and "#" not in id:  # or it was said, and alarmed, before
            require(f"{peer}:{id}" in self.alarms, f"{place} is urgent and raised no alarm")
        return recorded and shown

    def check_accepted(self) -> None:
        """What was accepted since the last look is stored, behind what was accepted before."""
        if not self._confirmed:
            self._last.clear()
        for peer, id in self.accepted[self._confirmed :]:
            require((peer, id) in self._places, f"accepted and lost: {id} for {peer}")
            place = self._places[peer, id]
            require(place > self._last.get(peer, (0, 0)), f"out of order: {id} for {peer}")
            self._last[peer] = place
        self._confirmed = len(self.accepted)

    def _check_alarms(self) -> None:
        found = {id: tuple(rest) for id, *rest in self._side.reader.rows(_ALARMS)}
        for id in self.alarms:
            require(id in found, f"the alarm {id} is forgotten")
        for id in self.acknowledged:
            require(found[id][2], f"the alarm {id} is acknowledged no more")
        for id, (_, sounded, *_rest) in found.items():
            if id not in self.alarms or self.alarms[id][1] != sounded:
                self._sounded_at[id] = self._side.clock.steady
        self.alarms = found

    def due(self) -> dict[str, int]:
        """How often each alarm has sounded whose interval is over, by a clock that nobody moved."""
        now = self._side.clock.steady
        return {
            id: sounded
            for id, (precedence, sounded, done, over) in self.alarms.items()
            if not (done or over)
            and (not sounded or now - self._sounded_at[id] >= _repeat_ms(precedence))
        }

    def longest_silent_ms(self, due: dict[str, int]) -> int:
        """The longest interval of those that were due and have not sounded; 0 when all have.

        A missed test may have come to its end meanwhile, which silences its alarm (R-TEST-17).
        """
        self.check()
        silent = [
            precedence
            for id, times in due.items()
            for precedence, sounded, _, over in [self.alarms[id]]
            if sounded == times and not over
        ]
        return max(map(_repeat_ms, silent), default=0)


def _repeat_ms(precedence: str) -> int:
    return alarm.REPEAT_MS.get(precedence, alarm.OTHER_REPEAT_MS)
