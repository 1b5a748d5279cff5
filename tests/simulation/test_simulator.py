"""Many seeds, each exactly repeatable; and a seed that fails says how to see it again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from openline.station import effects
from simulation.__main__ import main
from simulation.seeds import LEAST_FAULTS, LEAST_MESSAGES, stage

TESTS = Path(__file__).parent.parent
SEEDS, MANY = 60, 1_000


def simulate(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, "-m", "simulation", *args],
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": paths, **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.rule("R-LINE-06")
@pytest.mark.rule("R-LINE-08")
@pytest.mark.rule("R-LINE-22")
@pytest.mark.rule("R-STORE-01")
@pytest.mark.rule("R-STORE-05")
@pytest.mark.rule("R-ALARM-03")
@pytest.mark.rule("R-ALARM-04")
def test_every_invariant_holds_through_many_seeds() -> None:
    _run(SEEDS)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_invariant_holds_through_a_thousand_seeds() -> None:
    _run(MANY)


def _run(seeds: int) -> None:
    run = simulate("--seeds", str(seeds))
    print(run.stdout)
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{seeds} seeds, 0 broken" in run.stdout


@pytest.mark.parametrize("seed", [3, 11])
def test_a_seed_replays_exactly_in_another_process(seed: int) -> None:
    first, second = (
        simulate("--seed", str(seed), "--trace", PYTHONHASHSEED=hashing).stdout
        for hashing in ("1", "2")
    )
    assert first == second
    assert len(first.splitlines()) > LEAST_FAULTS


def test_a_seed_is_at_least_sixty_messages_and_ten_faults() -> None:
    with stage() as here:
        outcomes = [here.run(seed) for seed in range(5)]
    assert not any(outcome.broken for outcome in outcomes)
    assert all(outcome.messages >= LEAST_MESSAGES == 60 for outcome in outcomes)
    assert all(outcome.faults.total() >= LEAST_FAULTS == 10 for outcome in outcomes)


def test_the_invariants_hold_with_real_signatures_and_sealing() -> None:
    with stage(real=True) as here:
        assert not any(here.run(seed).broken for seed in range(5))


def test_a_seed_that_fails_is_named_with_its_step_and_its_replay(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(effects, "_show", lambda tx, peer, place: None)
    assert main(["--seed", "7"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("seed 7 fails at step ")
    assert "make replay SEED=7" in said
