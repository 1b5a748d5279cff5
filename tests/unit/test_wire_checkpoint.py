"""Checkpoints: C2SP's signed notes over a record's head, and cosignatures on them."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from openline.wire import keys
from openline.wire.checkpoint import (
    COSIGNATURE,
    NOTE,
    Checkpoint,
    NoteSignature,
    check_checkpoint,
    check_cosignature,
    cosign,
    read_checkpoint,
    read_signature,
    sign_checkpoint,
    verifier_key,
)
from openline.wire.keys import SigningKey
from openline.wire.quantum import Head
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.moment import Moment
from openline.words.party import Direction

US, RU, UN, STRANGER = (SigningKey(bytes([n]) * 32) for n in (7, 8, 9, 10))
AT = Moment.parse("2022-03-01T09:30:00.900Z")
HEAD = Head(Direction("us", "ru", 1), 4, b"\1" * 32)
SIGNED = sign_checkpoint(US, HEAD)
COSIGNED = SIGNED.signed_also_by([cosign(RU, "ru", SIGNED, AT), cosign(UN, "un", SIGNED, AT)])

HEADS = st.builds(
    lambda epoch, size, root: Head(Direction("us", "ru", epoch), size, root),
    st.integers(1, limits.EPOCHS),
    st.integers(0, limits.RECORD_MESSAGES),
    st.binary(min_size=32, max_size=32),
)
SECONDS = st.integers(0, limits.LATEST_MS // 1000)


def refusal(call, *given) -> str:
    with pytest.raises(OpenlineError) as caught:
        call(*given)
    assert (caught.value.code, caught.value.whose) == ("bad-checkpoint", Whose.THEIRS)
    return caught.value.rule


@pytest.mark.rule("R-HEAD-03")
@pytest.mark.rule("R-HEAD-04")
@given(HEADS, SECONDS)
def test_a_checkpoint_is_read_as_it_was_signed_and_cosigned(head, seconds):
    at = Moment(seconds * 1000)
    signed = sign_checkpoint(US, head)
    both = signed.signed_also_by([cosign(RU, "ru", signed, at)])
    assert read_checkpoint(str(both)) == both
    check_checkpoint(both, US.public)
    assert check_cosignature(both, "ru", RU.public) == at
    assert both.signed_also_by(both.signatures) == both


@pytest.mark.rule("R-HEAD-03")
def test_its_text_is_three_lines():
    root = base64.b64encode(b"\1" * 32).decode()
    assert COSIGNED.text == f"openline/us/ru/1\n4\n{root}\n"
    names = [line.split()[1] for line in str(COSIGNED).splitlines() if line.startswith("— ")]
    assert names == ["openline/us/ru/1", "openline/ru", "openline/un"]


@pytest.mark.rule("R-HEAD-05")
@pytest.mark.rule("R-HEAD-06")
def test_others_that_know_the_format_alone_verify_it():
    """Each signature once more, put together from the C2SP pages without our code."""
    text, _, lines = str(COSIGNED).partition("\n\n")
    text += "\n"
    for line, key, kind in zip(lines.splitlines(), (US, RU, UN), (1, 4, 4), strict=True):
        dash, name, blob = line.split(" ")
        raw = base64.b64decode(blob)
        import hashlib

        key_id = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key.public).digest()[:4]
        assert (dash, raw[:4]) == ("—", key_id)
        data, signature = text.encode(), raw[4:]
        if kind == 4:
            time = int.from_bytes(raw[4:12], "big")
            assert time == 1_646_127_000
            data, signature = f"cosignature/v1\ntime {time}\n{text}".encode(), raw[12:]
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, data)


@pytest.mark.rule("R-HEAD-05")
def test_the_published_example_of_a_note_has_the_published_key_and_signature():
    """The example in the documentation of golang.org/x/mod/sumdb/note."""
    seed = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
    public = Ed25519PrivateKey.from_private_bytes(seed[1:]).public_key().public_bytes_raw()
    known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert verifier_key("PeterNeumann", NOTE, public) == known
    line = (
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqd"
        "ngotpRZb6KE6RyyBwJnAM="
    )
    read = read_signature(line)
    assert (read.name, read.key_id.hex(), str(read)) == ("PeterNeumann", "c74f20a3", line)
    text = (
        b"If you think cryptography is the answer to your problem,\n"
        b"then you don't know what your problem is.\n"
    )
    assert keys.verify(public, read.signature, text)


@pytest.mark.rule("R-HEAD-06")
def test_published_cosigners_have_the_key_ids_that_we_compute():
    """A key and a stamped signature of the tests of transparency-dev/formats."""
    known = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
    public = base64.b64decode(known.rpartition("+")[2])[1:]
    assert verifier_key("remora.n621.de", COSIGNATURE, public) == known
    blob = (
        "ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOwor"
        "DcFiEBYJXORmnFBOBA=="
    )
    stamped = read_signature(f"— remora.n621.de {blob}").signature
    assert (len(stamped), int.from_bytes(stamped[:8], "big")) == (72, 1_727_964_367)


@pytest.mark.rule("R-HEAD-05")
@pytest.mark.rule("R-HEAD-06")
@given(st.data())
def test_an_altered_character_is_noticed(data):
    text = str(COSIGNED)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != text[at]))
    altered = text[:at] + other + text[at + 1 :]
    with pytest.raises(OpenlineError) as caught:
        read = read_checkpoint(altered)
        check_checkpoint(read, US.public)
        check_cosignature(read, "ru", RU.public)
        check_cosignature(read, "un", UN.public)
    assert caught.value.code == "bad-checkpoint"


@pytest.mark.rule("R-HEAD-05")
def test_only_its_sender_signs_a_record():
    as_us = sign_checkpoint(STRANGER, HEAD)
    assert refusal(check_checkpoint, as_us, US.public) == "R-HEAD-05"
    assert refusal(check_checkpoint, Checkpoint(HEAD), US.public) == "R-HEAD-05"
    other = sign_checkpoint(US, Head(Direction("us", "fr", 1), 4, b"\1" * 32))
    moved = Checkpoint(HEAD, other.signatures)
    assert refusal(check_checkpoint, moved, US.public) == "R-HEAD-05"
    # A second line in the sender's name and with its key's id that does not hold spoils the note.
    line = SIGNED.signatures[0]
    bad = NoteSignature(line.name, line.key_id, bytes(64))
    assert refusal(check_checkpoint, SIGNED.signed_also_by([bad]), US.public) == "R-HEAD-05"
    # Lines of keys that are unknown here say nothing.
    unknown = NoteSignature(line.name, b"none", bytes(99))
    check_checkpoint(SIGNED.signed_also_by([unknown]), US.public)


@pytest.mark.rule("R-HEAD-06")
def test_a_cosignature_fits_one_time_one_head_and_one_kind_of_signature():
    line = cosign(RU, "ru", SIGNED, AT)
    later = NoteSignature(line.name, line.key_id, (2**32).to_bytes(8, "big") + line.signature[8:])
    beyond = NoteSignature(line.name, line.key_id, b"\xff" * 8 + line.signature[8:])
    short = NoteSignature(line.name, line.key_id, line.signature[:-1])
    for wrong in (later, beyond, short):
        assert refusal(check_cosignature, Checkpoint(HEAD, (wrong,)), "ru", RU.public)
        both = SIGNED.signed_also_by([line, wrong])
        assert refusal(check_cosignature, both, "ru", RU.public) == "R-HEAD-06"
    grown = Head(HEAD.direction, 5, HEAD.root)
    assert refusal(check_cosignature, Checkpoint(grown, (line,)), "ru", RU.public)
    # The sender's own signature is no cosignature of it, nor the other way round.
    assert refusal(check_cosignature, SIGNED, "us", US.public) == "R-HEAD-06"
    own = Checkpoint(HEAD, (cosign(US, "us/ru/1", SIGNED, AT),))
    assert refusal(check_checkpoint, own, US.public) == "R-HEAD-05"


@pytest.mark.rule("R-HEAD-06")
def test_of_several_cosignatures_of_one_party_the_last_counts():
    lines = [cosign(RU, "ru", SIGNED, AT.plus_ms(ms)) for ms in (60_000, 0, 30_000)]
    at = check_cosignature(SIGNED.signed_also_by(lines), "ru", RU.public)
    assert str(at) == "2022-03-01T09:31:00Z"


LINE = str(SIGNED.signatures[0])
BODY = SIGNED.text


@pytest.mark.rule("R-HEAD-03")
@pytest.mark.rule("R-HEAD-04")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        BODY,
        f"{BODY}\n",
        f"{BODY}\n{LINE}",
        f"{BODY}\n{LINE}\n\n",
        f"{BODY}\n\n{LINE}\n",
        f"{BODY}extension\n\n{LINE}\n",
        f"{BODY}\n{LINE}\r\n",
        f"{BODY}\n{LINE[1:]}\n",
        f"{BODY}\n- {LINE[2:]}\n",
        f"{BODY}\n{LINE} \n",
        f"{BODY}\n{LINE[:-1]}\n",
        f"{BODY}\n— openline/us/ru/1 AAAA\n",
        f"{BODY}\n— openline us AAAAAAAA\n",
        f"{BODY}\n— open+line AAAAAAAA\n",
        f"{BODY}\n— openline/us/ru/1 AAAAAAB=\n",
        f"{BODY}\n" + f"{LINE}\n" * (limits.NOTE_SIGNATURES + 1),
        BODY.replace("\n4\n", "\n04\n") + f"\n{LINE}\n",
        BODY.replace("\n4\n", "\n-4\n") + f"\n{LINE}\n",
        BODY.replace("\n4\n", "\n٤\n") + f"\n{LINE}\n",
        BODY.replace("\n4\n", f"\n{limits.RECORD_MESSAGES + 1}\n") + f"\n{LINE}\n",
        BODY.replace("openline/", "elsewhere/") + f"\n{LINE}\n",
        BODY.replace("us/ru/1", "us/ru/01") + f"\n{LINE}\n",
        BODY.replace("us/ru/1", "us/us/1") + f"\n{LINE}\n",
        f"openline/us/ru/1\n4\nAQ==\n\n{LINE}\n",
        f"openline/us/ru/1\n4\n!\n\n{LINE}\n",
        f"{BODY}\n{LINE}\n" + "— a AAAAAAAA\n" * limits.NOTE_BYTES,
        "\ud800" + str(SIGNED),
    ],
    ids=lambda text: repr(text[:60]),
)
def test_what_would_not_be_written_is_not_read(text):
    assert refusal(read_checkpoint, text) in {"R-HEAD-03", "R-HEAD-04"}


@pytest.mark.rule("R-HEAD-04")
def test_signatures_of_other_kinds_are_kept_as_they_are():
    """A witness may sign with a key and in a way that this version does not know."""
    line = "— witness.example/w1 " + base64.b64encode(b"abcd" + bytes(2428)).decode()
    text = f"{SIGNED}{line}\n"
    assert str(read_checkpoint(text)) == text
    check_checkpoint(read_checkpoint(text), US.public)
