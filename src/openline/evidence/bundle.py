"""A bundle: messages with what proves them, in one file, for whoever must judge later.

One item of deterministic CBOR: ``["openline-bundle", 1, {cards, records, signed, notes, forks}]``.
Nothing in it is unsigned or unproven: there is no maker's name, date or comment. `read_bundle`
takes exactly the bytes that `write_bundle` would write; what they prove, `verify` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from openline.record.pruned import left_out, prune, roots
from openline.record.tree import HASH_BYTES, leaf_hash
from openline.wire.cbor import Value, decode, encode
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.party import Direction

MAGIC = "openline-bundle"
VERSION = 1
_HEAD = b"\x83" + encode(MAGIC)

Placed = tuple[int, bytes]
"""A number (of a message) or size (of a receipt), and the signed bytes that belong there."""


@dataclass(frozen=True)
class Record:
    """What a bundle gives of one record: the rest of it stands as hashes.

    `messages` by number, `receipts` by size and `early` receipts by number, each ascending;
    `sizes` are those at which the record's root is needed, ascending, the last being where the
    record ends; `hashes` are the 32-byte hashes of what is left out (`record.pruned`), one after
    another.
    """

    direction: Direction
    sizes: tuple[int, ...]
    hashes: bytes
    messages: tuple[Placed, ...] = ()
    receipts: tuple[Placed, ...] = ()
    early: tuple[Placed, ...] = ()

    @property
    def size(self) -> int:
        """Where the record ends, as far as the bundle shows: the greatest of its sizes."""
        return self.sizes[-1] if self.sizes else 0

    @cached_property
    def roots(self) -> Mapping[int, bytes]:
        """The record's root at each of its sizes, from the messages and hashes given."""
        at = range(0, len(self.hashes), HASH_BYTES)
        hashes = (self.hashes[n : n + HASH_BYTES] for n in at)
        shown = {number: leaf_hash(raw) for number, raw in self.messages}
        return roots(shown, self.sizes, hashes) or {}

    def not_given(self) -> list[tuple[int, int]]:
        """The numbers that exist and are not given: first and last of each run."""
        end = max(self.size, self.messages[-1][0] + 1 if self.messages else 0)
        edges = (-1, *(number for number, _ in self.messages), end)
        return [(a + 1, b - 1) for a, b in pairwise(edges) if b - a > 1]


def assemble(
    direction: Direction,
    subtree: Callable[[int, int], bytes],
    messages: Iterable[Placed],
    receipts: Iterable[Placed],
    early: Iterable[Placed] = (),
    heads: Iterable[int] = (),
) -> Record:
    """What a bundle gives of the record whose `subtree` has those roots (`record.pruned.prune`).

    `heads` are sizes at which other statements in the bundle name its root.
    """
    given, covering = tuple(sorted(messages)), tuple(sorted(receipts))
    sizes = tuple(sorted({size for size, _ in covering} | {size for size in heads if size}))
    hashes = prune(subtree, [number for number, _ in given], sizes)
    return Record(direction, sizes, b"".join(hashes), given, covering, tuple(sorted(early)))


@dataclass(frozen=True)
class Bundle:
    """What one file holds; all byte strings are as they were signed.

    `cards` are the root-signed cards of every party, `signed` further signed statements about
    the records (heads under another algorithm, revocations), `notes` checkpoints as signed
    notes, `forks` fork proofs (`evidence.fork`); each list ascending by its bytes.
    """

    cards: tuple[bytes, ...]
    records: tuple[Record, ...]
    signed: tuple[bytes, ...] = ()
    notes: tuple[bytes, ...] = ()
    forks: tuple[bytes, ...] = ()


def write_bundle(bundle: Bundle) -> bytes:
    """The bundle's one encoding.

    Raises ``bad-bundle`` (ours) for parts out of order and hashes that do not belong to them,
    ``bundle-too-large`` (ours) for more than BUNDLE_BYTES or BUNDLE_ITEMS.
    """
    if problem := _problem(bundle):
        raise OpenlineError("bad-bundle", f"no bundle can be made: {problem}", rule="R-EVID-02")
    parts = {
        "cards": bundle.cards,
        "records": [_written(record) for record in bundle.records],
        "signed": bundle.signed,
        "notes": bundle.notes,
        "forks": bundle.forks,
    }
    try:
        data = encode((MAGIC, VERSION, parts), limits.BUNDLE_ITEMS)
    except OpenlineError as error:
        raise _too_large(error.message) from None
    if len(data) > limits.BUNDLE_BYTES:
        raise _too_large(f"{len(data):,} bytes")
    return data


def read_bundle(data: bytes) -> Bundle:
    """The bundle that `write_bundle` would write as exactly `data`.

    Raises ``bad-bundle`` (theirs), or ``other-bundle`` (theirs) for one of another version.
    """
    if len(data) > limits.BUNDLE_BYTES:
        raise _refused(f"more than {limits.BUNDLE_BYTES:,} bytes (BUNDLE_BYTES)")
    if not data.startswith(_HEAD):
        raise _refused("it does not begin as a bundle does")
    try:
        found = decode(data, limits.BUNDLE_BYTES, limits.BUNDLE_ITEMS)
    except OpenlineError as error:
        raise _refused(error.message) from None
    match found:
        case [_, version, {**parts}] if type(version) is int:
            if version != VERSION:
                raise _other(version)
        case _:
            raise _refused("it has not the parts of a bundle")
    bundle = _read_parts(parts)
    if problem := _problem(bundle):
        raise _refused(problem)
    return bundle


def _read_parts(found: object) -> Bundle:
    match found:
        case {
            "cards": cards,
            "records": [*records],
            "signed": signed,
            "notes": notes,
            "forks": forks,
            **others,
        } if not others:
            read = tuple(_read_record(record) for record in records)
            return Bundle(_bytes(cards), read, _bytes(signed), _bytes(notes), _bytes(forks))
        case _:
            raise _refused("it has not the parts of a bundle")


def _written(record: Record) -> dict[str, object]:
    return {
        "record": str(record.direction),
        "sizes": record.sizes,
        "hashes": record.hashes,
        "messages": record.messages,
        "receipts": record.receipts,
        "early": record.early,
    }


def _read_record(found: Value) -> Record:
    match found:
        case {
            "record": str(subject),
            "sizes": [*sizes],
            "hashes": bytes(hashes),
            "messages": [*messages],
            "receipts": [*receipts],
            "early": [*early],
            **others,
        } if not others:
            pass
        case _:
            raise _refused("a record in it has not the parts of one")
    try:
        direction = Direction.parse(subject)
    except OpenlineError as error:
        raise _refused(error.message) from None
    numbers = tuple(size for size in sizes if type(size) is int)
    if len(numbers) != len(sizes):
        raise _refused("a size in it is no number")
    placed = (tuple(_placed(part)) for part in (messages, receipts, early))
    return Record(direction, numbers, hashes, *placed)


def _placed(found: Iterable[Value]) -> Iterator[Placed]:
    for pair in found:
        match pair:
            case [int(number), bytes(raw)] if type(number) is int:
                yield number, raw
            case _:
                raise _refused("a message or receipt in it has no place")


def _bytes(found: Value) -> tuple[bytes, ...]:
    given = found if isinstance(found, list) else [None]
    parts = tuple(part for part in given if isinstance(part, bytes))
    if len(parts) != len(given):
        raise _refused("a list in it does not hold byte strings")
    return parts


def _problem(bundle: Bundle) -> str:
    """Why `bundle` is not written as it would be, or nothing."""
    if not 1 <= len(bundle.cards) <= limits.BUNDLE_CARDS:
        return f"{len(bundle.cards)} cards, where 1 to {limits.BUNDLE_CARDS} (BUNDLE_CARDS) stand"
    if not 1 <= len(bundle.records) <= limits.BUNDLE_RECORDS:
        return f"{len(bundle.records)} records, of {limits.BUNDLE_RECORDS} (BUNDLE_RECORDS)"
    for part in (bundle.cards, bundle.signed, bundle.notes, bundle.forks):
        if not _ascends(part):
            return "a list in it is out of order, or holds something twice"
    if not _ascends([order(record.direction) for record in bundle.records]):
        return "its records are out of order, or one stands twice"
    return next(filter(None, map(_record_problem, bundle.records)), "")


def _record_problem(record: Record) -> str:
    placed = (record.messages, record.receipts, record.early)
    for numbers in (record.sizes, *([number for number, _ in part] for part in placed)):
        if not _ascends(numbers) or not all(0 <= n <= limits.RECORD_MESSAGES for n in numbers):
            return f"numbers of {record.direction} are out of order or beyond RECORD_MESSAGES"
    if record.sizes[:1] == (0,):
        return f"a root of nothing is asked for in {record.direction}"
    given = [number for number, _ in record.messages]
    if len(record.hashes) != HASH_BYTES * sum(1 for _ in left_out(given, record.sizes)):
        return f"the hashes of {record.direction} are not those of what is left out"
    return ""


def order(direction: Direction) -> tuple[str, str, int]:
    """What records are put in order by: sender, receiver, epoch."""
    return direction.sender, direction.receiver, direction.epoch


def _ascends(values: Sequence[Any]) -> bool:
    return all(a < b for a, b in pairwise(values))


def _refused(what: str) -> OpenlineError:
    return OpenlineError(
        "bad-bundle",
        f"this is no whole bundle: {what}",
        whose=Whose.THEIRS,
        rule="R-EVID-02",
        next="ask for the file again: it was cut off, altered, or made by another program",
    )


def _other(version: int) -> OpenlineError:
    return OpenlineError(
        "other-bundle",
        f"a bundle of version {version}; this program reads version {VERSION}",
        whose=Whose.THEIRS,
        rule="R-EVID-01",
        next="verify it with the version of Openline that wrote it",
    )


def _too_large(what: str) -> OpenlineError:
    return OpenlineError(
        "bundle-too-large",
        f"this is more than one bundle holds (BUNDLE_BYTES, BUNDLE_ITEMS): {what}",
        rule="R-EVID-02",
        next="export fewer messages, or a shorter time, at once",
    )
