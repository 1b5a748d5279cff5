"""One crowd, held and asked by the index and by its peers, whose answers must be the same.

Every figure is taken twice: by the wall clock, and by processor time (that of
the server counted in), which hardly depends on what else the machine does.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.crowd import postgis
from benchmarks.crowd.generator import crowd
from benchmarks.crowd.peers import SEPARATION_M, Pair, Peer, SQLite, STRtree
from benchmarks.plan import CrowdPlan
from openline.conflict import compiled
from openline.conflict.geometry import gap_between_m
from openline.conflict.index import Index
from openline.conflict.validity import check_shape
from openline.conflict.verdict import Planned, verdict
from openline.formats.draft import Draft, Given
from openline.formats.geojson import read_geojson
from openline.forms.activity import activity_of
from openline.forms.fields import fill
from openline.words.volume import Area, Circle

OURS = "Openline"
WARM_UP = 50
ASKED_SEED = 2_022
Begin = Callable[[str], object]


@dataclass(frozen=True)
class Taken:
    """Microseconds of one thing done many times."""

    samples: int
    p50_us: float
    p99_us: float
    cpu_p50_us: float
    cpu_p99_us: float
    cpu_mean_us: float


@dataclass(frozen=True)
class OnePeer:
    """What one of them needs for the crowd."""

    name: str
    load_cpu_s: float
    """Everything from the activities to what can be asked."""
    ask: Taken
    """What conflicts with one more, which is then held as well."""
    all_pairs_s: float
    """Wall time; of a share of the crowd, times the share."""
    all_pairs_cpu_s: float
    pairs_share: int
    pairs: int
    doubtful: int
    """Answers that differ from ours: of pairs within the peer's own error of their separation."""


@dataclass(frozen=True)
class Crowd:
    """One size."""

    activities: int
    findings_mean: float
    peers: Sequence[OnePeer]
    figures: Taken
    """Ours, asked without holding, for findings: with distances, times and flags."""
    json: Taken
    """Ours, from the text of a GeoJSON file with one activity to the answer."""
    pack_cpu_s: float
    """Ours, of loading: rows that are there sorted into a tree."""
    bytes_each: float
    findings_s: float
    """Ours, `Index.conflicts` of every activity: all pairs with distances, windows and flags."""


@dataclass
class Figures:
    """All sizes, and why a peer is missing."""

    crowds: list[Crowd] = field(default_factory=list)
    postgis: str = ""
    why_not: str = ""
    compiled: bool = False


class Ours:
    """The index, as the peers are asked."""

    name = OURS
    doubt = (0.0, 0.0)

    def __init__(self) -> None:
        self.index = Index()
        self.pack_cpu_s = 0.0

    def load(self, planned: Sequence[Planned]) -> None:
        for each in planned:
            self.index.add(each)
        begun = time.process_time()
        self.index.pack()
        self.pack_cpu_s = time.process_time() - begun

    def ask_and_add(self, planned: Planned) -> set[str]:
        found = self.index.ids(planned)
        self.index.add(planned)
        if self.index.is_due:  # a station has another thread do it
            self.index.merge()
        return set(found)

    def pairs(self, every: int) -> Iterator[Pair]:  # noqa: ARG002 (all of them at once)
        found = self.index.pairs()
        return zip(found.a, found.b, strict=True)

    def cpu(self) -> float:
        return 0.0


def measure(plan: CrowdPlan, peer: bool, begin: Begin) -> Figures:
    """Every size of the plan; PostGIS stands beside it when a `peer` is wanted and can be had."""
    why_not = postgis.absent() if peer else "it was not asked for"
    found = Figures(compiled=plan.compiles and compiled.prepare(), why_not=why_not)
    with ExitStack() as stack:
        connect = "" if why_not else stack.enter_context(postgis.server())
        for size, share in zip(plan.sizes, plan.shares, strict=True):
            found.crowds.append(_crowd(size, plan.asked, share, connect, found, begin))
    return found


def _crowd(
    size: int, asked: int, share: int, connect: str, figures: Figures, begin: Begin
) -> Crowd:
    begin(f"{size:,} activities: made")
    held = list(crowd(size))
    later = list(crowd(asked + WARM_UP, ASKED_SEED, "q"))
    everyone = {each.id: each for each in (*held, *later)}
    ours = Ours()
    mine, answers = _one(ours, held, later, 1, begin)
    begin(f"{size:,} activities: with figures")
    figured = timed(ours.index.conflicts, later, lambda: 0.0)
    begin(f"{size:,} activities: from JSON")
    text = _from_json(ours.index, later)
    bytes_each = ours.index.bytes / max(1, len(ours.index))
    begin(f"{size:,} activities: all findings")
    sample = held[:: max(1, size // 2_000)]
    begun = time.perf_counter()
    for each in sample:
        ours.index.conflicts(each)
    findings_s = (time.perf_counter() - begun) * size / len(sample)
    pack_cpu_s = ours.pack_cpu_s
    del ours
    rows = [mine]
    others: list[Callable[[], Peer]] = [SQLite, STRtree]
    if connect:
        others.append(lambda: postgis.PostGIS(connect))
    for other in others:
        peer = other()
        theirs, said = _one(peer, held, later, share, begin)
        asked_differ = [
            (q.id, id) for q, a, b in zip(later, answers[0], said[0], strict=True) for id in a ^ b
        ]
        wanted = {each.id for each in held[::share]}
        ours_of = {(min(p), max(p)) for p in answers[1] if min(p) in wanted}
        theirs_of = {(min(p), max(p)) for p in said[1]}
        differ = asked_differ + list(ours_of ^ theirs_of)
        _explain(peer, differ, everyone)
        rows.append(OnePeer(**{**vars(theirs), "doubtful": len(differ)}))
        if isinstance(peer, postgis.PostGIS):
            figures.postgis = peer.version
            peer.close()
        del peer
    return Crowd(
        size,
        sum(map(len, answers[0])) / len(later),
        rows,
        figured,
        text,
        pack_cpu_s,
        bytes_each,
        findings_s,
    )


def _one(
    peer: Peer, held: Sequence[Planned], later: Sequence[Planned], share: int, begin: Begin
) -> tuple[OnePeer, tuple[list[set[str]], list[Pair]]]:
    begin(f"{len(held):,} activities: {peer.name} loads")
    gc.collect()
    before = time.process_time() + peer.cpu()
    peer.load(held)
    load = time.process_time() + peer.cpu() - before
    begin(f"{len(held):,} activities: all pairs by {peer.name}")
    before, begun = time.process_time() + peer.cpu(), time.perf_counter()
    pairs = list(peer.pairs(share))
    wall = (time.perf_counter() - begun) * share
    cpu = (time.process_time() + peer.cpu() - before) * share
    begin(f"{len(held):,} activities: {peer.name} is asked")
    answers: list[set[str]] = []
    prepared: Iterable[Any] = later
    ask: Callable[[Any], set[str]] = peer.ask_and_add
    if isinstance(peer, postgis.PostGIS):  # what it is asked with is made before
        prepared, ask = [postgis.values(each) for each in later], peer.ask
    taken = timed(lambda each: answers.append(ask(each)), prepared, peer.cpu)
    one = OnePeer(peer.name, load, taken, wall, cpu, share, len(pairs), 0)
    return one, (answers, pairs)


def timed(
    act: Callable[[Any], object], items: Iterable[Any], elsewhere: Callable[[], float]
) -> Taken:
    """Do it for each of `items`; the first ones warm up."""
    wall, cpu = [], []
    for item in items:
        used = time.process_time() + elsewhere()
        begun = time.perf_counter()
        act(item)
        wall.append(time.perf_counter() - begun)
        cpu.append(time.process_time() + elsewhere() - used)
    walls, cpus = np.array(wall[WARM_UP:]) * 1e6, np.array(cpu[WARM_UP:]) * 1e6
    of_wall, of_cpu = np.percentile(walls, [50, 99]), np.percentile(cpus, [50, 99])
    return Taken(len(walls), *map(float, (*of_wall, *of_cpu, cpus.mean())))


def _explain(peer: Peer, differ: Iterable[Pair], everyone: dict[str, Planned]) -> None:
    """Raise unless each pair lies within the peer's own error of its separation."""
    share, metres = peer.doubt
    for first, second in differ:
        a, b = everyone[first], everyone[second]
        gap = gap_between_m(a.volume, b.volume)
        reach = sum(_reach_m(each) for each in (a, b))
        error = share * (max(gap, 0) + reach) + metres
        if abs(max(gap, 0.0) - SEPARATION_M) > error:
            raise AssertionError(
                f"{peer.name} and Openline disagree on {first} and {second}: {gap:,.2f} m apart, "
                f"the verdict says {verdict(a, b)}"
            )


def _reach_m(planned: Planned) -> float:
    shape = planned.volume.shape
    if isinstance(shape, Circle):
        return shape.radius_mm / 1000
    return 0.0 if isinstance(shape, Area) else shape.width_mm / 2000


def _from_json(index: Index, later: Sequence[Planned]) -> Taken:
    """The same questions and insertions once more, under other ids, from GeoJSON."""
    texts = [(f"json-{number}", geojson(each).encode()) for number, each in enumerate(later)]

    def act(item: tuple[str, bytes]) -> None:
        id, text = item
        (draft,) = read_geojson(text, Given())
        assert isinstance(draft, Draft)
        activity = activity_of(fill("activity", draft.fields))
        check_shape(activity.volume.shape, activity.volume.edges)
        planned = Planned(id, activity.volume, activity.separation)
        index.conflicts(planned)
        index.add(planned)
        if index.is_due:
            index.merge()

    return timed(act, texts, lambda: 0.0)


def geojson(planned: Planned) -> str:
    """A file with one activity, as `openline notify` takes it."""
    volume, shape = planned.volume, planned.volume.shape
    properties: dict[str, Any] = {
        "ref": planned.id,
        "kind": "flight",
        "title": f"Flight {planned.id}",
        "start": str(volume.window.start),
        "end": str(volume.window.end),
        "lower": volume.band.lower_milli / 1000,
        "upper": volume.band.upper_milli / 1000,
        "unit": str(volume.band.unit),
        "datum": str(volume.band.datum),
    }
    geometry: dict[str, Any]
    if isinstance(shape, Circle):
        geometry = {"type": "Point", "coordinates": [shape.centre.lon, shape.centre.lat]}
        properties["radius_m"] = shape.radius_mm / 1000
    elif isinstance(shape, Area):
        ring = [[p.lon, p.lat] for p in shape.polygons[0].outer]
        geometry = {"type": "Polygon", "coordinates": [ring]}
    else:
        geometry = {"type": "LineString", "coordinates": [[p.lon, p.lat] for p in shape.path]}
        properties["width_m"] = shape.width_mm / 1000
    feature = {"type": "Feature", "geometry": geometry, "properties": properties}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})
