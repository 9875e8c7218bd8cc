"""JSON as programs write it: whole numbers, each field once, not too deep (SEC-34, SEC-35)."""

import json

import pytest
from hypothesis import given, strategies as st

from core.web.api.bodies import DEEPEST, parse_json
from core.web.api.problems import UnreadableRequest

WHOLE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(WHOLE)
def test_what_holds_whole_numbers_and_texts_is_read_as_it_was_written(value: object) -> None:
    try:
        assert parse_json(json.dumps(value).encode()) == value
    except UnreadableRequest as refused:
        assert "nested deeper" in str(refused)  # noqa: PT017 - only the deepest of the examples


@given(st.binary(max_size=60))
def test_sec_35_whatever_else_is_sent_is_refused_in_words(raw: bytes) -> None:
    try:
        parse_json(raw)
    except UnreadableRequest as refused:
        assert refused.status == 400  # noqa: PT017 - most of the examples are refused, some are numbers


@pytest.mark.parametrize("written", ["1.0", "1e9", "1E1", "-0", "-0.0", "NaN", "Infinity", "-Infinity", "9" * 21])
def test_sec_35_a_number_is_written_in_digits(written: str) -> None:
    with pytest.raises(UnreadableRequest):
        parse_json(written.encode())


def test_sec_34_the_depth_is_bounded_to_the_level() -> None:
    assert parse_json(b"[" * DEEPEST + b"]" * DEEPEST)
    for depth in (DEEPEST + 1, 1_000, 100_000):
        with pytest.raises(UnreadableRequest):
            parse_json(b"[" * depth + b"]" * depth)


def test_sec_35_a_field_stands_once_at_every_depth() -> None:
    for written in (b'{"a": 1, "a": 1}', b'[{"b": {"a": 1, "a": 2}}]', b'{"a": 1, "\\u0061": 1}'):
        with pytest.raises(UnreadableRequest, match="twice"):
            parse_json(written)
