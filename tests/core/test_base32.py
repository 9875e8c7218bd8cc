"""The short code below a voucher's QR."""

import pytest
from hypothesis import given, strategies as st

from core.base32 import ALPHABET, looks_like_code, plain_code, read_code, write_code

SECRETS = st.binary(min_size=8, max_size=8)
CYRILLIC = {
    "A": "А",
    "B": "В",
    "E": "Е",
    "K": "К",
    "M": "М",
    "H": "Н",
    "P": "Р",
    "C": "С",
    "T": "Т",
    "Y": "У",
    "X": "Х",
}
READ_ALIKE = {"0": "OoОо", "1": "IiLl"}


@given(SECRETS)
def test_ux_09_a_code_is_printed_in_groups_of_four_and_read_back(secret: bytes) -> None:
    code = write_code(secret)
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 2]
    assert read_code(code) == secret


@given(SECRETS, st.data())
def test_ux_09_spaces_dashes_case_and_look_alikes_are_forgiven(secret: bytes, data: st.DataObject) -> None:
    typed = ""
    for symbol in write_code(secret).replace("-", ""):
        ways = [symbol, symbol.lower(), CYRILLIC.get(symbol, symbol), CYRILLIC.get(symbol, symbol).lower()]
        ways += list(READ_ALIKE.get(symbol, ""))
        typed += data.draw(st.sampled_from(ways)) + data.draw(st.sampled_from(["", "", " ", "-", "–", " "]))
    assert read_code(typed) == secret


@given(SECRETS, st.integers(0, 13), st.sampled_from(ALPHABET))
def test_ux_09_one_wrong_symbol_is_always_told(secret: bytes, place: int, symbol: str) -> None:
    code = plain_code(write_code(secret))
    wrong = code[:place] + symbol + code[place + 1 :]
    if wrong != code:
        with pytest.raises(ValueError, match="wrong"):
            read_code(wrong)


def test_ux_09_all_cyrillic_look_alikes_of_the_expectation_are_known() -> None:
    assert plain_code("АВЕКМНОРСТУХ") == "ABEKMH0PCTYX"
    assert plain_code("o i l") == "011"


def test_a_known_code_is_written_as_designed() -> None:
    assert write_code(bytes(8)) == "0000-0000-0000-00"
    assert write_code(b"\xff" * 8).startswith("ZZZZ-ZZZZ-ZZZZ-Y")


@pytest.mark.parametrize("text", ["", "1", '{"id": 1}', "INV-SI1", "../1", "id:234", "0123-4567-89AB-CDE"])
def test_other_texts_are_no_codes(text: str) -> None:
    assert not looks_like_code(text)
