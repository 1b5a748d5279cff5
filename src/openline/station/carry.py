"""Carrying by hand: what waits on a line as small frames, and frames that somebody brought.

Whoever carries is the carrier: a radio operator, a page of letters, a photograph
of a screen. What has no receipt is carried again the next time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openline.line import delivery
from openline.station import effects, inbox
from openline.station.heads import require
from openline.station.outbox import Outbox
from openline.station.station import Station
from openline.wire import frames
from openline.wire.parcel import seal
from openline.words import limits
from openline.words.errors import OpenlineError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Carried:
    """What is to be carried: frames of one parcel, in which there are so many messages."""

    frames: list[bytes]
    messages: int
    left: int
    """Messages that found no room and wait for the next time."""


def out(station: Station, peer: str, frame: int, most: int) -> Carried:
    """What waits for `peer`, by precedence, in frames of at most `frame` bytes.

    Of messages not more than `most` bytes, but one at least. Raises ``unknown-line``,
    ``nothing-to-carry``, ``bad-frames``.
    """
    engine, now = station.engine, station.clock.now()
    state = require(engine.lines, peer).state
    beside = list(station.ways.by_hand(peer).take())
    newest = state.into
    if newest.given and newest.given not in beside:
        beside.append(newest.given)
    beside += delivery.requests(state, now)
    beside = list(effects.fitting(beside))
    outbox = Outbox(engine.store, peer, room=min(most, limits.PARCEL_BUCKETS[-1] // 2))
    outbox.room += sum(len(item) + 5 for item in beside)
    picked = outbox.take(now.monotonic_ms, beside=beside)
    items = [*beside, *(raw for _, raw in picked)]
    if not items:
        raise OpenlineError(
            "nothing-to-carry",
            f"nothing waits on the line to {peer}",
            rule="R-CAR-12",
            next="send something first",
        )
    parcel = seal(inbox.with_card(engine, peer, items), engine.envelope_to(peer))
    pieces = frames.split(parcel, frame)
    station.run(lambda tx: inbox.mark_sent(tx, peer, [place for place, _ in picked]))
    return Carried(pieces, len(picked), outbox.queued() - len(picked))


def into(station: Station, said: str) -> Json:
    """Take in what frames in text bring; what is whole is stored, what lacks is named.

    Raises ``bad-frame``, and what a parcel that does not open raises.
    """
    parcels, lacking = frames.join(frames.read_text(said))
    lines = []
    for sealed in parcels:
        peer, items = inbox.admit_parcel(station.engine, sealed)
        before = station.engine.lines[peer].state.into.size
        answer = station.run(inbox.arriving(peer, items))
        station.ways.by_hand(peer).put(answer)
        station.ways.answer(peer, "", answer)
        station.on_answer(peer)
        new = station.engine.lines[peer].state.into.size - before
        lines.append({"line": peer, "new": max(new, 0), "answer": bool(answer)})
    return {"parcels": lines, "lacking": lacking}
