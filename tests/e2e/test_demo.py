"""The demo as a person runs it: the real command, and the figures that it must come to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "openline.cli.main", "demo"]


def environment(tmp: Path) -> dict[str, str]:
    return os.environ | {"TMPDIR": str(tmp)}


@pytest.mark.rule("R-SCN-12")
@pytest.mark.rule("R-SCN-14")
def test_demo_once_prints_the_figures(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--once", "--json"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=115,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    came_to = json.loads(done.stdout)
    tests = came_to["tests"]
    assert tests["run"] == tests["passed"] == 148  # 74 days, twice a day
    days = {c["level"]: (c["before_days"], c["after_days"]) for c in came_to["contacts"]}
    assert days["minister"] == (84, 0)
    assert days["chief"] == (91, 91)
    assert (came_to["conflicts"], came_to["near_misses"]) == (3, 3)
    assert came_to["records_equal"] is True
    # Every test is a message and its answer, both ways.
    assert min(came_to["messages"][party] for party in ("us", "ru")) > 2 * tests["run"]
    assert came_to["seconds"] > 0
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_the_demo_cleanly(tmp_path: Path) -> None:
    with subprocess.Popen(
        COMMAND,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        assert demo.stdout is not None and demo.stderr is not None
        shown = [demo.stdout.readline() for _ in range(4)]  # it plays
        demo.send_signal(signal.SIGINT)
        rest, errors = demo.communicate(timeout=60)
    assert (demo.returncode, errors) == (0, "")
    assert "2022-03-01 08:00" in shown[2]
    assert "records equal" not in rest  # it did not pretend to have come to the end
    assert list(tmp_path.iterdir()) == []


def refusal(tmp: Path, line_port: int) -> str:
    """The code with which the demo refuses a port; it leaves nothing behind."""
    done = subprocess.run(
        [*COMMAND, "--once", "--json", f"--line-port={line_port}"],
        env=environment(tmp),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert list(tmp.iterdir()) == []
    return str(json.loads(done.stderr)["error"]["code"])


@pytest.mark.rule("R-SCN-16")
def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert refusal(tmp_path, taken.getsockname()[1]) == "port-in-use"


@pytest.mark.rule("R-SCN-16")
@pytest.mark.parametrize("port", [-1, 0, 65_535, 70_000])
def test_ports_that_are_none_are_refused(port: int, tmp_path: Path) -> None:
    assert refusal(tmp_path, port) == "bad-port"
