"""What kinds of sets ask of a child is read from a registry as they ask it."""

from datetime import date

import pytest

from distribution.rules.registry import RowJudge, Twins
from distribution.rules.registry_columns import COLUMNS
from tests.support.registry_files import KATO, a_row, an_iin


@pytest.mark.parametrize(("written", "read"), [("male", "male"), ("female", "female"), ("қыз", None), ("", None)])
@pytest.mark.parametrize("female", [True, False])
def test_the_sex_of_a_child_is_that_of_the_file_or_else_of_the_number(
    written: str,
    read: str | None,
    female: bool,  # noqa: FBT001
) -> None:
    row = a_row(child_iin=an_iin(date(2022, 5, 2), 7, female=female), birth_date="", sex=written)
    judge = RowJudge(districts={KATO: int(KATO)}, twins=Twins([(row["case_no"], row["child_iin"])]))
    facts = judge.judge([row[column] for column in COLUMNS]).facts
    assert facts is not None
    assert facts.sex == (read or ("female" if female else "male"))
