"""Files of activities at a station: looked at, announced whole or not at all, listed again."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from openline.station import acts
from openline.station.facade import Facade
from openline.station.folder import Folder
from openline.station.founding import Founding, found
from openline.station.station import Station
from openline.wire.card import card_text, fingerprint
from openline.words import filelimits, limits
from openline.words.errors import OpenlineError

RING = [[24.0, 49.0], [24.1, 49.0], [24.1, 49.1], [24.0, 49.0]]
BOW_TIE = [[24.0, 49.0], [24.1, 49.1], [24.1, 49.0], [24.0, 49.1], [24.0, 49.0]]
SLIVER = [[24.0, 49.0], [24.0, 49.1], [24.0000001, 49.05], [24.0, 49.0]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Station, Facade]]:
    """A station with lines to `ru` and `un`, neither of which runs."""
    folder = tmp_path_factory.mktemp("files")
    for party in ("us", "ru", "un"):
        card = found(Folder(folder / party), Founding(party, party, ("https://127.0.0.1:1",)))
        if party == "us":
            station = Station(Folder(folder / "us"))
        else:
            acts.join(station, card_text(card), fingerprint(card))
    yield station, Facade(station)
    station.close()


def feature(ref: str, ring: Any = RING, **more: Any) -> dict[str, Any]:
    needed = {"ref": ref, "kind": "exercise", "title": f"Exercise {ref}", "lower": 0, "upper": 500}
    needed |= {"unit": "m", "datum": "AGL"}
    needed |= {"start": "2096-04-02T06:00:00Z", "end": "2096-04-02T18:00:00Z"}
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "geometry": geometry, "properties": {**needed, **more}}


def file(*features: Any, **more: Any) -> dict[str, Any]:
    text = json.dumps({"type": "FeatureCollection", "features": list(features)})
    return {"data": b64encode(text.encode()).decode(), "name": "plans.geojson", **more}


def announced(facade: Facade) -> list[str]:
    said = facade.messages()["messages"]
    return [m["fields"]["ref"] for m in said if m["form"] == "activity"]


@pytest.mark.rule("R-FMT-31")
def test_a_preview_shows_all_as_understood_and_sends_nothing(home: tuple[Station, Facade]) -> None:
    _, facade = home
    before = announced(facade)
    bad = [feature("B-1", BOW_TIE), feature("B-2", SLIVER), feature("B-3", unit="yd")]
    shown = facade.preview(file(feature("A-1"), *bad), language="ru")
    (activity,) = shown["activities"]
    assert shown["format"] == "geojson" and activity["place"] == "feature 1"
    assert (activity["kind"], activity["kind_label"]) == ("exercise", "учения")
    assert activity["band"] == "0–500 m AGL" and activity["start"] == "2096-04-02T06:00:00Z"
    first = activity["positions"][0]
    assert (first["decimal"], first["dms"], first["mgrs"]) == (
        *("49.0000000, 24.0000000", "49°00′00.00″N 024°00′00.00″E"),
        "35UKQ8058631792",
    )
    assert activity["positions_found"] == 4
    assert [e["message"].partition(":")[0] for e in shown["errors"]] == [
        *("feature 2 (B-1)", "feature 3 (B-2)", "feature 4 (B-3)")
    ]
    assert announced(facade) == before


@pytest.mark.rule("R-FMT-31")
def test_errors_are_told_up_to_a_limit_and_counted_beyond(home: tuple[Station, Facade]) -> None:
    _, facade = home
    count = filelimits.PREVIEW_ERRORS + 7
    shown = facade.preview(file(*(feature(f"B-{i}", kind="?") for i in range(count))))
    assert len(shown["errors"]) == filelimits.PREVIEW_ERRORS
    assert shown["errors_found"] == count


@pytest.mark.rule("R-FMT-09")
def test_a_file_is_announced_whole_or_not_at_all_unless_that_is_asked(
    home: tuple[Station, Facade],
) -> None:
    _, facade = home
    before = announced(facade)
    mixed = (feature("M-1"), feature("M-2", BOW_TIE), feature("M-3"), feature("M-4", SLIVER))
    with pytest.raises(OpenlineError) as refused:
        facade.notify(["ru"], file=file(*mixed))
    assert refused.value.message.startswith("feature 2 (M-2)")
    assert "1 more are wrong" in refused.value.next
    assert announced(facade) == before
    done = facade.notify(["ru"], file=file(*mixed, skip_bad=True))
    assert len(done["ids"]) == 2 and len(done["skipped"]) == 2
    assert announced(facade) == [*before, "M-1", "M-3"]
    with pytest.raises(OpenlineError):
        facade.notify(["ru"], file=file(mixed[1], skip_bad=True))
    with pytest.raises(OpenlineError):
        facade.notify(["ru", "xx"], file=file(mixed[0]))
    assert announced(facade) == [*before, "M-1", "M-3"]
    assert facade.check(file=file(mixed[0])) == {"conflicts": []}


@pytest.mark.rule("R-FMT-29")
def test_what_is_halted_midway_stores_nothing(
    home: tuple[Station, Facade], monkeypatch: pytest.MonkeyPatch
) -> None:
    station, facade = home
    before = announced(facade)
    told: list[int] = []

    def tell(done: int, of: int) -> None:
        told.append(done)
        if told[:5] == [1, 2, 3, 1, 2]:  # three were looked at, the second is being stored
            raise OpenlineError("halted", "whoever asked has gone")

    with pytest.raises(OpenlineError, match="gone"):
        facade.notify(["ru"], file=file(*map(feature, ("H-1", "H-2", "H-3"))), tell=tell)
    assert announced(facade) == before

    def interrupted(job: Any) -> Any:
        """Ctrl-C, while the writer has yet to begin."""
        jobs.append(job)
        raise KeyboardInterrupt

    jobs: list[Any] = []
    run = station.run
    with monkeypatch.context() as patch:
        patch.setattr(station, "run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            facade.notify(["ru"], file=file(feature("H-4")))
    with pytest.raises(OpenlineError, match="interrupted"):
        run(jobs[0])
    assert announced(facade) == before


@pytest.mark.rule("R-FMT-12")
@pytest.mark.parametrize(
    "wrong",
    [
        {},
        [],
        {"data": 1},
        {"data": "é"},
        {"data": "", "more": 1},
        {"data": "", "options": 1},
        {"data": "", "format": None},
        {"data": "A" * (filelimits.UPLOAD_BYTES + 1)},
    ],
    ids=lambda wrong: str(wrong)[:30],
)
def test_what_does_not_arrive_as_a_file_is_refused(
    home: tuple[Station, Facade], wrong: Any
) -> None:
    _, facade = home
    with pytest.raises(OpenlineError) as refused:
        facade.preview(wrong)
    assert refused.value.rule and refused.value.next


@pytest.mark.rule("R-FMT-32")
def test_the_list_holds_what_was_announced_once_and_by_line_and_time(
    home: tuple[Station, Facade],
) -> None:
    _, facade = home
    late = {"start": "2097-05-01T00:00:00Z", "end": "2097-05-02T00:00:00Z"}
    (both,) = facade.notify(["ru", "un"], file=file(feature("L-1", **late)))["ids"]
    (one,) = facade.notify(["un"], file=file(feature("L-2", **late)))["ids"]
    (gone,) = facade.notify(["un"], file=file(feature("L-3", **late)))["ids"]
    facade.send(["un"], "cancel", {"about": gone})

    def listed(**how: Any) -> list[str]:
        found = facade.activities_listed(**{"since": "2097-01-01", **how})["activities"]
        assert found == sorted(found, key=lambda each: each["start"])
        return sorted(each["id"] for each in found)

    whole = sorted([both, one])
    assert listed() == whole
    assert listed(line="un") == whole and listed(line="ru") == [both]
    assert listed(since="2097-05-02") == [] and listed(until="2097-05-01") == []
    assert listed(since="2097-05-01T23:59:59Z", until="2097-05-01T00:00:01Z") == whole
    (first,) = facade.activities_listed(line="ru", since="2097-01-01")["activities"]
    assert (first["lines"], first["party"]) == (["ru"], "us")
    either = facade.activities_listed(since="2097-01-01")["activities"]
    assert {each["id"]: each["lines"] for each in either}[both] == ["ru", "un"]
    with pytest.raises(OpenlineError):
        facade.activities_listed(line="xx")


@pytest.mark.rule("R-FMT-02")
def test_a_thousand_activities_are_one_file(home: tuple[Station, Facade]) -> None:
    _, facade = home
    shown = facade.preview(file(*(feature(f"T-{i}") for i in range(limits.FEATURES))))
    assert len(shown["activities"]) == limits.FEATURES and not shown["errors"]
