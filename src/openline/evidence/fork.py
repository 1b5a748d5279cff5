"""Proof of a fork: two statements that no honest party signs, for a third party to check.

Three kinds, and nothing less is proof: two messages at one position; two heads of one size; two
heads, or early receipts, with proofs of different leaves at one index. Heads are receipts, and
those signed with ML-DSA. Each is checked with the accused's own keys and nothing else. A proof is
CBOR, ``["openline-fork", 1, kind, position, [[statement, leaf, path], […]]]``, its two exhibits in
the order of their bytes, so that both sides who find one contradiction write one proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from openline.record.proof import verify_inclusion
from openline.record.tree import HASH_BYTES
from openline.wire import cose
from openline.wire.cbor import decode, encode
from openline.wire.keys import key_id
from openline.wire.message import Message
from openline.wire.quantum import Head, read_heads
from openline.wire.receipt import Early, Receipt, read_early, read_item
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.party import Direction

MAGIC = "openline-fork"
VERSION = 1


class Kind(StrEnum):
    """What contradicts what."""

    MESSAGES = "messages"
    HEADS = "heads"
    LEAVES = "leaves"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A signed statement; of the kind ``leaves`` also the leaf that it vouches for, and the path.

    `leaf` has 32 bytes; `path` is the inclusion proof of RFC 9162, section 2.1.3.1, empty under
    an early receipt, which names the leaf itself.
    """

    raw: bytes
    leaf: bytes = b""
    path: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class ForkProof:
    """Two exhibits that contradict each other about `direction`'s record at `position`.

    `position` is a message's number, a head's size or a leaf's index. The `accused` signed both,
    if `check_fork` says so. Made by `prove` and `read_fork` alone.
    """

    kind: Kind
    direction: Direction
    position: int
    accused: str
    exhibits: tuple[Exhibit, Exhibit]

    def key_ids(self) -> tuple[bytes, ...]:
        """The short names of the keys that signed the exhibits."""
        return tuple(cose.parse(exhibit.raw).key_id for exhibit in self.exhibits)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What an exhibit says of a position: by whom, of which record, and what stands there."""

    signer: str
    direction: Direction
    what: bytes

    @property
    def place(self) -> tuple[str, Direction]:
        """Who speaks of which record."""
        return self.signer, self.direction


def prove(kind: Kind, position: int, one: Exhibit, other: Exhibit) -> ForkProof:
    """The proof that both exhibits make; raises ``no-fork`` (ours) when they make none."""
    return _prove(kind, position, one, other, Whose.OURS)


def contradiction(one: bytes, other: bytes) -> ForkProof | None:
    """The proof that two signed statements make by themselves, without a path; None if none."""
    for kind in Kind:
        for position in _positions(one):
            try:
                return prove(kind, position, _bare(kind, one), _bare(kind, other))
            except OpenlineError:
                continue
    return None


def write_fork(proof: ForkProof) -> bytes:
    """The proof's one encoding."""
    exhibits = [(e.raw, e.leaf, b"".join(e.path)) for e in proof.exhibits]
    return encode((MAGIC, VERSION, str(proof.kind), proof.position, exhibits))


def read_fork(data: bytes) -> ForkProof:
    """The proof that `write_fork` would write as exactly `data`; signatures are not checked.

    Raises ``no-fork`` (theirs) for anything that would be no proof even if all were signed.
    """
    try:
        found = decode(data, limits.FORK_PROOF_BYTES)
    except OpenlineError as error:
        raise _no_fork(error.message, Whose.THEIRS) from None
    match found:
        case [
            str(magic),
            int(version),
            str(kind),
            int(position),
            [
                [bytes(raw1), bytes(leaf1), bytes(path1)],
                [bytes(raw2), bytes(leaf2), bytes(path2)],
            ],
        ] if (magic, version) == (MAGIC, VERSION) and type(position) is int and kind in list(Kind):
            one, other = Exhibit(raw1, leaf1, _path(path1)), Exhibit(raw2, leaf2, _path(path2))
        case _:
            raise _no_fork("it has not the parts of a proof", Whose.THEIRS)
    proof = _prove(Kind(kind), position, one, other, Whose.THEIRS)
    if write_fork(proof) != data:
        raise _no_fork("it is not written in the one way", Whose.THEIRS)
    return proof


def check_fork(proof: ForkProof, keys: Iterable[bytes]) -> None:
    """Pass when the accused, whose public signing keys are `keys`, signed both exhibits.

    Raises ``no-fork`` (theirs) otherwise. `keys` must be known to be the accused's.
    """
    by_id = {key_id(public): public for public in keys}
    for exhibit in proof.exhibits:
        signed = cose.parse(exhibit.raw)
        public = by_id.get(signed.key_id)
        if public is None:
            raise _no_fork(f"no key of {proof.accused} has signed it", Whose.THEIRS)
        try:
            cose.check(signed, public)
        except OpenlineError as error:
            raise _no_fork(error.message, Whose.THEIRS) from None


def _prove(kind: Kind, position: int, one: Exhibit, other: Exhibit, whose: Whose) -> ForkProof:
    if kind is not Kind.LEAVES and (one.leaf or one.path or other.leaf or other.path):
        raise _no_fork("only a proof of leaves carries leaves", whose)
    try:
        first, second = (list(_claims(kind, position, exhibit)) for exhibit in (one, other))
    except OpenlineError as error:
        raise _no_fork(error.message, whose) from None
    pairs = [(a, b) for a in first for b in second if a.place == b.place]
    if not pairs:
        raise _no_fork(f"the two say nothing of one place that is a proof of {kind}", whose)
    found = next((a for a, b in pairs if a.what != b.what), None)
    if found is None:
        raise _no_fork("the two agree", whose)
    exhibits = (one, other) if one.raw < other.raw else (other, one)
    return ForkProof(kind, found.direction, position, found.signer, exhibits)


def _claims(kind: Kind, position: int, exhibit: Exhibit) -> Iterator[_Claim]:
    """What an exhibit says of things at `position`, as far as it belongs to this kind."""
    if cose.parse(exhibit.raw).typ == cose.HEADS:
        said = read_heads(exhibit.raw)
        signer = said.out.direction.sender
        for head in (said.out, said.into):
            yield from _of_head(kind, position, exhibit, signer, head)
        return
    match kind, read_item(exhibit.raw):
        case Kind.MESSAGES, Message(direction=direction, number=number) if number == position:
            yield _Claim(direction.sender, direction, exhibit.raw)
        case Kind.LEAVES, Early(direction=direction, number=number, leaf=leaf) if (
            number,
            leaf,
            (),
        ) == (position, exhibit.leaf, exhibit.path):
            yield _Claim(direction.receiver, direction, leaf)
        case _, Receipt(direction=direction, size=size, root=root):
            head = Head(direction, size, root)
            yield from _of_head(kind, position, exhibit, direction.receiver, head)


def _of_head(
    kind: Kind, position: int, exhibit: Exhibit, signer: str, head: Head
) -> Iterator[_Claim]:
    """What a signed head says: its own root, or the leaf to which a path leads from it."""
    if kind is Kind.HEADS and head.size == position:
        yield _Claim(signer, head.direction, head.root)
    if (
        kind is Kind.LEAVES
        and len(exhibit.path) <= limits.PATH_HASHES
        and verify_inclusion(position, head.size, exhibit.leaf, exhibit.path, head.root)
    ):
        yield _Claim(signer, head.direction, exhibit.leaf)


def _positions(raw: bytes) -> tuple[int, ...]:
    """The numbers or sizes that a statement speaks of."""
    try:
        signed = cose.parse(raw)
        more = (read_heads(raw).into.size,) if signed.typ == cose.HEADS else ()
    except OpenlineError:
        return ()
    return signed.number, *more


def _bare(kind: Kind, raw: bytes) -> Exhibit:
    """A statement as an exhibit without a path: of leaves, an early receipt names its own."""
    if kind is Kind.LEAVES and cose.parse(raw).typ == cose.EARLY:
        return Exhibit(raw, read_early(raw).leaf)
    return Exhibit(raw)


def _path(joined: bytes) -> tuple[bytes, ...]:
    starts = range(0, len(joined), HASH_BYTES)
    return tuple(joined[at : at + HASH_BYTES] for at in starts)


def _no_fork(what: str, whose: Whose) -> OpenlineError:
    return OpenlineError(
        "no-fork",
        f"this proves no fork: {what}",
        whose=whose,
        rule="R-EVID-10",
        next="keep both statements: what proves nothing alone may do so with a path beside it",
    )
