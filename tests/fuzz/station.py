"""A harness of a station at work: a peer that signs whatever it likes."""

from __future__ import annotations

import atexit
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from fuzz.harness import Harness
from openline.forms.catalog import CATALOG
from openline.forms.fields import fill
from openline.forms.payload import Payload, write_payload
from openline.forms.precedence import Precedence
from openline.station import traffic
from openline.station.books.conflicts import conflict_id
from openline.station.engine import Tx
from openline.station.tables import messages
from openline.wire.message import write_message
from openline.wire.receipt import Receipt, read_item
from openline.words import limits
from openline.words.errors import OpenlineError
from simulation.world import World, keys_of, make

_UNDONE = OpenlineError("undone", "the harness leaves nothing behind")


def arrival(data: bytes) -> bool:
    """Any payload, truly signed, is recorded and receipted; told is whether it was understood."""
    engine = _world()["ru"].engine
    state = engine.lines["us"].state
    out, into = state.out, state.into
    if len(data) > limits.MESSAGE_BYTES - limits.HEADER_BYTES:
        return False
    at = engine.clock.now().wall
    message = write_message(keys_of("us").signing, into.direction, into.size, at, data)
    said: list[str] = []

    def job(tx: Tx) -> None:
        answer = [read_item(raw) for raw in traffic.arrive(tx, "us", [message])]
        held = [item.size for item in answer if isinstance(item, Receipt)]
        assert tx.line("us").state.into.size == into.size + 1, "it was not recorded"
        assert held == [into.size + 1], "it was not receipted"
        m = messages.c
        ours = (m.peer == "us", m.way == "out", m.epoch == out.direction.epoch)
        rows = tx.run(select(m.form).where(*ours, m.number >= out.size)).scalars()
        said.extend(rows)
        raise _UNDONE

    ((_, error),) = engine.transact([job])
    assert error is _UNDONE, error
    return "not-understood" not in said


@cache
def _world() -> World:
    """Two stations, and something said on the line already that can be spoken about."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    world = make(Path(folder.name))
    atexit.register(world.close)
    for a, b in (("us", "ru"), ("ru", "us")):
        for form in ("text", "activity", "call-request", "stop", "query", "human-test"):
            world[a].submit((b,), form, CATALOG[form].example)
    world.settle()
    world["ru"].test("us")
    world.settle()
    for side in world.sides.values():
        side.engine.on_commit = lambda notes: None
    return world


def _seeds() -> list[bytes]:
    """Of every form one that is understood, where what was said makes one so."""
    ru = _world()["ru"]
    rows = [*ru.ours("us"), *ru.theirs("us")]
    known = [row.id for row in rows]
    plans = sorted(row.id for row in rows if row.form == "activity")
    pair = dict(zip(("first", "second"), plans, strict=True))
    seeds = []
    for name, schema in CATALOG.items():
        fields = fill(name, schema.example)
        if name == "finding-answer":
            known = [conflict_id(*plans), *known]
            fields |= pair
        elif name == "finding":
            fields = {"pairs": [{**fields["pairs"][0], **pair}]}
        tries = [{**fields, "about": id} for id in known] if "about" in fields else [fields]
        payloads = (_payload(name, tried) for tried in tries)
        seeds += [next(filter(arrival, payloads), b"")]
    return [seed for seed in seeds if seed]


def _payload(name: str, fields: Any) -> bytes:
    schema = CATALOG[name]
    to, urgency = ("ru",), Precedence(schema.precedence)
    return write_payload(Payload(name, schema.version, "7h2k9m4q3x", 0, to, urgency, "en", fields))


HARNESSES = {"arrival": Harness(arrival, _seeds)}
