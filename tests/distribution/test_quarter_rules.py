"""Ages, bands, Merkle roots and draws, against slow functions and a worked example."""

import hashlib
from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from core.quarters import Quarter
from distribution.rules.eligibility import births_of_band, covered_day, full_months, latest_birth
from distribution.rules.merkle import MerkleRoot, draw_of, pseudonym, roster_line

FIRST = date(2020, 1, 1)
BANDS = {"F13": (12, 36), "F36": (36, 72), "HYG": (12, 72)}


def slow_full_years(birth_on: date, day: date) -> int:
    """Count birthdays one by one; a birthday on 29 February is on 1 March in common years."""
    years = 0
    while True:
        try:
            birthday = birth_on.replace(year=birth_on.year + years + 1)
        except ValueError:
            birthday = date(birth_on.year + years + 1, 3, 1)
        if birthday > day:
            return years
        years += 1


@pytest.mark.parametrize(
    ("birth_on", "kits"),
    [
        (date(2019, 1, 1), {"F13", "HYG"}),  # first birthday on the first day of the quarter
        (date(2019, 1, 2), set()),  # one day later
        (date(2019, 3, 31), set()),
        (date(2019, 4, 1), set()),
        (date(2017, 1, 1), {"F36", "HYG"}),  # third birthday on the first day
        (date(2017, 2, 15), {"F13", "HYG"}),  # crosses 3 inside the quarter: the band holds for the quarter
        (date(2017, 3, 31), {"F13", "HYG"}),
        (date(2017, 4, 1), {"F13", "HYG"}),
        (date(2014, 1, 1), set()),  # sixth birthday on the first day: out
        (date(2014, 2, 20), {"F36", "HYG"}),  # crosses 6 inside the quarter
        (date(2014, 3, 31), {"F36", "HYG"}),
        (date(2014, 4, 1), {"F36", "HYG"}),
        (date(2016, 2, 29), {"F36", "HYG"}),
        (date(2018, 2, 28), {"F13", "HYG"}),
        (date(2020, 2, 29), set()),
    ],
)
def test_the_band_holds_for_the_quarter_by_the_age_on_its_first_day(birth_on: date, kits: set[str]) -> None:
    spans = {kit: births_of_band(FIRST, *band) for kit, band in BANDS.items()}
    assert {kit for kit, span in spans.items() if span.after_on < birth_on <= span.until_on} == kits


@given(
    birth_on=st.dates(date(2010, 1, 1), date(2030, 12, 31)) | st.sampled_from([date(2016, 2, 29), date(2020, 2, 29)]),
    day=st.dates(date(2020, 1, 1), date(2031, 12, 31)),
)
def test_bands_agree_with_birthdays_counted_one_by_one(birth_on: date, day: date) -> None:
    if birth_on > day:
        return
    years = slow_full_years(birth_on, day)
    assert full_months(birth_on, day) // 12 == years
    for low, high in BANDS.values():
        span = births_of_band(day, low, high)
        assert (span.after_on < birth_on <= span.until_on) == (low <= 12 * years < high)


@given(day=st.dates(date(2000, 1, 1), date(2040, 12, 31)), months=st.integers(0, 240))
def test_the_latest_birth_is_the_last_day_on_which_one_is_old_enough(day: date, months: int) -> None:
    latest = latest_birth(day, months)
    assert full_months(latest, day) >= months
    assert full_months(latest + timedelta(days=1), day) < months


def test_who_is_born_on_29_february_has_a_birthday_on_1_march_in_common_years() -> None:
    assert full_months(date(2020, 2, 29), date(2021, 2, 28)) == 11
    assert full_months(date(2020, 2, 29), date(2021, 3, 1)) == 12
    assert full_months(date(2020, 2, 29), date(2024, 2, 29)) == 48


def test_a_supplementary_roster_asks_for_an_award_on_the_day_it_is_frozen() -> None:
    quarter = Quarter(2026, 4)
    assert covered_day(quarter, 1, date(2026, 11, 5)) == date(2026, 10, 1)
    assert covered_day(quarter, 2, date(2026, 11, 5)) == date(2026, 11, 5)
    assert covered_day(quarter, 2, date(2026, 9, 20)) == date(2026, 10, 1)


def slow_root(leaves: list[bytes]) -> str:
    """Compute the root as RFC 6962 writes it down: by splitting at the largest power of two below the number."""

    def tree(part: list[bytes]) -> bytes:
        if not part:
            return hashlib.sha256().digest()
        if len(part) == 1:
            return hashlib.sha256(b"\x00" + part[0]).digest()
        split = 1
        while split * 2 < len(part):
            split *= 2
        return hashlib.sha256(b"\x01" + tree(part[:split]) + tree(part[split:])).digest()

    return tree(leaves).hex()


@given(st.lists(st.binary(max_size=20), max_size=40))
def test_the_streamed_root_is_the_root_of_rfc_6962(leaves: list[bytes]) -> None:
    root = MerkleRoot()
    for leaf in leaves:
        root.add_all([leaf])
    assert root.hex() == slow_root(leaves)


@pytest.mark.parametrize("count", [4095, 4096, 4097, 8192, 12288, 12291])
def test_the_root_of_thousands_does_not_depend_on_how_they_come(count: int) -> None:
    leaves = [str(number).encode() for number in range(count)]
    at_once, in_parts = MerkleRoot(), MerkleRoot()
    at_once.add_all(leaves)
    for start in range(0, count, 1000):
        in_parts.add_all(leaves[start : start + 1000])
    assert at_once.hex() == in_parts.hex() == slow_root(leaves)


SEED = "Жеребе 2027-01-11: 04 17 23 31 38 45"
WORKED = """
09848758e468f79fea5df177919f98a2|353600000|F13|0|1
09848758e468f79fea5df177919f98a2|353600000|HYG|0|0
3069e2847e825f2afe772282fa999178|551600000|F13|0|0
3069e2847e825f2afe772282fa999178|551600000|HYG|0|0
39c115196a95e5e18d3982c107d5ede0|113200000|F13|0|1
39c115196a95e5e18d3982c107d5ede0|113200000|HYG|0|0
3c85c04fd85e81ad87ec3410fcd78986|353600000|F36|0|0
3c85c04fd85e81ad87ec3410fcd78986|353600000|HYG|0|1
5898f58f293f5516c63c5dbd9e79dbc7|353600000|F36|0|1
5898f58f293f5516c63c5dbd9e79dbc7|353600000|HYG|0|1
cb691de2bc237de3aba63256e7b7a2f5|353600000|F13|0|0
cb691de2bc237de3aba63256e7b7a2f5|353600000|HYG|0|0
d36b37900afd5da52c6c12bc4ff737c5|113200000|F13|0|0
d36b37900afd5da52c6c12bc4ff737c5|113200000|HYG|0|0
e34d5d1155be57d512c5aee6eef6f8b1|113200000|F13|0|0
e34d5d1155be57d512c5aee6eef6f8b1|113200000|HYG|0|0
f5701d6f8339449b086bceadfb767e36|551600000|F13|0|1
f5701d6f8339449b086bceadfb767e36|551600000|HYG|0|1
""".split()


def test_the_worked_example_of_a_roster_has_its_published_root() -> None:
    root = MerkleRoot()
    root.add_all([line.encode() for line in WORKED])
    assert sorted(WORKED) == WORKED
    assert root.hex() == "297715bbedffc55d680bd55a17ffff7f861fb6be0b88ad8eb2ebcdff2ff8ed16"
    assert roster_line("09848758e468f79fea5df177919f98a2", "353600000", "F13", priority=0, missed=1) == WORKED[0]


@pytest.mark.parametrize(
    ("child", "kit", "draw"),
    [
        ("39c115196a95e5e18d3982c107d5ede0", "F13", "f62f5fd95450cccdf0699938fd3ea4ada9cf432790552914b1fd1947d8ed60b9"),
        ("e34d5d1155be57d512c5aee6eef6f8b1", "F13", "6743f11d150a7206a0293536821a668d3ffe3fe489277fad13345b07abad46ce"),
        ("3c85c04fd85e81ad87ec3410fcd78986", "F36", "e77078ef1b4c8c634f294bdea889db2551b3a56dbc205a96f872a06c54a7aa4b"),
        ("3069e2847e825f2afe772282fa999178", "HYG", "76cfa4804636534e311bbd302b9498c68f57fdfb917bea72bc7ccb3ccff213f9"),
    ],
)
def test_the_worked_example_of_a_draw_has_its_published_values(child: str, kit: str, draw: str) -> None:
    assert draw_of(SEED, child, kit) == draw


def test_a_pseudonym_is_16_bytes_and_differs_from_quarter_to_quarter() -> None:
    one, other = pseudonym(b"secret of a quarter", 17), pseudonym(b"secret of another", 17)
    assert len(one) == 32
    assert one != other
    assert one == pseudonym(b"secret of a quarter", 17)
