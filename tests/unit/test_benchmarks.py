"""`make bench` runs to its end and gives every figure, each beside its floor or a peer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from benchmarks.crowd import chart

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


def may_be_none(path: str) -> bool:
    """What a tiny crowd need not have: a conflict, or one that a peer decides otherwise."""
    return path.rpartition(".")[2] in {"doubtful", "pairs", "findings_mean", "compiled"}


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
        assert number > 0 or path == ".machine.load_before" or may_be_none(path), path
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
    (crowd,) = figures["crowd"]["crowds"]
    names = [peer["name"] for peer in crowd["peers"]]
    assert names == [
        "Openline",
        "SQLite R*Tree and shapely",
        "shapely STRtree",
    ]  # no peer asked for
    assert figures["crowd"]["why_not"]
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
    for word in (
        "floor: their sum",
        "messages a second",
        "p50 / floor",
        "its receipt",
        "a plane",
        "p50 / ours",
    ):
        assert word in text
    assert "Where the time goes" not in text


def test_a_long_run_gives_every_figure_beside_its_floor(tmp_path: Path) -> None:
    found = json.loads(run(tmp_path, "--long", "--json"))
    caught_up, verified = found["catch_up"], found["verified"]
    may_be_zero = {".machine.load_before", ".verified.own_mb"}
    for path, number in numbers(found):
        assert number > 0 or path in may_be_zero or may_be_none(path), path
    assert len(caught_up["memory_mb"]["us"]) == len(caught_up["memory_mb"]["ru"]) == 10
    assert verified["ratio"] == pytest.approx(verified["seconds"] / verified["floor_seconds"])
    assert verified["messages"] == found["proven_size"] > 5_000


@pytest.mark.slow
def test_a_person_reads_the_long_run_too(tmp_path: Path) -> None:
    text = run(tmp_path, "--long")
    for word in ("Catching up", "Memory of each station", "seconds / floor", "inclusion proof"):
        assert word in text


def test_the_growth_of_crowds_is_drawn(tmp_path: Path) -> None:
    crowds = [
        {"activities": size, "peers": [{"name": n, "ask": {"cpu_p50_us": us}} for n, us in each]}
        for size, each in ((10_000, (("Openline", 30.0), ("PostGIS", 160.0))),
                           (1_000_000, (("Openline", 60.0), ("PostGIS", 900.0))))
    ]  # fmt: skip
    root = ElementTree.fromstring(chart.drawn(crowds))
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Openline, 60 µs", "PostGIS, 900 µs", "1,000,000"} <= set(texts)
    lines = root.iter("{http://www.w3.org/2000/svg}polyline")
    ours, theirs = ([p.split(",") for p in line.get("points", "").split()] for line in lines)
    assert [x for x, _ in ours] == [x for x, _ in theirs]
    assert all(float(a[1]) > float(b[1]) for a, b in zip(ours, theirs, strict=True))  # lower down
