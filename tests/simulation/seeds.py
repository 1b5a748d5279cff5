"""One seed: who takes part, what happens to them, and how it is told."""

from __future__ import annotations

import gc
import hashlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from openline.carriers.memory import Faults
from openline.words import limits
from simulation.play import Do, Play
from simulation.stubs import cheap
from simulation.world import Template, card_of, forget_files, recording_acts

PARTIES = ("us", "ru", "un", "tr")
LEAST_MESSAGES, LEAST_FAULTS = 60, 10
MOST_STEPS = 1_000
GARBAGE = 50_000
"""Objects between two searches for garbage: a process of the simulator does not live long."""
ITEMS = 8
"""Messages in a parcel: few, so that there are many parcels to lose and many gaps."""

USUAL = {"submit": 2, "burst": 16, "several": 3, "post": 8, "collect": 8, "exchange": 16}
SEEN = {"time": 6, "tick": 3, "test": 1, "acknowledge": 2}
FAULTS = {"cut": 3, "clock": 2, "restart": 1, "crash": 2, "power": 2, "full": 2, "lie": 3}
COMEBACKS = {"backup": 3, "restore": 4}
KEYS = {"rotate": 1}
HAPPENINGS = USUAL | SEEN | FAULTS | COMEBACKS | KEYS
Say = Callable[[str], None]
_NAMES, _WEIGHTS = list(HAPPENINGS), list(HAPPENINGS.values())


@dataclass(frozen=True)
class Outcome:
    """How a seed went: `broken` names the invariant that failed, at which step."""

    seed: int
    messages: int
    steps: int
    faults: Counter[str]
    broken: str = ""
    last: str = ""


class Stage:
    """Templates of joined stations, and a folder to copy them into: for one process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[int, Template] = {}

    @contextmanager
    def play(self, seed: int, say: Say | None = None) -> Iterator[tuple[Play, Random]]:
        """A world as it is when the seed's first step comes."""
        random = Random(seed)
        count = random.choice((2, 2, 2, 3, 4))
        chances = (0.0, 0.1, 0.3)
        faults = Faults(*(random.choice(chances) for _ in range(3)))
        liar = random.choice(("", "", PARTIES[count - 1]))
        folder = self._folder / "run"
        folder.mkdir()
        try:
            world = self._template(count).world(folder, seed)
            play = Play(world, faults, liar, say)
            play.say(f"seed {seed}: {', '.join(world.sides)}; {faults}; liar: {liar or 'none'}")
            try:
                with play.watching():
                    yield play, random
            finally:
                with suppress(OSError):  # what broke may have left something closed
                    world.close()
        finally:
            forget_files()
            shutil.rmtree(folder)

    def _template(self, count: int) -> Template:
        if count not in self._templates:
            folder = self._folder / str(count)
            folder.mkdir()
            self._templates[count] = Template(folder, PARTIES[:count])
        return self._templates[count]

    def run(self, seed: int, say: Say | None = None) -> Outcome:
        """Play a seed to its end, or to the first invariant that does not hold."""
        step = None
        with self.play(seed, say) as (play, random):
            try:
                while not _enough(play):
                    step = _draw(play, random)
                    play.do(step)
                step = None
                play.finish(random.choice(list(play.world.sides)))
                assert play.messages >= LEAST_MESSAGES
                assert play.faults.total() >= LEAST_FAULTS
            except Exception as error:  # noqa: BLE001 (whatever breaks, the seed must be named)
                broken = f"{type(error).__name__}: {error}"
                play.say(broken)
                return _outcome(seed, play, broken, str(step or "the end"))
            return _outcome(seed, play)


def _outcome(seed: int, play: Play, *broken: str) -> Outcome:
    return Outcome(seed, play.messages, play.steps, play.faults, *broken)


def _enough(play: Play) -> bool:
    done = play.messages >= LEAST_MESSAGES and play.faults.total() >= LEAST_FAULTS
    return done or play.steps >= MOST_STEPS


def _draw(play: Play, random: Random) -> Do:
    (what,) = random.choices(_NAMES, _WEIGHTS)
    party, peer = random.sample(list(play.world.sides), 2)
    return Do(what, party, peer, random.randrange(1 << 16))


@contextmanager
def stage(real: bool = False) -> Iterator[Stage]:
    """A stage in memory where there is a folder for that."""
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder,
        recording_acts(),
        cheap(real),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(limits, "PARCEL_ITEMS", ITEMS)
        card_of.cache_clear()  # signed otherwise before, and after
        with _few_searches():
            yield Stage(Path(folder))
        card_of.cache_clear()


@contextmanager
def _few_searches() -> Iterator[None]:
    """What is loaded is not searched for garbage, and what a seed leaves only now and then."""
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


def trace_of(seed: int, real: bool = False) -> list[str]:
    """Every line that a seed's run tells."""
    lines: list[str] = []
    with stage(real) as here:
        here.run(seed, lines.append)
    return lines


def digest(lines: list[str]) -> str:
    """One line that is the same when all are."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
