"""Reading of codes on packs, cartons and pallets."""

import csv
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from core.gs1 import CodeUnreadable, ReadCode, read_code
from core.gs1.keyboards import undone_layouts
from core.i18n import use_language

_CODES = Path(__file__).parent / "gs1_codes.csv"
_SECONDS = 0.5
_AI = ["00", "01", "02", "10", "11", "15", "17", "21", "30", "37", "7003", "3103", "91"]
_SIGNS = ["270331", "04870001234560", "LOT7A", "\x1d", "|", "(", ")", "]C1", "]d2", "https://", "/"]
_PIECES = st.sampled_from([*_AI, *_SIGNS])


def _corpus() -> list[dict[str, str]]:
    with _CODES.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        code = row["code"].replace("\\\\", "\0")
        for written, sign in (("\\x1d", "\x1d"), ("\\x1e", "\x1e"), ("\\u241d", "\u241d"), ("\\r\\n", "\r\n")):
            code = code.replace(written, sign)
        row["code"] = code.replace("\0", "\\")
    return rows


def _said(code: ReadCode) -> dict[str, str]:
    told = {name: getattr(code, name) for name in ("gtin", "sscc", "lot", "expires_on", "count", "packs", "serial")}
    return {name: "" if value is None else str(value) for name, value in told.items()}


@pytest.mark.parametrize("row", _corpus(), ids=lambda row: row["code"][:50] or "empty")
def test_eco_01_every_code_of_the_corpus_is_read_as_the_pack_says(row: dict[str, str]) -> None:
    if row["fault"]:
        with use_language("en"), pytest.raises(CodeUnreadable) as refused:
            read_code(row["code"])
        with use_language("en"):
            fault = row["fault"].replace("expected", "the last one is")
            assert fault in str(refused.value)
        return
    reading = read_code(row["code"])
    assert _said(reading.codes[0]) == {name: row[name] for name in _said(reading.codes[0])}
    assert reading.layout == row["layout"]
    others = [f"{code.lot}@{code.expires_on or ''}" for code in reading.codes[1:]]
    assert others == ([row["other"]] if row["other"] else [])


def test_eco_01_the_corpus_has_more_than_sixty_codes() -> None:
    assert len({row["code"] for row in _corpus()}) >= 60


def test_bad_44_a_lot_without_fnc1_is_offered_both_ways_and_nobody_chooses_for_the_person() -> None:
    reading = read_code("10LOT7A17270331")
    assert [code.lot for code in reading.codes] == ["LOT7A17270331", "LOT7A"]
    assert reading.is_ambiguous
    assert "choose" in reading.remarks[-1].render("en").lower()


def test_bad_44_a_cyrillic_lot_is_read_and_remarked_on() -> None:
    reading = read_code("(01)04870001234560(10)ПАРТИЯ7")
    assert reading.codes[0].lot == "ПАРТИЯ7"
    assert [remark.render("en")[:27] for remark in reading.remarks] == ["The lot has Cyrillic letter"]


def test_a_lot_that_may_be_cyrillic_or_garbled_is_offered_both_ways() -> None:
    reading = read_code("010487000123456010ДЩЕ7")
    assert [code.lot for code in reading.codes] == ["LOT7", "ДЩЕ7"]


def test_what_is_plain_is_not_taken_for_a_garbled_code() -> None:
    assert undone_layouts("4870001234560") == []


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=450), st.lists(_PIECES, max_size=40).map("".join)))
def test_eco_01_whatever_is_scanned_is_read_or_refused_within_a_moment(text: str) -> None:
    begun = time.perf_counter()
    with suppress(CodeUnreadable):
        reading = read_code(text)
        assert reading.codes
        assert all(code.elements for code in reading.codes)
    assert time.perf_counter() - begun < _SECONDS


@pytest.mark.parametrize("stretch", ["17270331", "10", "2110", "1017270331", "37", "01", "21", "9"])
def test_a_code_made_to_be_slow_is_not(stretch: str) -> None:
    begun = time.perf_counter()
    with suppress(CodeUnreadable):
        read_code((stretch * 400)[:400])
    assert time.perf_counter() - begun < _SECONDS
