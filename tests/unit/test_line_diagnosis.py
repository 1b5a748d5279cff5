"""What may be said after a missed test: the own side first, and never more than is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.line.diagnosis import About, Conclusion, Finding, Health, clock, conclude

W, ILL, U = Health.WELL, Health.ILL, Health.UNKNOWN
FINDINGS = st.lists(
    st.builds(Finding, st.sampled_from(About), st.sampled_from(Health), st.just(""))
)


def found(**states: Health) -> list[Finding]:
    """One finding about each."""
    return [Finding(About(about), state, "") for about, state in states.items()]


@pytest.mark.rule("R-TEST-12")
@pytest.mark.parametrize(
    ("findings", "said"),
    [
        (found(disk=ILL, network=ILL, probe=W, line=W), Conclusion.OWN_DISK),
        (found(disk=W, network=ILL, carrier=ILL, probe=ILL, line=ILL), Conclusion.OWN_NETWORK),
        (found(disk=W, network=W, carrier=W, probe=W, line=ILL), Conclusion.MACHINE_ANSWERS),
        (found(disk=W, network=W, carrier=W, probe=ILL, line=W), Conclusion.THIS_LINE_SILENT),
        (found(disk=W, network=W, carrier=ILL, probe=ILL, line=W), Conclusion.THIS_LINE_UNREACHED),
        (found(disk=W, network=W, carrier=ILL, probe=ILL, line=ILL), Conclusion.ALL_SILENT),
        (found(disk=W, network=W, carrier=W, probe=ILL), Conclusion.NOTHING_TO_COMPARE),
        (found(disk=W, network=W, carrier=W, probe=ILL, line=U), Conclusion.NOTHING_TO_COMPARE),
        ([], Conclusion.NOTHING_TO_COMPARE),
    ],
)
def test_the_most_that_findings_let_one_say(findings: list[Finding], said: Conclusion) -> None:
    assert conclude(findings) is said


@pytest.mark.rule("R-TEST-12")
@given(FINDINGS)
def test_nothing_is_said_that_was_not_found(findings: list[Finding]) -> None:
    said = conclude(findings)
    seen = {(each.about, each.state) for each in findings}
    needs = {
        Conclusion.OWN_DISK: (About.DISK, ILL),
        Conclusion.OWN_NETWORK: (About.NETWORK, ILL),
        Conclusion.MACHINE_ANSWERS: (About.PROBE, W),
        Conclusion.THIS_LINE_SILENT: (About.LINE, W),
        Conclusion.THIS_LINE_UNREACHED: (About.LINE, W),
        Conclusion.ALL_SILENT: (About.LINE, ILL),
    }
    assert said not in needs or needs[said] in seen
    if (About.DISK, ILL) in seen:
        assert said is Conclusion.OWN_DISK  # nobody else is named before one's own fault


@pytest.mark.rule("R-TEST-11")
@pytest.mark.parametrize(
    ("drift", "offsets", "state"),
    [
        (0, [], U),
        (5_000, [(0, 10)], ILL),
        (0, [(100, 50), (-90, 50)], W),
        (0, [(60_000, 50)], U),  # one clock that differs may be the other one
        (0, [(60_000, 50), (59_000, 50)], ILL),
        (0, [(60_000, 50), (-59_000, 50)], U),
        (0, [(60_000, 50), (10, 50)], U),
        (0, [(60_000, 90_000), (59_000, 50)], U),  # what is not known that well says nothing
    ],
)
def test_a_clock_is_called_ill_only_when_it_must_be_ours(
    drift: int, offsets: list[tuple[int, int]], state: Health
) -> None:
    assert clock(drift, offsets, 2_000).state is state
