"""The payload: one encoding, read strictly, its content judged elsewhere."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.forms.payload import (
    UID_ALPHABET,
    Payload,
    message_id,
    read_payload,
    split_id,
    thing_id,
    write_payload,
)
from openline.forms.precedence import Precedence
from openline.wire import cbor
from openline.words.errors import OpenlineError, Whose

HELLO = Payload("text", 1, "7h2k9m4q3x", 2, ("ru",), Precedence.FLASH, "en", {"text": "hi"})
UIDS = st.text(UID_ALPHABET, min_size=10, max_size=10)
PARTIES = st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,8}[a-z0-9])?", fullmatch=True)
VECTOR = (
    "a861760162746f816272756372657602637569646a3768326b396d3471337864666f726d6474657874646c616e67"
    "62656e647072656365666c617368666669656c6473a16474657874626869"
)


def table(**changes):
    return {**cbor.decode(write_payload(HELLO), 10_000), **changes}


@pytest.mark.rule("R-FORM-14")
def test_the_example_of_the_specification_is_what_is_written():
    assert write_payload(HELLO).hex() == VECTOR
    assert read_payload(bytes.fromhex(VECTOR)) == HELLO


@pytest.mark.rule("R-FORM-14")
@given(
    st.builds(
        Payload,
        form=st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True),
        form_version=st.integers(1, 65_535),
        uid=UIDS,
        revision=st.integers(0, 999_999_999),
        to=st.lists(PARTIES, min_size=1, max_size=5, unique=True).map(tuple),
        precedence=st.sampled_from(Precedence),
        language=st.sampled_from(["en", "ru", "zh-Hant-TW"]),
        fields=st.dictionaries(st.text(max_size=5), st.integers(0, 9) | st.binary(max_size=4)),
        by=st.none() | st.sampled_from(["", "Anna Duty", "Анна"]),
    )
)
def test_what_is_written_is_read_the_same(payload):
    assert read_payload(write_payload(payload)) == payload


@pytest.mark.rule("R-FORM-14")
@pytest.mark.parametrize(
    "changes",
    [
        {"extra": 1},
        {"form": "Text"},
        {"form": 5},
        {"form": "x" * 33},
        {"v": 0},
        {"v": True},
        {"uid": "7h2k9m4q3"},
        {"uid": "7h2k9m4qil"},
        {"rev": -1},
        {"to": []},
        {"to": "ru"},
        {"to": ["ru", "ru"]},
        {"to": ["RU"]},
        {"to": [5]},
        {"to": [["ru"]]},
        {"to": [f"p{i}" for i in range(65)]},
        {"prec": "soon"},
        {"prec": []},
        {"lang": "english"},
        {"lang": "en" + "-x" * 20},
        {"lang": None},
        {"fields": []},
        {"fields": {1: 2}},
    ],
)
def test_a_payload_of_another_build_is_the_other_sides_fault(changes):
    with pytest.raises(OpenlineError) as caught:
        read_payload(cbor.encode(table(**changes)))
    assert (caught.value.code, caught.value.whose) == ("bad-payload", Whose.THEIRS)


@pytest.mark.rule("R-FORM-14")
@pytest.mark.parametrize("missing", list(table()))
def test_no_key_may_be_missing(missing):
    short = table()
    del short[missing]
    with pytest.raises(OpenlineError, match="set of keys"):
        read_payload(cbor.encode(short))
    with pytest.raises(OpenlineError):
        read_payload(cbor.encode([1]))


@pytest.mark.rule("R-FORM-15")
def test_an_unknown_form_with_strange_fields_is_still_a_payload():
    payload = replace(HELLO, form="hologram", form_version=7, fields={"x": [None, {1: b"\x00"}]})
    assert read_payload(write_payload(payload)) == payload


def test_our_own_faulty_payload_is_our_fault():
    with pytest.raises(OpenlineError) as caught:
        replace(HELLO, uid="")
    assert (caught.value.code, caught.value.whose) == ("bad-payload", Whose.OURS)


@pytest.mark.rule("R-FORM-16")
def test_ids_are_short_and_name_the_issuer():
    assert thing_id("us", "7h2k9m4q3x") == "us-7h2k9m4q3x"
    assert message_id("us", "7h2k9m4q3x", 0) == "us-7h2k9m4q3x"
    assert message_id("us", "7h2k9m4q3x", 2) == "us-7h2k9m4q3x.2"


@pytest.mark.rule("R-FORM-16")
@given(PARTIES, UIDS, st.integers(0, 999_999_999))
def test_an_id_splits_into_what_it_was_made_of(issuer, uid, revision):
    assert split_id(message_id(issuer, uid, revision)) == (issuer, uid, revision)


@pytest.mark.rule("R-FORM-16")
@pytest.mark.parametrize(
    "text",
    ["", "us", "us-7h2k9m4q3", "us-7h2k9m4q3x.0", "us-7h2k9m4q3x.02", "7h2k9m4q3x", "x" * 99],
)
def test_what_is_no_id_is_refused(text):
    with pytest.raises(OpenlineError) as caught:
        split_id(text)
    assert caught.value.code == "bad-id"
