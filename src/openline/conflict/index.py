"""Which planned activities conflict with one, and with each other, among very many.

The newest rows stand in a short list (`tree.Recent`), all others in packed
trees; whoever may take the time calls `merge` now and then, which makes trees
of the list and of small trees. What is near is found by boxes and decided by
chords where they can decide, else by the exact verdict: a faster way to the
same answers (R-CONF-26).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf
from operator import itemgetter
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from openline.conflict import compiled
from openline.conflict.earth import Ints
from openline.conflict.plain import ASK, BEYOND, NO, OVERLAP
from openline.conflict.rows import Asked
from openline.conflict.seen import Seen
from openline.conflict.tree import Held, Recent, Tree, planned_at
from openline.conflict.verdict import WITHIN_ERROR, Finding, Planned, verdict
from openline.words.volume import EARTH, Ground

_first = itemgetter(0)
_FLAGGED = (WITHIN_ERROR,)
RECENT = 1024
"""More than so many new rows, and a merge is due."""
_GROWTH = 8
"""A merge takes in each tree that is no more than so many times what it merges already."""


class Pairs(NamedTuple):
    """All conflicts: ids of both, and which ones have distance 0 and no flag for sure."""

    a: list[str]
    b: list[str]
    overlap: NDArray[np.bool_]


class Merge(NamedTuple):
    """A merge under way."""

    recent: Recent
    trees: tuple[Tree, ...]
    gone: list[bytes]
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
        self._seen = Seen(0)
        self._least = inf, inf
        """No separation among those that were added is less, in metres and milliseconds."""
        self._searched: tuple[Tree | Recent, ...] = ()
        self._laid: Any = None
        """Those parts as the search takes them, `_laid_by` it."""
        self._laid_by: ModuleType | None = None
        self._laid_with: Held | None = None
        """What the list held when the parts were laid out; None when the trees have changed."""
        self._asked = Asked()
        self._asked_of: Planned | None = None
        for each in planned:
            self.add(each)
        if self.is_due:
            self.merge()

    def __len__(self) -> int:
        return self._count

    # ---- changes ---------------------------------------------------------------------

    def add(self, planned: Planned) -> None:
        """Hold `planned`, in place of what had its id. Raises what `core_of` raises."""
        asked, search = self._put(planned)
        asked.settle(search.settle)
        name = planned.id.encode()
        if self._seen.add(name):
            self._forget(name)
        self._recent.add(name, asked)
        self._count += 1
        if self._count > self._seen.most:
            self._seen = Seen(self._count, (part.hashes for part in self._parts()))
        separation, (least_m, least_ms) = planned.separation, self._least
        if separation.time_ms < least_ms or separation.horizontal_mm < least_m * 1000:
            horizontal_m, time_ms = separation.horizontal_mm / 1000, float(separation.time_ms)
            self._least = min(least_m, horizontal_m), min(least_ms, time_ms)

    def remove(self, id: str) -> None:
        """Forget `id`; an id that is not held is no fault."""
        name = id.encode()
        if name in self._seen:
            self._forget(name)

    def _forget(self, name: bytes) -> None:
        if any(part.remove(name) for part in self._parts()):
            self._count -= 1
            if self._merging is not None:
                self._merging.gone.append(name)

    def _parts(self) -> tuple[Tree | Recent, ...]:
        return self._recent, *self._fixed, *self._trees

    def _put(self, planned: Planned) -> tuple[Asked, ModuleType]:
        """Its row, and the search; whoever asks about one most often adds it next, or just did."""
        search = self._search or compiled.chosen()
        if self._asked_of is not planned:
            if self._origin is None:
                self._origin = planned.volume.window.start.ms
            self._asked_of = None
            self._asked.put(planned, self._origin)
            self._asked_of = planned
        return self._asked, search

    @property
    def is_due(self) -> bool:
        """Whether so much is new that a merge is worth its time."""
        return self._merging is None and len(self._recent.ids) > RECENT

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
            self._laid_with = None

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
        self._fixed, self._recent, self._laid_with = (self._recent,), Recent(), None
        return self._merging

    def end_merge(self, begun: Merge, tree: Tree) -> None:
        """Put the tree in place of what it was made of."""
        for name in begun.gone:
            tree.remove(name)
        kept = tuple(each for each in self._trees if each not in begun.trees)
        self._trees = (*kept, tree) if tree.live else kept
        self._fixed, self._merging, self._laid_with = (), None, None

    # ---- one against all -------------------------------------------------------------

    def near(self, planned: Planned) -> Iterator[Planned]:
        """All that conflict with `planned`, and some that do not; never itself."""
        for mark, row, _ in self._found(planned, exact=False):
            if self._id(mark, row) != planned.id:
                yield self._planned(mark, row)

    def ids_near(self, planned: Planned) -> list[str]:
        """The ids of `near`."""
        found = (self._id(mark, row) for mark, row, _ in self._found(planned, exact=False))
        return [id for id in found if id != planned.id]

    def ids(self, planned: Planned, ground: Ground = EARTH) -> list[str]:
        """The ids of all that conflict with `planned`, in no order: sooner than `conflicts`."""
        found, own = [], planned.id
        for mark, row, known in self._found(planned, exact=False):
            id, doubtful = self._id(mark, row), known == ASK or known >= BEYOND
            if id == own:
                continue
            if not doubtful or verdict(planned, self._planned(mark, row), ground) is not None:
                found.append(id)
        return found

    def conflicts(self, planned: Planned, ground: Ground = EARTH) -> list[Finding]:
        """What `verdict` finds of `planned` and each other, in the order of their ids."""
        hits, own = self._found(planned, exact=True), planned.id
        if not hits:
            return []
        found, searched = [], self._searched
        for mark, row, flagged, gap_m, vertical_m, start, end in hits:
            id = searched[int(mark)].id(int(row))
            if id == own:
                continue
            if gap_m != gap_m:  # noqa: PLR0124 (not a number)
                finding = verdict(planned, self._planned(mark, row), ground)
                if finding is not None:
                    found.append((id, finding))
                continue
            first, second = (own, id) if own <= id else (id, own)
            gap_m, flags = max(0.0, gap_m), _FLAGGED if flagged else ()
            said = (first, second, gap_m, vertical_m, int(start), int(end), flags)
            found.append((id, Finding._make(said)))
        found.sort(key=_first)
        return [finding for _, finding in found]

    def _found(self, planned: Planned, *, exact: bool) -> list[list[float]]:
        """What `search` finds that may conflict: the part that was searched, the row, and more."""
        asked, search = self._put(planned)
        if self._laid_with is not self._recent.held or self._laid_by is not search:
            self._searched = self._parts()
            self._laid = search.laid([part.held for part in self._searched])
            self._laid_with, self._laid_by = self._recent.held, search
        found: list[list[float]] = search.search(asked, *self._least, self._laid, exact)
        return found

    def _id(self, mark: float, row: float) -> str:
        return self._searched[int(mark)].id(int(row))

    def _planned(self, mark: float, row: float) -> Planned:
        return planned_at(self._searched[int(mark)], int(row))

    # ---- all against all -------------------------------------------------------------

    def pairs(self, ground: Ground = EARTH) -> Pairs:
        """Every pair that conflicts, once. Merges everything into one tree first."""
        self.pack()
        if not self._trees:
            return Pairs([], [], np.zeros(0, dtype=np.bool_))
        (tree,) = self._trees
        search = (self._search or compiled.chosen()).pairs
        found: Ints = search(*tree.held, *self._least, 0, len(tree.table))
        doubtful = np.flatnonzero((found[:, 2] == ASK) | (found[:, 2] >= BEYOND))
        for at in doubtful.tolist():
            one, other = (planned_at(tree, row) for row in found[at, :2].tolist())
            if verdict(one, other, ground) is None:
                found[at, 2] = NO
        found = found[found[:, 2] != NO]
        ids = [name.decode() for name in tree.ids.tolist()]
        first, second = ([ids[row] for row in found[:, side].tolist()] for side in (0, 1))
        return Pairs(first, second, found[:, 2] == OVERLAP)

    @property
    def bytes(self) -> int:
        """What the trees take up, and what says which ids are in them."""
        return self._seen.bytes + sum(tree.bytes for tree in self._trees)


def joined(begun: Merge) -> Tree:
    """The tree of a merge: what takes the time. It changes nothing."""
    return Tree.joined([begun.recent.part(), *(tree.part() for tree in begun.trees)])


def conflicts_of(
    planned: Planned, others: Iterable[Planned], ground: Ground = EARTH
) -> list[Finding]:
    """What `planned` conflicts with among `others`, in their order; never itself."""
    found = (verdict(planned, other, ground) for other in others if other.id != planned.id)
    return [finding for finding in found if finding is not None]
