"""The simulator finds what it is for: each fault, put into the product, breaks some seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from openline.line import alarm, incoming
from openline.line.events import MessageArrived, Show
from openline.station import effects, epochs, inbox, store, traffic
from openline.station.books import alarms
from openline.station.engine import Engine
from openline.words.errors import OpenlineError
from simulation.seeds import stage

SEEDS = range(40)
Patch = pytest.MonkeyPatch


def receipt_before_commit(patch: Patch) -> None:
    """The answer is sealed, and may leave, before what it covers is durable."""

    def arriving(peer: str, items: Any) -> Any:
        def job(tx: Any) -> Any:
            answer = traffic.arrive(tx, peer, items)
            if answer:
                inbox.seal(answer, tx.engine.envelope_to(peer))
            return answer

        return job

    patch.setattr(inbox, "arriving", arriving)


def number_reused(patch: Patch) -> None:
    """A database that was brought back goes on as if nothing had been."""
    patch.setattr(epochs, "reason_to_begin", lambda mark, lines: "")


def commit_not_synced(patch: Patch) -> None:
    """A commit returns before it is on the disk."""

    def configure(raw: Any, _record: object) -> None:
        raw.execute("PRAGMA synchronous=NORMAL")

    patch.setattr(store, "_configure", configure)


def memory_ahead(patch: Patch) -> None:
    """A transaction that fails leaves the lines in memory as they would have been."""
    transact = Engine.transact

    def forgetful(engine: Engine, jobs: Any) -> Any:
        seen: dict[str, Any] = {}

        def spying(job: Any) -> Any:
            def run(tx: Any) -> Any:
                try:
                    return job(tx)
                finally:
                    seen.update(tx.lines)

            return run

        try:
            return transact(engine, [spying(job) for job in jobs])
        except OpenlineError:
            engine.lines = {**engine.lines, **seen}
            raise

    patch.setattr(Engine, "transact", forgetful)


def shown_twice(patch: Patch) -> None:
    """What arrives again is acted on again."""
    message = incoming.message

    def again(state: Any, event: MessageArrived, now: Any) -> Any:
        if event.stored == event.message.leaf:
            return state, (Show((event.message.direction.epoch, event.message.number)),)
        return message(state, event, now)

    patch.setattr(incoming, "message", again)


def alarm_dropped(patch: Patch) -> None:
    """An immediate message raises no alarm."""
    raise_alarm = alarms.raise_alarm

    def some(tx: Any, peer: str, about: str, precedence: Any, what: str) -> None:
        if precedence != "immediate":
            raise_alarm(tx, peer, about, precedence, what)

    patch.setattr(alarms, "raise_alarm", some)


def alarm_waits_for_the_clock(patch: Patch) -> None:
    """An alarm sounds when the wall clock says so, and never before."""
    patch.setattr(alarm, "due_at", lambda each, now: each.next_at)


def early_receipt_of_another(patch: Patch) -> None:
    """An early receipt names another message than the one that came."""
    write_early = incoming.write_early

    def wrong(signer: Any, direction: Any, number: int, leaf: bytes, at: Any) -> Any:
        return write_early(signer, direction, number, leaf[::-1], at)

    patch.setattr(incoming, "write_early", wrong)


def parked_and_forgotten(patch: Patch) -> None:
    """What waited beyond a gap is never shown."""
    show = effects._show

    def only_fresh(tx: Any, peer: str, place: Any) -> Any:
        return show(tx, peer, place) if (peer, place) in tx.fresh else None

    patch.setattr(effects, "_show", only_fresh)


FAULTS = [
    receipt_before_commit,
    number_reused,
    commit_not_synced,
    memory_ahead,
    shown_twice,
    alarm_dropped,
    alarm_waits_for_the_clock,
    early_receipt_of_another,
    parked_and_forgotten,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_in_the_product_breaks_a_seed(
    fault: Callable[[Patch], None], monkeypatch: Patch
) -> None:
    fault(monkeypatch)
    with stage() as here:
        broken = next((o for o in map(here.run, SEEDS) if o.broken), None)
    assert broken is not None
    print(f"seed {broken.seed}, step {broken.steps}: {broken.broken}")
