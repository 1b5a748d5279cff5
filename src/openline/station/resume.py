"""Opening a station's engine: where the database is behind the mark, epochs begin at once.

Nothing waits for the other side: what an officer sends next goes into the new
epoch, and what was lost is fetched back while the line is in use.
"""

from __future__ import annotations

from collections.abc import Mapping

from openline.station import epochs, traffic
from openline.station.engine import Engine, Tx
from openline.station.mark import Mark, Reached


def resume(
    engine: Engine, mark: Mark, reason: str = "", reached: Mapping[str, Reached] | None = None
) -> None:
    """Begin a new epoch on every line, for `reason` or one that the mark gives, if there is one.

    `reached` is how far each line was signed, where another mark than this one says so.
    """
    reason = reason or epochs.reason_to_begin(mark, engine.lines)
    known = mark.known if reached is None else reached

    def job(tx: Tx) -> None:
        for peer in tx.lines:
            floor = known[peer].epoch if peer in known else 0
            traffic.begin_epoch(tx, peer, reason, floor)

    if reason and engine.lines:
        engine.do(job)
    mark.begin(engine.lines)
    engine.on_signed = mark.write
