from collections.abc import Iterator
from pathlib import Path

import pytest

from simulation.world import Template, World, joined, recording_acts


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    with recording_acts():
        return Template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with joined(tmp_path) as world:
        yield world
