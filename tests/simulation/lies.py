"""A station whose people contradict themselves: every kind of fork, and a few plainer lies.

Each lie is handed to its victim as a sealed parcel with statements that the liar signed, beside
what its station does. It says what it did, or nothing when there was no occasion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256

from openline.forms.precedence import Precedence
from openline.wire.message import write_message
from openline.wire.receipt import write_early, write_receipt
from openline.words.errors import OpenlineError
from openline.words.party import Direction
from simulation.world import World, payload

Seal = Callable[..., bytes]
Lie = Callable[[World, Seal, str, str, int], str]

_HELD = "SELECT epoch, number FROM messages WHERE way='in' AND peer=? ORDER BY epoch, number"
_SENT = """SELECT epoch, number, received_at IS NOT NULL FROM messages
    WHERE way='out' AND peer=? ORDER BY epoch, number"""
_FORK = "SELECT count(*) FROM forks WHERE instr(evidence, ?)"


def _say(world: World, seal: Seal, liar: str, victim: str, *raws: bytes) -> None:
    with suppress(OpenlineError):  # the victim may refuse it: nothing is stored then
        world.hand(victim, seal(raws, world.envelope(liar, victim)))


def _kept(world: World, victim: str, raw: bytes, what: str) -> str:
    ((count,),) = world[victim].reader.rows(_FORK, raw)
    if world[victim].disk.refused:
        return f"{what}, to a full disk"
    assert count, f"{victim} kept no evidence of {what}"
    return what


def _wrong(number: int) -> bytes:
    return sha256(f"a lie {number}".encode()).digest()


def second_message(world: World, seal: Seal, liar: str, victim: str, number: int) -> str:
    """Two messages at one position."""
    held = world[victim].reader.rows(_HELD, liar)
    epoch, place = held[number % len(held)]
    urgency = list(Precedence)[number % 4]
    content = payload("text", {"text": f"{number}"}, "0000000000", to=(victim,), precedence=urgency)
    signer = world[liar].engine.signer
    direction = Direction(liar, victim, epoch)
    raw = write_message(signer, direction, place, world.clock.now().wall, content).raw
    _say(world, seal, liar, victim, raw)
    return _kept(world, victim, raw, f"a second message {place}")


def second_receipt(world: World, seal: Seal, liar: str, victim: str, number: int) -> str:
    """Two receipts of one size."""
    sent = world[victim].reader.rows(_SENT, liar)
    epoch, place, _ = sent[number % len(sent)]
    signer = world[liar].engine.signer
    direction = Direction(victim, liar, epoch)
    now = world.clock.now().wall
    raw = write_receipt(signer, direction, place + 1, _wrong(number), now).raw
    _say(world, seal, liar, victim, raw)
    return _kept(world, victim, raw, f"another root of size {place + 1}")


def false_early(world: World, seal: Seal, liar: str, victim: str, number: int) -> str:
    """An early receipt for what was never said, against the receipt that comes."""
    waiting = [row for row in world[victim].reader.rows(_SENT, liar) if not row[2]]
    if not waiting:
        return ""
    epoch, place, _ = waiting[number % len(waiting)]
    signer = world[liar].engine.signer
    direction = Direction(victim, liar, epoch)
    raw = write_early(signer, direction, place, _wrong(number), world.clock.now().wall).raw
    _say(world, seal, liar, victim, raw)
    return _kept(world, victim, raw, f"an early receipt of something else at {place}")


def receipt_ahead(world: World, seal: Seal, liar: str, victim: str, number: int) -> str:
    """A receipt for what was not sent yet: refused."""
    epoch, place, _ = world[victim].reader.rows(_SENT, liar)[-1]
    signer = world[liar].engine.signer
    direction = Direction(victim, liar, epoch)
    now = world.clock.now().wall
    raw = write_receipt(signer, direction, place + 2 + number, _wrong(number), now).raw
    _say(world, seal, liar, victim, raw)
    return "a receipt ahead"


def garbage(world: World, seal: Seal, liar: str, victim: str, number: int) -> str:
    """An altered parcel."""
    sealed = bytearray(seal([_wrong(number)], world.envelope(liar, victim)))
    sealed[number % len(sealed)] ^= 1
    with suppress(OpenlineError):
        world.hand(victim, bytes(sealed))
    return "an altered parcel"


LIES: Sequence[Lie] = (second_message, second_receipt, false_early, receipt_ahead, garbage)
