"""What a registry's rules say of single values and rows, without a database."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from core.i18n import LANGUAGES
from core.identifiers import control_digit
from core.reference import read_facts
from core.tabular.columns import column_faults, match_header
from core.tabular.errors import NotTheTemplate
from distribution.rules.iin import IinFault, masked_iin, read_iin
from distribution.rules.registry import Judgement, RowJudge, Twins, read_day
from distribution.rules.registry_columns import COLUMNS, HEADERS, MEANINGS, REGISTRY_TABLE
from distribution.rules.registry_template import EXAMPLE
from distribution.rules.registry_words import MESSAGES, NAMES
from distribution.services.registry_reading import refuse_unclear
from distribution.values import NOTES, RowRemark
from tests.support.registry_files import KATO, OTHER_KATO, a_row, an_iin

VECTORS = read_facts(Path(__file__).parent / "iin_vectors.csv")
DISTRICTS = {KATO: 1, OTHER_KATO: 2}


def judged(*rows: dict[str, str]) -> list[Judgement]:
    cells = [[row[column] for column in COLUMNS] for row in rows]
    judge = RowJudge(districts=DISTRICTS, twins=Twins((row["case_no"], row["child_iin"]) for row in rows))
    return [judge.judge(row) for row in cells]


def refusals(*rows: dict[str, str]) -> list[str | None]:
    return [judgement.refusal and judgement.refusal.value for judgement in judged(*rows)]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['iin']} {vector['purpose']}")
def test_bad_45_every_vector_is_judged_as_the_authority_would(vector: dict[str, str]) -> None:
    read = read_iin(vector["iin"])
    assert (read.fault or "") == vector["reason"]
    if vector["birth_date"]:
        assert read.birth_on == date.fromisoformat(vector["birth_date"])


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("000000000000", IinFault.DATE),
        ("", IinFault.LENGTH),
        ("85031449911", IinFault.LENGTH),
        ("8503144991189", IinFault.LENGTH),
        ("８５０３１４４９９１１８", IinFault.LENGTH),
        ("٨٥٠٣١٤٤٩٩١١٨", IinFault.LENGTH),
        ("8.50314E+11", IinFault.LENGTH),
        ("850314-99118", IinFault.LENGTH),
        ("850314499117", IinFault.CHECK_DIGIT),
    ],
)
def test_bad_45_what_only_looks_like_an_iin_is_refused_by_the_right_reason(typed: str, fault: IinFault) -> None:
    assert read_iin(typed).fault is fault


@pytest.mark.parametrize("typed", [" 850314 499118 ", "8503\u00a01449 9118", "850314\u202f499118", "850314\t499118"])
def test_ux_70_spaces_of_any_kind_are_dropped(typed: str) -> None:
    assert read_iin(typed).digits == "850314499118"
    assert read_iin(typed).fault is None


def test_ux_61_a_leading_zero_that_excel_ate_is_put_back_only_where_that_makes_an_iin() -> None:
    whole = an_iin(date(2005, 3, 14), 9001)
    assert whole.startswith("0")
    assert read_iin(whole[1:]).digits == whole
    assert read_iin(whole[1:]).is_restored
    assert read_iin(whole[1:-1] + str((int(whole[-1]) + 1) % 10)).fault is IinFault.LENGTH
    assert read_iin(an_iin(date(2000, 3, 14), 9001)[2:]).fault is IinFault.LENGTH


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 9999), st.booleans())
def test_every_day_of_two_centuries_is_read_back_from_its_iin(born: date, serial: int, female: bool) -> None:  # noqa: FBT001
    sign = str({19: 3, 20: 5}[born.year // 100] + female)
    body = f"{born:%y%m%d}{sign}{serial:04d}"
    digit = control_digit(body)
    if digit is not None:
        assert read_iin(f"{body}{digit}").birth_on == born
        for wrong in set(range(10)) - {digit}:
            assert read_iin(f"{body}{wrong}").fault is IinFault.CHECK_DIGIT


@given(st.text(max_size=20))
def test_no_text_whatever_breaks_the_reading_of_an_iin(typed: str) -> None:
    read = read_iin(typed)
    assert (read.fault is None) == (read.birth_on is not None)


@given(st.text(alphabet="0123456789", min_size=12, max_size=12), st.integers(0, 10))
def test_neighbouring_digits_that_are_swapped_are_seen(digits: str, place: int) -> None:
    digit = control_digit(digits[:11])
    if digit is None or place > 9 or digits[place] == digits[place + 1]:
        return
    swapped = list(digits[:11])
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    first_pass = sum(int(d) * w for d, w in zip(digits[:11], range(1, 12), strict=True)) % 11
    other_pass = sum(int(d) * w for d, w in zip(swapped, range(1, 12), strict=True)) % 11
    if 10 not in {first_pass, other_pass}:
        assert control_digit("".join(swapped)) != digit


def test_an_iin_is_shown_by_its_last_four_digits() -> None:
    assert masked_iin("850314499118") == "••••••••9118"
    assert not masked_iin("")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("29.02.2024", date(2024, 2, 29)),
        ("2024-02-29", date(2024, 2, 29)),
        ("29.02.2023", None),
        ("1.2.2024", None),
        ("2024/02/01", None),
        ("01.02.24", None),
        ("", None),
        ("０1.02.2024", None),
        ("0000-01-01", None),
    ],
)
def test_ux_61_days_are_read_as_the_country_or_iso_writes_them(written: str, day: date | None) -> None:
    assert read_day(written) == day


FAULTS: list[tuple[str, dict[str, str]]] = [
    ("iin_length", {"child_iin": "1234"}),
    ("iin_check_digit", {"child_iin": "850314499117"}),
    ("iin_date", {"child_iin": "171315499113", "birth_date": ""}),
    ("applicant_iin_length", {"applicant_iin": ""}),
    ("applicant_iin_check_digit", {"applicant_iin": "850314499117"}),
    ("applicant_iin_date", {"applicant_iin": "171315499113"}),
    ("birth_date_mismatch", {"birth_date": "04.05.2022"}),
    ("district_unknown", {"district_kato": "999999999"}),
    ("award_dates", {"award_from": "01.01.2027"}),
    ("award_status_unknown", {"award_status": "ok"}),
    ("case_no_unusable", {"case_no": ""}),
]


@pytest.mark.parametrize(("reason", "changes"), FAULTS)
def test_each_fault_is_refused_by_its_reason(reason: str, changes: dict[str, str]) -> None:
    assert refusals(a_row(), a_row(2, **changes)) == [None, reason]


PAIRS = [(first, second) for first, second in combinations(FAULTS, 2) if not first[1].keys() & second[1].keys()]


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=lambda fault: fault[0])
def test_of_two_faults_the_first_in_the_order_of_the_rules_counts(
    first: tuple[str, dict[str, str]], second: tuple[str, dict[str, str]]
) -> None:
    assert refusals(a_row(2, **{**second[1], **first[1]})) == [first[0]]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"award_from": "", "award_to": ""}, "award_dates"),
        ({"award_from": "31.02.2026"}, "award_dates"),
        ({"award_to": "soon"}, "award_dates"),
        ({"award_to": ""}, None),
        ({"award_from": "31.12.2026"}, None),
        ({"birth_date": "tomorrow"}, "birth_date_mismatch"),
        ({"award_status": "Awarded"}, "award_status_unknown"),
    ],
)
def test_blank_ends_are_open_and_unreadable_days_are_refused(changes: dict[str, str], reason: str | None) -> None:
    assert refusals(a_row(2, **changes)) == [reason]


def test_a_child_in_two_cases_is_refused_in_all_its_rows_even_where_a_row_is_refused_anyway() -> None:
    child = a_row(1)["child_iin"]
    birth = a_row(1)["birth_date"]
    rows = [
        a_row(1),
        a_row(2, child_iin=f" {child[:6]} {child[6:]}", birth_date=birth, district_kato="999999999"),
        a_row(3),
        a_row(1),
    ]
    assert refusals(*rows) == ["child_in_two_cases", "district_unknown", None, "child_in_two_cases"]


def test_a_child_in_two_cases_is_found_by_the_restored_number() -> None:
    whole = an_iin(date(2005, 3, 14), 9001)
    rows = [
        a_row(1, child_iin=whole, birth_date=""),
        a_row(2, child_iin=whole[1:], birth_date=""),
    ]
    assert refusals(*rows) == ["child_in_two_cases"] * 2


def test_a_repeated_row_is_taken_once_after_an_accepted_one_only() -> None:
    refused, taken = a_row(1, award_status="ok"), a_row(1)
    found = judged(refused, taken, taken, refused, taken)
    assert [judgement.facts is not None for judgement in found] == [False, True, False, False, False]
    assert [judgement.notes for judgement in found] == [
        (),
        (),
        (RowRemark.ROW_REPEATED,),
        (),
        (RowRemark.ROW_REPEATED,),
    ]


def test_a_row_may_have_several_notes() -> None:
    whole = an_iin(date(2005, 3, 14), 9001, female=True)
    row = a_row(1, applicant_iin=whole[1:], birth_date="", child_name="Сер?ков Н?рлан")
    assert judged(row)[0].notes == (
        RowRemark.LEADING_ZERO_RESTORED,
        RowRemark.BIRTH_DATE_FROM_IIN,
        RowRemark.NAME_LETTER_LOST,
    )
    assert judged(row | {"award_status": "ok"})[0].notes == ()


def matched(header: Sequence[str]) -> list[str]:
    return match_header(header, REGISTRY_TABLE, {})


@pytest.mark.parametrize("language", sorted(HEADERS))
def test_ux_61_headers_of_three_languages_are_recognised_in_any_order(language: str) -> None:
    assert tuple(matched(HEADERS[language])) == COLUMNS
    assert matched([name.upper() for name in reversed(HEADERS[language])]) == list(reversed(COLUMNS))


@pytest.mark.parametrize("language", LANGUAGES)
def test_ux_53_titles_as_pages_show_them_are_headings_too(language: str) -> None:
    assert tuple(matched([column.title.render(language) for column in REGISTRY_TABLE.columns])) == COLUMNS


def test_headers_typed_with_russian_letters_or_yo_are_recognised() -> None:
    kazakh = [name.translate(str.maketrans("ІіңөӨұүғәқһТ", "ИинооуугакхТ")) for name in HEADERS["kk"]]
    assert tuple(matched(kazakh)) == COLUMNS
    assert tuple(matched([name.replace("ё", "е") for name in HEADERS["ru"]])) == COLUMNS


def test_a_header_tells_what_is_missing_and_what_stands_twice() -> None:
    assert len(column_faults(matched(COLUMNS[1:]), REGISTRY_TABLE)) == 1
    assert len(column_faults(matched((*COLUMNS, "ИИН ребёнка")), REGISTRY_TABLE)) == 1
    assert len(column_faults(matched(["a", "b"]), REGISTRY_TABLE)) == 15
    for header in (COLUMNS[1:], (*COLUMNS, "ИИН ребёнка")):
        with pytest.raises(NotTheTemplate):
            refuse_unclear(matched(header))


def test_ux_54_all_that_is_wrong_with_a_row_is_told_behind_the_first_reason() -> None:
    row = a_row(1, applicant_iin="1", district_kato="x", award_from="?", award_status="ok", case_no="", birth_date="1")
    (judgement,) = judged(row)
    assert judgement.refusal is RowRemark.APPLICANT_IIN_LENGTH
    assert judgement.further == (
        RowRemark.BIRTH_DATE_MISMATCH,
        RowRemark.DISTRICT_UNKNOWN,
        RowRemark.AWARD_DATES,
        RowRemark.AWARD_STATUS_UNKNOWN,
        RowRemark.CASE_NO_UNUSABLE,
    )
    (judgement,) = judged(a_row(1, child_iin="1", birth_date="?"))
    assert (judgement.refusal, judgement.further) == (RowRemark.IIN_LENGTH, (RowRemark.BIRTH_DATE_MISMATCH,))
    (judgement,) = judged(a_row(1, child_iin="1"))
    assert judgement.further == ()


def test_every_remark_has_a_name_and_a_sentence_and_every_column_a_meaning() -> None:
    assert set(NAMES) == set(MESSAGES) == set(RowRemark)
    assert set(RowRemark) > NOTES
    assert tuple(MEANINGS) == COLUMNS


def test_ux_52_the_example_of_the_template_is_a_row_without_faults_that_brings_nobody_a_package() -> None:
    row = dict(zip(COLUMNS, EXAMPLE, strict=True))
    assert refusals(row) == [None]
    assert row["award_status"] == "refused"
