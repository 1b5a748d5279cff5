"""The ways out of a station: for each line its carriers, each with an outbox and its health.

What was set is read from the database; what is known of a carrier begins anew
with the process. A way that is not the cheapest takes what its turn has come
for (`line.routing`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from openline.line import routing
from openline.line.routing import State
from openline.station import leaving, settings
from openline.station.outbox import ROOM, Outbox
from openline.station.settings import FOLDER, HTTPS, KINDS, MAIL, Setting
from openline.station.store import Store
from openline.wire.probe import is_probe
from openline.wire.receipt import Ask, Early, Receipt, read_item
from openline.words import limits
from openline.words.errors import OpenlineError
from openline.words.moment import Now


@dataclass(slots=True)
class Answers:
    """Signed items that answer what a one-way carrier brought, until they leave."""

    _items: dict[object, bytes] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, items: Iterable[bytes]) -> None:
        """These are to leave; of what says the same of one record the newest counts."""
        with self._lock:
            for raw in items:
                subject = _subject(raw)
                self._items.pop(subject, None)
                self._items[subject] = raw
            while len(self._items) > limits.ANSWERS:
                self._items.pop(next(iter(self._items)))

    def take(self) -> list[bytes]:
        """All of them, which leave now."""
        with self._lock:
            items = list(self._items.values())
            self._items.clear()
            return items

    def __len__(self) -> int:
        return len(self._items)


def _subject(raw: bytes) -> object:
    try:
        item = read_item(raw)
    except OpenlineError:  # not about a record: it stands for itself
        return raw
    match item:
        case Receipt() | Ask():
            return type(item), str(item.direction)
        case Early():
            return type(item), str(item.direction), item.number
        case _:
            return raw


@dataclass(slots=True)
class Way:
    """One carrier of one line: what was set, what is known, and what is under way."""

    setting: Setting
    outbox: Outbox
    route: routing.Way
    answers: Answers = field(default_factory=Answers)
    parcels_out: int = 0
    bytes_out: int = 0
    parcels_in: int = 0
    bytes_in: int = 0
    last_used_ms: int | None = None
    """When it was given something or brought something, on the wall clock."""
    in_error: OpenlineError | None = None
    """Why nothing could be collected from it, last time."""
    unreadable: dict[str, None] = field(default_factory=dict)
    """What it brought and could not be opened; that is not tried again, as long as it is known."""

    @property
    def state(self) -> State:
        """What is known of it."""
        return self.route.state

    @property
    def takes(self) -> bool:
        """Whether anything can be given to it; a folder may only bring, as behind a data diode."""
        return self.setting.kind != FOLDER or settings.folders(self.setting)[0] is not None

    @property
    def brings(self) -> bool:
        """Whether it can bring anything: not a folder without `in`, nor mail without a mailbox."""
        if self.setting.kind == FOLDER:
            return settings.folders(self.setting)[1] is not None
        return self.setting.kind != MAIL or "imap" in self.setting.options

    def not_opened(self, name: str) -> None:
        """What is called `name` does not open; of too many the one that has been known longest
        is forgotten."""
        self.unreadable[name] = None
        while len(self.unreadable) > limits.UNREADABLE:
            del self.unreadable[next(iter(self.unreadable))]

    def failing(self) -> OpenlineError | None:
        """What fails of it, as far as this side knows; None when nothing does."""
        return self.outbox.last_error or self.in_error

    def error(self) -> str:
        """The same in words; empty when nothing does."""
        error = self.failing()
        return f"{error.message} [{error.whose}]" if error else ""


class Ways:
    """All ways, by line and name; the cheapest first."""

    def __init__(self, store: Store, peers: Iterable[str], now: Callable[[], Now]) -> None:
        self._store = store
        self._now = now
        self._lines: dict[str, dict[str, Way]] = {}
        self._by_hand: dict[str, Answers] = {}
        self.reload(peers)

    def of(self, peer: str) -> list[Way]:
        """The carriers of a line that are to be used."""
        return [way for way in self.all_of(peer) if way.setting.enabled]

    def all_of(self, peer: str) -> list[Way]:
        """The carriers of a line, also those that are switched off."""
        return list(self._lines.get(peer, {}).values())

    def outbox(self, peer: str) -> Outbox:
        """Of the line's HTTPS, which is always there."""
        return self._lines[peer][HTTPS].outbox

    def by_hand(self, peer: str) -> Answers:
        """The answers that the next one who carries by hand takes along."""
        return self._by_hand.setdefault(peer, Answers())

    def reload(self, peers: Iterable[str]) -> None:
        """Have what is set now; a way that is set as before keeps what it knows."""
        with self._store.read() as connection:
            found = settings.by_line(connection, peers)
        self._lines = {
            peer: {name: self._kept(setting) for name, setting in by_name.items()}
            for peer, by_name in found.items()
        }

    def _kept(self, setting: Setting) -> Way:
        way = self._lines.get(setting.peer, {}).get(setting.name)
        if way is not None and way.setting == setting:
            return way
        return self._made(setting)

    def _made(self, setting: Setting) -> Way:
        own = setting.options.get("next_after_s")
        route = routing.Way(
            setting.name,
            setting.cost,
            self._now().wall.ms,
            next_after_ms=None if own is None else int(float(own) * 1000),
        )
        resend_s = setting.seconds("resend_s", KINDS[setting.kind].resend_s)
        again_ms, room = int(resend_s * 1000), _room(setting)
        outbox = Outbox(self._store, setting.peer, is_told=True, again_after_ms=again_ms, room=room)
        way = Way(setting, outbox, route)
        outbox.latest = lambda: self._latest(way)
        return way

    # ---- what may leave ---------------------------------------------------------------

    def _routes(self, peer: str) -> list[routing.Way]:
        return [way.route for way in self.of(peer) if way.takes]

    def _latest(self, way: Way) -> Sequence[int]:
        routes = self._routes(way.setting.peer)
        if not way.takes:
            return leaving.AT_NO_TIME
        return routing.latest(routes, way.route, self._now().wall.ms)

    def is_first(self, way: Way) -> bool:
        """Whether it is the cheapest that is not known to be down."""
        up = [each for each in self._routes(way.setting.peer) if each.state is not State.DOWN]
        return not up or min(up, key=lambda each: each.order).name == way.route.name

    def turn_in_ms(self, way: Way) -> int | None:
        """How long until its turn comes for something that waits; None when nothing does."""
        routes, now_ms = self._routes(way.setting.peer), self._now().wall.ms
        due = [routing.due_ms(routes, way.route, *each) for each in way.outbox.not_yet()]
        return max(min(due) - now_ms, 0) if due else None

    def became(self, way: Way, event: routing.Event) -> bool:
        """What became of what it was given; whether that changed its state."""
        before = way.route
        way.route = routing.step(before, event, self._now().wall.ms)
        return way.route is not before

    def answer(self, peer: str, by: str, items: Sequence[bytes]) -> None:
        """What the one-way carrier `by` brought is answered by it and by the cheapest.

        A probe is answered by the carrier alone that it is about.
        """
        only = any(map(is_probe, items))
        for way in (each for each in self.of(peer) if each.takes):
            if way.setting.name == by or (self.is_first(way) and not only):
                way.answers.put(items)

    # ---- what commits and carriers bring ----------------------------------------------

    def outboxes(self, peer: str) -> list[Outbox]:
        """Of all carriers of a line."""
        return [way.outbox for way in self.all_of(peer)]

    def trouble(self, peer: str) -> str:
        """What this side knows of why no carrier of a line works; empty when one does."""
        ways = [way for way in self.of(peer) if way.takes]
        if any(way.state is not State.DOWN for way in ways):
            return ""
        if len(ways) == 1:
            return ways[0].error()
        return "; ".join(f"{way.setting.name}: {way.error()}" for way in ways) or _NONE


def _room(setting: Setting) -> int:
    """Bytes of items in one parcel, which as it travels has at most the option `bytes`."""
    if setting.kind != MAIL or "bytes" not in setting.options:
        return ROOM
    most = int(setting.options["bytes"]) - limits.HYBRID_OVERHEAD
    return min(ROOM, max(each for each in limits.PARCEL_BUCKETS if each <= most) - 64)


_NONE = "every carrier of the line that takes anything is switched off [ours]"
