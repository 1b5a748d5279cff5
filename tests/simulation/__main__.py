"""`python -m simulation`: many seeds on all cores, or one again with every step told."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain

import structlog

from simulation.seeds import Outcome, stage

SILENT = 50


def main(args: list[str] | None = None) -> int:
    """Run what was asked for; 0 when every invariant held."""
    asked = _parser().parse_args(args)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(SILENT))
    if asked.seed is not None:
        return _replay(asked.seed, asked.real, asked.trace)
    return _many(range(asked.first, asked.first + asked.seeds), asked.real, asked.jobs)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--trace", action="store_true", help="tell every step of it")
    parser.add_argument("--real", action="store_true", help="real signatures and sealing")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    return parser


def _replay(seed: int, real: bool, trace: bool) -> int:
    with stage(real) as here:
        outcome = here.run(seed, print if trace else None)
    _tell(outcome, real)
    if not outcome.broken:
        print(f"seed {seed} holds: {outcome.messages} messages, {outcome.steps} steps,", end=" ")
        print(_counted(outcome.faults))
    return bool(outcome.broken)


def _many(seeds: range, real: bool, jobs: int) -> int:
    start = time.perf_counter()
    with ProcessPoolExecutor(jobs) as pool:
        shares = [seeds[first::jobs] for first in range(jobs)]  # alike, since seeds vary at random
        done = list(chain.from_iterable(pool.map(partial(_run, real=real), shares)))
    seconds = time.perf_counter() - start
    faults = sum((outcome.faults for outcome in done), Counter[str]())
    broken = sum(bool(outcome.broken) for outcome in done)
    print(
        f"{len(done)} seeds, {broken} broken, {len(done) / seconds:.1f} seeds a second"
        f" in {jobs} processes{' with real signatures' if real else ''}"
    )
    print(f"{sum(o.messages for o in done)} messages, {sum(o.steps for o in done)} steps,", end=" ")
    print(_counted(faults))
    return bool(broken)


def _run(seeds: range, real: bool) -> list[Outcome]:
    """One process's share; what fails is told as soon as it does."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(SILENT))
    done = []
    with stage(real) as here:
        for seed in seeds:
            done.append(here.run(seed))
            _tell(done[-1], real)
    return done


def _tell(outcome: Outcome, real: bool) -> None:
    if outcome.broken:
        again = f"make replay SEED={outcome.seed}{' REAL=1' if real else ''}"
        print(f"seed {outcome.seed} fails at step {outcome.steps} ({outcome.last}):")
        print(f"  {outcome.broken}\n  {again}", flush=True)


def _counted(faults: Counter[str]) -> str:
    kinds: Iterator[str] = (f"{count} {kind}" for kind, count in sorted(faults.items()))
    return f"{faults.total()} faults: {', '.join(kinds)}"


if __name__ == "__main__":
    sys.exit(main())
