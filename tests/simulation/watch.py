"""What left any station: every signed statement, by who signed it, its kind and its place.

A station that says two things of one place has signed a fork, and what a receipt covers must be
durable in its signer's files when the receipt leaves. Both are looked at as a parcel is sealed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from openline.forms.payload import read_payload
from openline.record.tree import EMPTY, Frontier
from openline.wire.message import Message
from openline.wire.receipt import Ask, Early, Receipt, read_signed
from openline.words.errors import OpenlineError
from openline.words.party import Direction
from simulation.world import Side

_AT = "SELECT leaf, root FROM messages WHERE peer=? AND way=? AND epoch=? AND number=?"

_SENT = "SELECT raw FROM messages WHERE way='out'"


class Broken(AssertionError):
    """An invariant does not hold."""


def require(holds: object, what: str) -> None:
    """Fail with `what` unless it holds."""
    if not holds:
        raise Broken(what)


class Watch:
    """Everything that the stations of one world signed and let go."""

    def __init__(self, sides: Mapping[str, Side], liar: str = "") -> None:
        self._sides, self._liar = sides, liar
        self._seen: dict[str, set[bytes]] = defaultdict(set)
        self._said: dict[tuple[str, str, Direction, int], bytes] = {}
        self.leaves: dict[Direction, dict[int, bytes]] = defaultdict(dict)
        """The messages of each record that left its sender."""
        self._trees: dict[Direction, Frontier] = defaultdict(lambda: EMPTY)
        self._roots: dict[Direction, list[bytes]] = defaultdict(lambda: [EMPTY.root()])

        for party, side in sides.items():  # what the lines were opened with
            self.left(party, [raw for (raw,) in side.reader.rows(_SENT)])

    def left(self, party: str, raws: Sequence[bytes]) -> None:
        """`party` is about to hand these to a carrier."""
        if party == self._liar:  # what its station says is still what its record holds
            self._note_messages(raws)
            return
        for raw in raws:
            if raw not in self._seen[party]:
                self._seen[party].add(raw)
                self._look(party, _read(raw))

    def _note_messages(self, raws: Sequence[bytes]) -> None:
        for item in map(_read, raws):
            if isinstance(item, Message) and item.direction.sender == self._liar:
                self.leaves[item.direction][item.number] = item.leaf

    def _look(self, party: str, item: Any) -> None:
        match item:
            case Message():
                self._message(party, item)
            case Receipt(direction, size, root):
                self._head(party, direction, size, root)
                stored = self._durable(party, "in", direction, size - 1)
                held = stored and stored[1] == root
                require(held, f"{party} receipted {size} of {direction} before it held them")
            case Early(direction, number, leaf):
                self._say(party, "leaf", direction, number, leaf)
                known = self.leaves[direction].get(number)
                sent = known == leaf or direction.sender == self._liar
                require(sent, f"never sent: {number} of {direction}")
                stored = self._durable(party, "in", direction, number)
                held = stored and stored[0] == leaf
                require(held, f"{party} receipted {number} of {direction} before it held it")
            case Ask():
                pass

    def _message(self, party: str, message: Message) -> None:
        direction = message.direction
        if direction.sender != party:  # given back to whoever lost it
            held = self._durable(party, "in", direction, message.number)
            require(held and held[0] == message.leaf, f"{party} gives back what it has not")
            return
        self._say(party, "message", direction, message.number, message.leaf)
        stored = self._durable(party, "out", direction, message.number)
        held = stored and stored[0] == message.leaf
        require(held, f"{party} sent before it stored: {message.number} of {direction}")
        leaves = self.leaves[direction]
        leaves[message.number] = message.leaf
        tree, roots = self._trees[direction], self._roots[direction]
        while (leaf := leaves.get(tree.size)) is not None:
            tree = tree.append(leaf)
            roots.append(tree.root())
        self._trees[direction] = tree
        for size, root, of in _heads_in(message):
            self._say(party, "head", of, size, root)

    def _head(self, party: str, direction: Direction, size: int, root: bytes) -> None:
        self._say(party, "head", direction, size, root)
        if direction.sender != self._liar:
            roots = self._roots[direction]
            require(size < len(roots), f"{party} receipted {size} of {direction}, which never left")
            require(roots[size] == root, f"{party} receipted another record than {direction}")

    def _say(self, party: str, kind: str, direction: Direction, number: int, said: bytes) -> None:
        before = self._said.setdefault((party, kind, direction, number), said)
        require(before == said, f"{party} signed a fork: two of {kind} {direction} {number}")

    def _durable(self, party: str, way: str, direction: Direction, number: int) -> Any:
        peer = direction.receiver if way == "out" else direction.sender
        rows = self._sides[party].reader.rows(_AT, peer, way, direction.epoch, number)
        return rows[0] if rows else None


def _read(raw: bytes) -> Any:
    """The item in `raw`, or the card."""
    return read_signed(raw, lambda item: None)[0]


def _heads_in(message: Message) -> list[tuple[int, bytes, Direction]]:
    """The heads that a line test carries: signed like a receipt, though with the message."""
    if b"linetest" not in message.payload:
        return []
    try:
        fields = read_payload(message.payload).fields
    except OpenlineError:
        return []
    out, into = message.direction, message.direction
    found = []
    for name, sender, receiver in (
        ("out", out.sender, out.receiver),
        ("in", into.receiver, into.sender),
    ):
        head: Any = fields.get(name)
        if isinstance(head, Mapping):
            of = Direction(sender, receiver, head["epoch"])
            found.append((head["size"], head["root"], of))
    return found
