"""Which planned activities could conflict with one: the plain index.

One pass over everything, by time and by the ball around each shape. It is
right and simple; a faster index with the same three methods takes its place
when there are many thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openline.conflict.core import Ball, core_of
from openline.conflict.earth import ERROR_M
from openline.conflict.verdict import Finding, Planned, shared_window, verdict
from openline.words.volume import EARTH, Ground


class Index:
    """Planned activities by id."""

    def __init__(self, planned: Iterable[Planned] = ()) -> None:
        self._held: dict[str, tuple[Planned, Ball, float]] = {}
        for each in planned:
            self.add(each)

    def __len__(self) -> int:
        return len(self._held)

    def add(self, planned: Planned) -> None:
        """Hold `planned`, in place of what had its id. Raises what `core_of` raises."""
        core = core_of(planned.volume.shape, planned.volume.edges)
        self._held[planned.id] = planned, core.ball, core.radius_m

    def remove(self, id: str) -> None:
        """Forget `id`; an id that is not held is no fault."""
        self._held.pop(id, None)

    def near(self, planned: Planned) -> Iterator[Planned]:
        """All that may conflict with `planned`, and some that do not; never itself."""
        core = core_of(planned.volume.shape, planned.volume.edges)
        for other, ball, radius_m in list(self._held.values()):
            if other.id == planned.id:
                continue
            larger = planned.separation.larger(other.separation)
            if shared_window(planned.volume.window, other.volume.window, larger.time_ms) is None:
                continue
            reach_m = core.radius_m + radius_m + larger.horizontal_mm / 1000 + ERROR_M
            if core.ball.gap_m(ball) < reach_m:
                yield other


def conflicts_of(
    planned: Planned, others: Iterable[Planned], ground: Ground = EARTH
) -> list[Finding]:
    """What `planned` conflicts with among `others`, in their order; never itself."""
    found = (verdict(planned, other, ground) for other in others if other.id != planned.id)
    return [finding for finding in found if finding is not None]
