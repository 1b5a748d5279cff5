"""Frames: a parcel in pieces, as bytes, as lines of letters, and as QR codes."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from openline.documents.qr import read_qr, write_qr
from openline.wire.frames import HEAD_BYTES, compact, join, read_frame, read_text, split, text
from openline.words import limits
from openline.words.errors import OpenlineError, Whose

PARCELS = st.lists(st.binary(min_size=1, max_size=600), min_size=1, max_size=3, unique=True)
LIMITS = st.integers(limits.FRAME_LEAST, 160)


@pytest.mark.rule("R-WIRE-31")
@given(PARCELS, LIMITS, st.integers())
def test_any_order_gives_the_parcels_back(parcels: list[bytes], limit: int, seed: int) -> None:
    frames = [frame for parcel in parcels for frame in split(parcel, limit)]
    assert all(HEAD_BYTES < len(frame) <= limit for frame in frames)
    more = frames + frames[: len(frames) // 2]
    Random(seed).shuffle(more)
    found, lacking = join(read_frame(frame) for frame in more)
    assert sorted(found) == sorted(parcels) and lacking == []


@pytest.mark.rule("R-WIRE-31")
@given(st.binary(min_size=100, max_size=600), LIMITS, st.data())
def test_what_lacks_is_named(parcel: bytes, limit: int, data: st.DataObject) -> None:
    frames = split(parcel, limit)
    left_out = data.draw(st.integers(0, len(frames) - 1))
    found, lacking = join(read_frame(f) for at, f in enumerate(frames) if at != left_out)
    assert found == []
    assert lacking == ([f"{left_out + 1}/{len(frames)}"] if len(frames) > 1 else [])


@pytest.mark.rule("R-WIRE-31")
def test_a_parcel_of_every_size_goes_into_sms_and_more_frames_than_there_are_are_refused() -> None:
    largest = bytes(limits.PARCEL_BYTES)
    assert len(split(largest, 140)) == -(-limits.PARCEL_BYTES // 133) <= limits.FRAMES
    assert [len(f) for f in split(bytes(266), 140)] == [140, 140]
    for parcel, limit in ((largest, 100), (b"x", limits.FRAME_LEAST - 1), (b"", 140)):
        with pytest.raises(OpenlineError) as caught:
            split(parcel, limit)
        assert (caught.value.code, caught.value.whose) == ("bad-frames", Whose.OURS)
    with pytest.raises(OpenlineError) as caught:
        read_text(text(split(b"x", 16)) * (limits.FRAMES + 1))
    assert caught.value.code == "too-large"


@pytest.mark.rule("R-WIRE-32")
@settings(max_examples=300)
@given(st.binary(min_size=1, max_size=300), st.data())
def test_one_wrong_character_is_found_and_its_line_named(
    parcel: bytes, data: st.DataObject
) -> None:
    lines = text(split(parcel, 80)).splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    prefix, _, letters = lines[number].partition(" ")
    places = [at for at, letter in enumerate(letters) if letter != " "]
    at = data.draw(st.sampled_from(places[:-1]))  # of the last, base32 may leave bits unused
    letter = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
    wrong = letters[:at] + letter + letters[at + 1 :]
    lines[number] = f"{prefix} {wrong}"
    if wrong == letters:
        assert join(read_text("\n".join(lines)))[0] == [parcel]
        return
    # 14 bits let one wrong line in 16,384 pass; the parcel's own hash and seal then refuse it.
    try:
        found = join(read_text("\n".join(lines)))[0]
    except OpenlineError as error:
        assert f"line {number + 1} " in error.message and error.whose is Whose.CARRIER
    else:
        assert found != [parcel]


@pytest.mark.rule("R-WIRE-32")
@given(st.text(max_size=200))
@example("1/1 AAAA")
@example("AAAA BBBB CCCC DDDD")
@example("1/1 ÅÅÅÅ")
def test_text_that_is_no_frame_is_refused_as_such(said: str) -> None:
    try:
        frames = read_text(said)
    except OpenlineError as error:
        assert error.code in ("bad-frame", "too-large")
    else:
        assert frames == [] and not said.strip()


def test_whoever_wrote_it_down_may_have_written_it_otherwise() -> None:
    frames = split(bytes(range(256)), 60)
    said = text(frames)
    bare = "\n".join(compact(frame).lower() for frame in reversed(frames))
    for other in (said.lower(), said.replace(" ", "  "), said.replace("\n", "\r\n\n"), bare):
        assert join(read_text(other)) == ([bytes(range(256))], [])


@pytest.mark.rule("R-WIRE-21")
def test_the_example_of_the_specification() -> None:
    (frame,) = split(bytes([0, 1, 2]), 16)
    page = (Path(__file__).parents[2] / "docs" / "spec" / "wire.md").read_text()
    assert frame.hex(" ") in page and text([frame]).strip() in page


@pytest.mark.rule("R-CAR-13")
def test_codes_are_read_back_from_images(tmp_path: Path) -> None:
    for size in (40, 700, limits.FRAME_MOST):
        frames = split(Random(size).randbytes(2 * size), size)
        for number, frame in enumerate(frames):
            write_qr(compact(frame), tmp_path / f"{number}.png")
        read = [read_qr((tmp_path / f"{n}.png").read_bytes(), "x") for n in range(len(frames))]
        assert read == [[compact(frame)] for frame in frames]


@pytest.mark.rule("R-CAR-13")
def test_what_is_no_image_or_shows_no_code_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    blank = tmp_path / "blank.jpg"
    Image.new("L", (200, 100), 255).save(blank)
    cases = [b"\x89PNG\r\n\x1a\n cut", blank.read_bytes(), blank.read_bytes()[:-50]]
    for data in cases:
        with pytest.raises(OpenlineError) as caught:
            read_qr(data, "blank.jpg")
        assert caught.value.code == "bad-image"
    monkeypatch.setattr(limits, "FRAME_IMAGE_PIXELS", 100)
    with pytest.raises(OpenlineError, match="pixels"):
        read_qr(blank.read_bytes(), "blank.jpg")
    with pytest.raises(OpenlineError) as caught:
        write_qr("A" * 5_000, tmp_path / "x.png")
    assert caught.value.code == "too-large"
