"""The witness's judgement: a table of what it is shown, and what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.line.witness import Held, Verdict, judge
from openline.record.proof import consistency_proof
from openline.record.tree import EMPTY, leaf_hash
from openline.wire.quantum import Head
from openline.words.party import Direction

LINE = Direction("us", "ru", 1)
LEAVES = [leaf_hash(b"message %d" % n) for n in range(60)]
OTHERS = [leaf_hash(b"another %d" % n) for n in range(60)]


def head(size: int, leaves: list[bytes] = LEAVES) -> Head:
    frontier = EMPTY
    for leaf in leaves[:size]:
        frontier = frontier.append(leaf)
    return Head(LINE, size, frontier.root())


def held(size: int) -> Held:
    return Held(size, head(size).root) if size else Held()


SIZES = st.integers(1, 60)


@pytest.mark.rule("R-WIT-03")
@given(SIZES, SIZES)
def test_what_continues_is_cosigned_and_nothing_else(a: int, b: int) -> None:
    old, new = sorted((a, b))
    proof = consistency_proof(old, LEAVES[:new])
    assert judge(held(old), head(new), old, proof, True) is Verdict.COSIGNED
    rewritten = head(new, OTHERS[:1] + LEAVES[1:])
    expected = Verdict.CONTRADICTS if old == new else Verdict.UNPROVEN
    assert judge(held(old), rewritten, old, proof, True) is expected
    if old < new:
        assert judge(held(old), head(new), old, proof[:-1], True) is Verdict.UNPROVEN
        assert judge(held(old), head(new), 0, [], True) is Verdict.STALE
        assert judge(held(new), head(old), new, [], True) is Verdict.OLDER


@pytest.mark.rule("R-WIT-02")
@pytest.mark.rule("R-WIT-03")
def test_the_first_head_is_taken_and_without_consent_none() -> None:
    assert judge(Held(), head(7), 0, [], True) is Verdict.COSIGNED
    for before in (Held(), held(3)):
        assert judge(before, head(7), before.size, [], False) is Verdict.NO_CONSENT


def test_only_what_an_honest_station_never_shows_alarms() -> None:
    alarming = {verdict for verdict in Verdict if verdict.is_alarming}
    assert alarming == {Verdict.UNPROVEN, Verdict.CONTRADICTS}
