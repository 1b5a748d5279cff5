"""A carrier inside one process, faulty on purpose: it loses, doubles and reorders by a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True, slots=True)
class Faults:
    """Probabilities of what can happen to one parcel."""

    loss: float = 0.0
    duplication: float = 0.0
    reordering: float = 0.0


@dataclass(slots=True)
class MemoryCarrier:
    """Parcels on their way to one receiver, as a list; the seed makes every run repeatable."""

    random: Random
    faults: Faults = field(default_factory=Faults)
    _under_way: list[bytes] = field(default_factory=list)

    def send(self, sealed: bytes) -> None:
        """Take a parcel; what becomes of it is chance."""
        if self.random.random() < self.faults.loss:
            return
        self._put(sealed)
        if self.random.random() < self.faults.duplication:
            self._put(sealed)

    def receive(self) -> bytes | None:
        """The next parcel that comes out, if any is under way."""
        return self._under_way.pop(0) if self._under_way else None

    def lose_all(self) -> None:
        """The carrier goes down with what it carried."""
        self._under_way.clear()

    def _put(self, sealed: bytes) -> None:
        at = len(self._under_way)
        if at and self.random.random() < self.faults.reordering:
            at = self.random.randrange(at)
        self._under_way.insert(at, sealed)
