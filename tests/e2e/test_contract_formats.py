"""Files of every format by the command line: previewed, announced, written out, read back."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from plans import feature, features, square
from processes import ENTRY, PATIENCE_S, Box, Json, environment

SAMPLES = Path(__file__).parents[1] / "samples"
WINDOW = ("--start", "2097-04-02T06:00:00Z", "--end", "2097-04-02T18:00:00Z")
HEAD = ["ref", "kind", "title", "start", "end", "zone", "mgrs", "radius_m", "lower", "upper"]
HEAD += ["unit", "datum"]
ROW = ["X-1", "site", "Clinic", "2097-04-02 08:00", "2097-04-09 08:00", "Europe/Kyiv"]
ROW += ["35UQR0124542189", 150, 0, 30, "m", "AGL"]
places = iter(range(1, 60))


@pytest.fixture
def west() -> Iterator[float]:
    """A longitude of this test's own: no other test's activities are near."""
    yield 2.0 + 2.0 * next(places)


def xlsx() -> bytes:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (HEAD, ROW):
        sheet.append(row)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def kmz() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("doc.kml", (SAMPLES / "places.kml").read_bytes())
    return out.getvalue()


def csv() -> bytes:
    return (";".join(HEAD) + "\n" + ";".join(map(str, ROW))).encode("utf-16")


FILES: dict[str, tuple[bytes, tuple[str, ...], int]] = {
    "kml": ((SAMPLES / "places.kml").read_bytes(), (), 2),
    "kmz": (kmz(), (), 2),
    "csv": (csv(), (), 1),
    "xlsx": (xlsx(), (), 1),
    "notam": ((SAMPLES / "notams.txt").read_bytes(), ("--kind", "exercise"), 3),
    "ed269": ((SAMPLES / "zones.json").read_bytes(), ("--kind", "site"), 2),
    "openair": (
        (SAMPLES / "airspace.txt").read_bytes(),
        ("--kind", "live-fire", "--ref", "AIR", *WINDOW),
        3,
    ),
}
"""Of every format a file, the options it needs, and how many activities it is."""


@pytest.mark.rule("R-FMT-12")
@pytest.mark.parametrize("format", FILES)
def test_each_format_is_previewed_and_announced(
    pair: tuple[Box, Box], tmp_path: Path, format: str
) -> None:
    us, ru = pair
    data, options, count = FILES[format]
    file = tmp_path / "file"
    file.write_bytes(data)
    shown = us.json("preview", file, *options)
    assert (shown["format"], len(shown["activities"]), shown["errors"]) == (format, count, [])
    ids = us.json("notify", "ru", file, *options)["ids"]
    assert len(ids) == count
    assert us.ask("await_receipt", id=ids[-1], wait=PATIENCE_S)["state"] == "received"
    for id, activity in zip(ids, shown["activities"], strict=True):
        there = ru.ask("show", id=id)
        assert (there["form"], there["fields"]) == ("activity", activity["fields"])


@pytest.mark.rule("R-FMT-31")
def test_a_preview_is_read_by_people_and_sends_nothing(pair: tuple[Box, Box]) -> None:
    us, _ = pair
    file, kind = SAMPLES / "notams.txt", ("--kind", "exercise")
    before = us.line("ru")["records"]["out"]["size"]
    shown = us.json("notify", "ru", file, *kind, "--dry-run")
    text = us.run("preview", file, *kind).out
    for activity in shown["activities"]:
        for said in (activity["start"], activity["ref"], *activity["positions"][0].values()):
            assert said in text
        for note in activity["notes"]:
            assert f"note: {activity['place']}: {note}" in text
    assert "conflicts" in us.json("check", file, *kind)
    assert us.line("ru")["records"]["out"]["size"] == before


@pytest.mark.rule("R-FMT-13")
def test_what_a_file_lacks_is_asked_for_by_its_option(pair: tuple[Box, Box]) -> None:
    us, _ = pair
    airspace = SAMPLES / "airspace.txt"
    error = us.refused("notify", "ru", airspace)
    assert error["code"] == "missing-field" and error["rule"] == "R-FMT-13"
    for option in ("--ref", "--kind", "--start", "--end"):
        assert option in error["next"]
    found = us.json("preview", airspace, code=1)
    assert found["errors_found"] == 3 and not found["activities"]
    assert us.refused("preview", airspace, "--dates", "x")["code"] == "bad-option"
    assert us.refused("preview", airspace, "--set", "x", code=2)["code"] == "wrong-usage"
    russian = SAMPLES / "notices_cp1251.csv"
    assert us.refused("preview", russian)["code"] == "bad-encoding"
    (activity,) = us.json("preview", russian, "--encoding", "cp1251")["activities"]
    assert activity["title"] == "Гуманитарная колонна 17"


@pytest.mark.rule("R-FMT-09")
def test_bad_parts_are_left_out_only_where_that_is_asked(
    pair: tuple[Box, Box], tmp_path: Path, west: float
) -> None:
    us, _ = pair
    file = tmp_path / "mixed.geojson"
    bow = square(west, 40)
    ring = bow["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    file.write_text(features(feature(square(west, 40), ref="G"), feature(bow, ref="B")))
    before = us.line("ru")["records"]["out"]["size"]
    assert us.refused("notify", "ru", file)["message"].startswith("feature 2 (B)")
    assert us.line("ru")["records"]["out"]["size"] == before
    done = us.run("notify", "ru", file, "--skip-bad")
    assert len(done.out.split()) == 1 and "left out: feature 2 (B)" in done.err


@pytest.mark.rule("R-FMT-32")
@pytest.mark.parametrize("format", ["geojson", "kml", "csv"])
def test_what_is_written_out_reads_back_as_the_same(
    pair: tuple[Box, Box], tmp_path: Path, west: float, format: str
) -> None:
    us, _ = pair
    year = 2090 + ["geojson", "kml", "csv"].index(format)
    when = {"start": f"{year}-01-01T00:00:00Z", "end": f"{year}-01-02T00:00:00.5Z"}
    holed = square(west, 40)
    holed["coordinates"].append(
        [[x + 0.02, y + 0.02] for x, y in square(west, 40, 0.05)["coordinates"][0]]
    )
    line = {"type": "LineString", "coordinates": [[west, 41], [west + 0.5, 41.5]]}
    file = tmp_path / "in.geojson"
    file.write_text(
        features(
            feature(holed, title="=HYPERLINK(1)", datum="HAE", unit="ft", **when),
            feature(line, width_m=2000, vehicles=3, escort="none", **when),
            feature({"type": "Point", "coordinates": [west, 42]}, radius_m=12.5, **when),
        )
    )
    us.json("notify", "ru", file)
    out = tmp_path / f"out.{format}"
    span = ("--since", f"{year}-01-01", "--until", f"{year}-01-02", "--line", "ru")
    done = us.json("activity", "export", "--format", format, "-o", out, *span)
    assert done == {"file": str(out), "bytes": out.stat().st_size, "activities": 3}
    before, after = (us.json("preview", each)["activities"] for each in (file, out))

    def fields(activities: list[Json]) -> list[str]:
        return sorted(json.dumps(each["fields"]) for each in activities)

    assert fields(after) == fields(before)


@pytest.mark.rule("R-DOC-06")
def test_a_list_to_print_in_the_readers_language(pair: tuple[Box, Box], tmp_path: Path) -> None:
    us, _ = pair
    out = tmp_path / "list.pdf"
    us.run("--language", "ru", "activity", "export", "--format", "pdf", "-o", out)
    assert out.read_bytes().startswith(b"%PDF-")
    wrong = ("activity", "export", "-o", tmp_path / "no")
    assert us.refused(*wrong, "--format", "shp")["code"] == "unknown-format"
    assert us.refused(*wrong, "--format", "pdf", "--tz", "Mars/X")["code"] == "unknown-zone"
    assert not (tmp_path / "no").exists()


@pytest.mark.rule("R-FMT-28")
def test_the_template_is_read_and_its_examples_are_not_announced(
    pair: tuple[Box, Box], tmp_path: Path
) -> None:
    us, _ = pair
    us.run("--language", "ru", "activity", "template", "-o", tmp_path / "t.xlsx")
    shown = us.json("preview", tmp_path / "t.xlsx", code=1)
    assert (shown["format"], shown["errors_found"]) == ("xlsx", 2)
    assert "example" in us.refused("notify", "ru", tmp_path / "t.xlsx")["message"]


@pytest.mark.rule("R-FMT-29")
def test_ctrl_c_where_no_station_runs_stores_nothing(make_pair: Any, tmp_path: Path) -> None:
    """Sent before the file is whole: the command waits for the rest of it."""
    us, _ = make_pair()
    command = ["--station", str(us.path), "notify", "ru", "-"]
    process = subprocess.Popen(
        [sys.executable, *ENTRY, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdin is not None
    # More than a pipe holds: that it is taken shows that the command reads.
    process.stdin.write(b" " * (1 << 20))
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and not out and b"Traceback" not in err, err
    assert [m for m in us.json("messages")["messages"] if m["form"] == "activity"] == []
