"""Which planned activities conflict with one, and with each other, among very many.

The newest rows stand in a short list (`tree.Recent`), all others in packed
trees; whoever may take the time calls `merge` now and then, which makes trees
of the list and of small trees. What is near is found by boxes and decided by
chords where they can decide, else by the exact verdict: a faster way to the
same answers (R-CONF-26).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from openline.conflict import compiled
from openline.conflict.boxes import OUTWARD, Lanes
from openline.conflict.earth import ERROR_M, LEAST_RADIUS_M, MOST_RADIUS_M, Ints
from openline.conflict.plain import ASK, BEYOND, NO, OVERLAP
from openline.conflict.quick import HORIZONTAL, TIME, of_circles, overlap
from openline.conflict.rows import CIRCLE, KIND, ROW, Row, Table, planned_of, row_of
from openline.conflict.tree import Recent, Tree
from openline.conflict.verdict import Finding, Planned, verdict
from openline.words.volume import EARTH, Ground

RECENT = 1024
"""More than so many new rows, and a merge is due."""
_GROWTH = 8
"""A merge takes in each tree that is no more than so many times what it merges already."""
_NO_SHRINK = (0.0, 0.0)
_RADII = np.array([LEAST_RADIUS_M, MOST_RADIUS_M, ERROR_M])


class Pairs(NamedTuple):
    """All conflicts: ids of both, and which ones have distance 0 and no flag for sure."""

    a: list[str]
    b: list[str]
    overlap: NDArray[np.bool_]


class Merge(NamedTuple):
    """A merge under way."""

    recent: Recent
    trees: tuple[Tree, ...]
    gone: list[str]
    """Ids that were forgotten meanwhile."""


class Index:
    """Planned activities by id.

    Whoever shares it among threads lets one at a time change or ask it; only
    `joined` may run beside.
    """

    def __init__(self, planned: Iterable[Planned] = (), search: ModuleType | None = None) -> None:
        """`search` is the module to search with; by default the fastest that is there."""
        self._search = search
        self._origin: int | None = None
        self._trees: tuple[Tree, ...] = ()
        self._recent = Recent()
        self._fixed: tuple[Recent, ...] = ()
        """The list that a merge under way takes in."""
        self._merging: Merge | None = None
        self._count = 0
        self._asked = np.zeros(1, dtype=ROW)
        self._last: tuple[Planned, Row] | None = None
        for each in planned:
            self.add(each)
        if self.is_due:
            self.merge()

    def __len__(self) -> int:
        return self._count

    # ---- changes ---------------------------------------------------------------------

    def add(self, planned: Planned) -> None:
        """Hold `planned`, in place of what had its id. Raises what `core_of` raises."""
        row = self._row(planned)
        self.remove(planned.id)
        self._recent.add(planned.id, row)
        self._count += 1

    def remove(self, id: str) -> None:
        """Forget `id`; an id that is not held is no fault."""
        if any(part.remove(id) for part in self._parts()):
            self._count -= 1
            if self._merging is not None:
                self._merging.gone.append(id)

    def _parts(self) -> tuple[Tree | Recent, ...]:
        return self._recent, *self._fixed, *self._trees

    def _row(self, planned: Planned) -> Row:
        """Its row; whoever asks about an activity most often adds it next, or did just now."""
        if self._origin is None:
            self._origin = planned.volume.window.start.ms
        if self._last is None or self._last[0] is not planned:
            self._last = planned, row_of(planned, self._origin)
        return self._last[1]

    @property
    def is_due(self) -> bool:
        """Whether so much is new that a merge is worth its time."""
        return self._merging is None and self._recent.rows.count > RECENT

    def merge(self) -> None:
        """Put what is new into a tree, small trees with it."""
        begun = self.begin_merge()
        self.end_merge(begun, joined(begun))

    def pack(self) -> None:
        """Put everything into one tree: quickest to ask, and it takes the longest."""
        if len(self._trees) != 1 or self._recent.at:
            parts = [part.part() for part in self._parts()]
            parts = [part for part in parts if len(part.table)]
            self._trees, self._recent = ((Tree.joined(parts),) if parts else ()), Recent()

    def begin_merge(self) -> Merge:
        """What `joined` makes one tree of, in whatever thread; `end_merge` puts it in place."""
        if self._merging is not None:
            raise RuntimeError("a merge is under way")
        total, taken = len(self._recent.at), []
        for tree in sorted(self._trees, key=lambda tree: tree.live):
            if tree.live > _GROWTH * total:
                break
            taken.append(tree)
            total += tree.live
        self._merging = Merge(self._recent, tuple(taken), [])
        self._fixed, self._recent = (self._recent,), Recent()
        return self._merging

    def end_merge(self, begun: Merge, tree: Tree) -> None:
        """Put the tree in place of what it was made of."""
        for id in begun.gone:
            tree.remove(id)
        kept = tuple(each for each in self._trees if each not in begun.trees)
        self._trees = (*kept, tree) if tree.live else kept
        self._fixed, self._merging = (), None

    # ---- one against all -------------------------------------------------------------

    def near(self, planned: Planned) -> Iterator[Planned]:
        """All that conflict with `planned`, and some that do not; never itself."""
        for part, row, _ in self._found(self._row(planned)):
            other = _planned(part, row)
            if other.id != planned.id:
                yield other

    def ids_near(self, planned: Planned) -> list[str]:
        """The ids of `near`."""
        found = (_id(part, row) for part, row, _ in self._found(self._row(planned)))
        return [id for id in found if id != planned.id]

    def conflicts(self, planned: Planned, ground: Ground = EARTH) -> list[Finding]:
        """What `verdict` finds of `planned` and each other, in the order of their ids."""
        found: dict[str, Finding | None] = {}
        row = self._row(planned)
        for part, number, said in self._found(row):
            id = _id(part, number)
            if id == planned.id:
                continue
            if said < BEYOND:
                other = _table(part)[number].item()
                if said == OVERLAP:
                    found[id] = overlap(planned.id, row.values, id, other)
                    continue
                if row.values[KIND] == other[KIND] == CIRCLE:
                    found[id] = of_circles(planned.id, row.values, id, other)
                    continue
            found[id] = verdict(planned, _planned(part, number), ground)
        return [finding for _, finding in sorted(found.items()) if finding is not None]

    def _found(self, row: Row) -> Iterator[tuple[Tree | Recent, int, int]]:
        """Where a row may conflict: the part, the row in it, and what chords say."""
        search = (self._search or compiled.chosen()).search
        asked = self._asked
        asked[0] = row.values
        for part in self._parts():
            if isinstance(part, Recent) and not part.at:
                continue
            points = part.rows.points if isinstance(part, Recent) else part.points
            box = _box(row, part.shrink) if isinstance(part, Tree) else _box(row, _NO_SHRINK)
            hits = search(
                part.nodes, part.levels, _table(part), points.data, points.first,
                asked, row.points, box, _RADII,
            )  # fmt: skip
            for _, other, said in hits.tolist():
                yield part, other, said

    # ---- all against all -------------------------------------------------------------

    def pairs(self, ground: Ground = EARTH) -> Pairs:
        """Every pair that conflicts, once. Merges everything into one tree first."""
        self.pack()
        if not self._trees:
            return Pairs([], [], np.zeros(0, dtype=np.bool_))
        (tree,) = self._trees
        search = (self._search or compiled.chosen()).pairs
        held = (tree.nodes, tree.levels, tree.table, tree.points.data, tree.points.first)
        found: Ints = search(*held, 0, len(tree.table), tree.shrink, _RADII)
        doubtful = np.flatnonzero((found[:, 2] == ASK) | (found[:, 2] >= BEYOND))
        for at in doubtful.tolist():
            first, second = (_planned(tree, row) for row in found[at, :2].tolist())
            if verdict(first, second, ground) is None:
                found[at, 2] = NO
        found = found[found[:, 2] != NO]
        return Pairs(
            [id.decode() for id in tree.ids[found[:, 0]].tolist()],
            [id.decode() for id in tree.ids[found[:, 1]].tolist()],
            found[:, 2] == OVERLAP,
        )

    @property
    def bytes(self) -> int:
        """What the trees take up."""
        return sum(tree.bytes for tree in self._trees)


def joined(begun: Merge) -> Tree:
    """The tree of a merge: what takes the time. It changes nothing."""
    return Tree.joined([begun.recent.part(), *(tree.part() for tree in begun.trees)])


def conflicts_of(
    planned: Planned, others: Iterable[Planned], ground: Ground = EARTH
) -> list[Finding]:
    """What `planned` conflicts with among `others`, in their order; never itself."""
    found = (verdict(planned, other, ground) for other in others if other.id != planned.id)
    return [finding for finding in found if finding is not None]


def _id(part: Tree | Recent, row: int) -> str:
    return part.rows.ids[row] if isinstance(part, Recent) else part.ids[row].decode()


def _table(part: Tree | Recent) -> Table:
    return part.rows.table if isinstance(part, Recent) else part.table


def _box(row: Row, shrink: tuple[float, float]) -> Lanes:
    """What a row's box must meet: each side adds its own separation, and one of the two is enough.

    So the asked one's is taken back, down to the least that any row beside it has.
    """
    space, back = min(shrink[0], row.values[HORIZONTAL] / 1000), min(shrink[1], row.values[TIME])
    x1, y1, z1, t1, x2, y2, z2, t2 = row.lane
    t1, t2 = t1 + back, t2 - back
    return np.array(
        (
            *(x1 + space, y1 + space, z1 + space, t1 - abs(t1) * OUTWARD),
            *(x2 - space, y2 - space, z2 - space, t2 + abs(t2) * OUTWARD),
        ),
        dtype=np.float32,  # of lengths it rounds off less than SLACK_M
    )


def _planned(part: Tree | Recent, row: int) -> Planned:
    if isinstance(part, Recent):
        return planned_of(part.rows.ids[row], part.rows.table[row], part.rows.vertices)
    return planned_of(part.ids[row].decode(), part.table[row], part.vertices)
