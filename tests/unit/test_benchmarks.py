"""`make bench` runs to its end and gives every figure, each beside its floor or a peer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return json.loads(run(tmp_path_factory.mktemp("bench"), "--json", "--profile"))


def run(tmp_path: Path, *options: str) -> str:
    path = os.pathsep.join(p for p in (str(ROOT / "src"), os.environ.get("PYTHONPATH")) if p)
    where = ("--folder", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--no-peer", *where, *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.iterdir()), "it leaves something behind"
    return done.stdout


def numbers(found: Any, path: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(found, dict):
        for name, value in found.items():
            yield from numbers(value, f"{path}.{name}")
    elif isinstance(found, list):
        for place, value in enumerate(found):
            yield from numbers(value, f"{path}[{place}]")
    elif isinstance(found, int | float):
        yield path, found


def test_every_figure_is_there_and_positive(figures: Any) -> None:
    for path, number in numbers(figures):
        assert number > 0 or path == ".machine.load_before", path  # an idle machine's is 0
    assert set(figures["floor"]) == {"commit", "sign", "verify", "tls_round_trip"}
    by = {each["carrier"]: each["bytes"] for each in figures["carriers"]}
    assert (
        set(by) - {"mail"} == {"https", "folder", "frames of 140 bytes"} and min(by.values()) > 200
    )
    assert [traffic["senders"] for traffic in figures["line"]] == [1, 16, 64]
    for traffic in figures["line"]:
        assert {"per_second", "latency", "cpu_ms"} <= set(traffic)
        for station in ("sender", "receiver"):
            stages = {stage["name"].strip() for stage in traffic["stages"][station]}
            assert {"write transaction (a group of jobs)", "commit to disk"} <= stages
    sizes = figures["sizes"]
    assert sizes["text"] < sizes["message"] < sizes["parcel_of_message"] < sizes["wire_out"]
    assert sizes["receipt"] < sizes["parcel_of_receipt"] < sizes["wire_back"]


def test_the_floor_is_the_sum_of_its_parts_and_the_ratio_is_to_it(figures: Any) -> None:
    part = {name: spread["p50_ms"] for name, spread in figures["floor"].items()}
    floor = 2 * part["commit"] + 2 * part["sign"] + 2 * part["verify"] + part["tls_round_trip"]
    assert figures["floor_ms"] == pytest.approx(floor)
    alone = figures["line"][0]["latency"]
    assert alone["p50_ms"] <= alone["p99_ms"]
    assert figures["ratio"] == pytest.approx(alone["p50_ms"] / floor)


def test_a_person_reads_tables(tmp_path: Path) -> None:
    text = run(tmp_path)
    for word in ("floor: their sum", "messages a second", "p50 / floor", "its receipt", "a plane"):
        assert word in text
    assert "Where the time goes" not in text


def test_a_long_run_gives_every_figure_beside_its_floor(tmp_path: Path) -> None:
    found = json.loads(run(tmp_path, "--long", "--json"))
    caught_up, verified = found["catch_up"], found["verified"]
    may_be_zero = {".machine.load_before", ".verified.own_mb"}
    for path, number in numbers(found):
        assert number > 0 or path in may_be_zero, path
    assert len(caught_up["memory_mb"]["us"]) == len(caught_up["memory_mb"]["ru"]) == 10
    assert verified["ratio"] == pytest.approx(verified["seconds"] / verified["floor_seconds"])
    assert verified["messages"] == found["proven_size"] > 5_000


@pytest.mark.slow
def test_a_person_reads_the_long_run_too(tmp_path: Path) -> None:
    text = run(tmp_path, "--long")
    for word in ("Catching up", "Memory of each station", "seconds / floor", "inclusion proof"):
        assert word in text
