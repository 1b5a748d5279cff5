"""The contract's evidence commands: exported by either side, verified without a station."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from plans import feature, features, square
from processes import Box, Done, in_process, openline, settle


def trust(*boxes: Box) -> list[str]:
    return [f"--trust={box.party}={box.json('card')['fingerprint']}" for box in boxes]


def judged(file: Path, *args: str) -> Done:
    """`evidence verify` as an investigator runs it: no station anywhere."""
    return in_process("--station", file.parent / "nowhere", "evidence", "verify", file, *args)


@pytest.fixture(scope="module")
def told(pair: tuple[Box, Box], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Some traffic; the ids of a plan, of what belongs with it, and of one that does not."""
    us, ru = pair
    ids = {"other": us.send("ru", "not to be shown", "--wait", "60")}
    file = tmp_path_factory.mktemp("plan") / "plan.geojson"
    file.write_text(features(feature(square(-150, -60), title="A plan", ref="E-1")))
    ids["plan"] = us.run("notify", "ru", file).out.strip()
    settle(us, ru)
    ids["objection"] = ru.run(
        *("send", "us", "objection", f"about={ids['plan']}", "reason=no", "--wait", "60")
    ).out.strip()
    ids["cancel"] = us.run(
        *("send", "ru", "cancel", f"about={ids['plan']}", "--wait", "60")
    ).out.strip()
    settle(us, ru)
    return ids


@pytest.mark.rule("R-EVID-16")
@pytest.mark.rule("R-EVID-15")
def test_either_sides_bundle_is_verified_elsewhere_without_a_station(
    pair: tuple[Box, Box], told: dict[str, str], tmp_path: Path
) -> None:
    us, ru = pair
    anchors = trust(us, ru)
    seen = []
    for box in pair:
        file = tmp_path / f"{box.party}.bundle"
        box.run("evidence", "export", "--message", told["plan"], "-o", file)
        elsewhere = tmp_path / "elsewhere" / box.party
        elsewhere.mkdir(parents=True)
        file = file.rename(elsewhere / "bundle")
        done = openline("evidence", "verify", file, *anchors, "--json", cwd=elsewhere)
        assert done.code == 0, done
        found = done.json
        assert found["result"] == "verified" and all(s["holds"] for s in found["steps"])
        assert [s["number"] for s in found["steps"]] == list(range(1, len(found["steps"]) + 1))
        assert all(s["name"] and s["what"] for s in found["steps"])
        assert [(p["party"], p["anchored"]) for p in found["parties"]] == [
            ("ru", True),
            ("us", True),
        ]
        texts = {m["id"] for m in found["messages"] if m["form"] != "card"}
        assert texts == {told["plan"], told["objection"], told["cancel"]}
        assert b"not to be shown" not in file.read_bytes()
        missing = {m["record"]: m["numbers"] for m in found["missing"]}
        other = next(m["number"] for m in us.messages("ru") if m["id"] == told["other"])
        assert any(first <= other <= last for first, last in missing["us/ru/1"])
        assert list(elsewhere.iterdir()) == [file]
        seen.append({(m["id"], m["hash"], m["at"]) for m in found["messages"]})
    assert seen[0] == seen[1]


@pytest.mark.rule("R-EVID-16")
def test_a_resting_station_exports_too_and_a_person_reads_the_steps(
    pair: tuple[Box, Box], told: dict[str, str], tmp_path: Path
) -> None:
    us, ru = pair
    file = tmp_path / "line.bundle"
    us.stop()
    done = us.json("evidence", "export", "--line", "ru", "-o", file)
    us.serve()
    assert done["bytes"] == file.stat().st_size
    done = judged(file, *trust(us, ru))
    assert done.code == 0 and done.out.count("✓") >= 10 and "✗" not in done.out
    assert done.out.endswith("verified: every step holds and every party is anchored\n")
    plain = openline(
        *("evidence", "verify", file, *trust(us, ru)), env={"PYTHONIOENCODING": "ascii"}
    )
    assert plain.code == 0 and "✓" not in plain.out and "ok  1 file" in plain.out


@pytest.mark.rule("R-EVID-04")
def test_wrong_or_absent_fingerprints_exit_1(
    pair: tuple[Box, Box], told: dict[str, str], tmp_path: Path
) -> None:
    us, ru = pair
    file = tmp_path / "a.bundle"
    us.run("evidence", "export", "--message", told["plan"], "-o", file)
    anchors = trust(us, ru)
    unidentified = [(), (anchors[0],)]
    for given in unidentified:
        done = judged(file, *given, "--json")
        assert (done.code, done.json["result"]) == (1, "consistent, parties unidentified")
    assert "consistent, parties unidentified" in judged(file).out
    words = anchors[0].partition("=")[2].partition("=")[2]
    done = judged(file, anchors[0], f"--trust=ru={words}", "--json")
    assert (done.code, done.json["result"]) == (1, "failed")
    done = judged(file, anchors[0], f"--trust=ru={words}")
    assert done.code == 1 and "✗  3 parties" in done.out and "failed at step 3" in done.out


@pytest.mark.rule("R-EVID-03")
def test_tampering_with_the_file_exits_1_and_names_the_step(
    pair: tuple[Box, Box], told: dict[str, str], tmp_path: Path
) -> None:
    us, ru = pair
    file = tmp_path / "a.bundle"
    us.run("evidence", "export", "--message", told["plan"], "-o", file)
    good, anchors = file.read_bytes(), trust(us, ru)
    for at in range(0, len(good), max(1, len(good) // 15)):
        file.write_bytes(good[:at] + bytes([good[at] ^ 0x20]) + good[at + 1 :])
        done = judged(file, *anchors, "--json")
        assert (done.code, done.json["result"]) == (1, "failed")
        assert [s["name"] for s in done.json["steps"] if s["holds"] is False]


@pytest.mark.rule("R-EVID-04")
def test_a_bundle_forged_with_fresh_keys_in_a_rivals_name_exits_1(
    pair: tuple[Box, Box], make_box, tmp_path: Path
) -> None:
    us, ru = pair
    rival, dupe = make_box("us"), make_box("ru")
    for box in (rival, dupe):
        box.init("--unsafe-no-passphrase")
    rival.join(dupe)
    rival.send("ru", "We agree to everything.")
    file = tmp_path / "forged.bundle"
    rival.run("evidence", "export", "--line", "ru", "-o", file)
    assert judged(file, *trust(rival, dupe)).code == 0
    done = judged(file, *trust(us, ru), "--json")
    assert (done.code, done.json["result"]) == (1, "failed")
    assert [s["name"] for s in done.json["steps"] if not s["holds"]] == ["parties"]


@pytest.mark.rule("R-EVID-16")
@pytest.mark.rule("R-CLI-01")
def test_wrong_usage_and_unreadable_files_are_told_as_everywhere(
    pair: tuple[Box, Box], told: dict[str, str], tmp_path: Path
) -> None:
    us, _ = pair
    out = ("-o", tmp_path / "x.bundle")
    us.refused("evidence", "export", *out, code=2)
    us.refused(
        "evidence", "export", "--message", told["plan"], "--from", "2022-01-01", *out, code=2
    )
    assert us.refused("evidence", "export", "--message", "us-0", *out)["code"] == "unknown-message"
    absent = judged(tmp_path / "absent", "--json")
    assert absent.code == 1 and absent.error["code"] == "no-file"
    (tmp_path / "junk").write_text(json.dumps({"a": 1}))
    junk = judged(tmp_path / "junk", "--json")
    assert junk.code == 1 and junk.json["steps"][0]["holds"] is False
    for wrong in ("us", "us=", "US=word", "=word"):
        assert judged(tmp_path / "junk", f"--trust={wrong}").code == 2
    assert judged(tmp_path / "junk", "--trust=us=a", "--trust=us=b").code == 2


@pytest.mark.rule("R-DOC-03")
@pytest.mark.rule("R-DOC-01")
def test_a_report_is_printed_without_a_station(
    pair: tuple[Box, Box], told: dict[str, str], tmp_path: Path
) -> None:
    us, ru = pair
    file, made = tmp_path / "a.bundle", tmp_path / "report.pdf"
    us.run("evidence", "export", "--message", told["plan"], "-o", file)
    printing = ("evidence", "report", file, "-o", made, "--language", "ru", "--tz", "Europe/Kyiv")
    done = openline(*printing, *trust(us, ru), cwd=tmp_path)
    assert done.code == 0 and "verified" in done.out
    assert made.read_bytes().startswith(b"%PDF-")
    done = in_process("evidence", "report", file, "-o", made, "--json")
    assert done.json["result"] == "consistent, parties unidentified"
    assert done.json["bytes"] == made.stat().st_size
    done = in_process("evidence", "report", file, "-o", made, "--tz", "Nowhere")
    assert done.code == 1 and done.refusal["rule"] == "R-DOC-03"
