"""Small cells of public tables: whatever is asked of them, nobody isolates fewer than five children (SEC-63)."""

from datetime import date, timedelta
from itertools import product

from hypothesis import given, settings, strategies as st
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from distribution.rules.public_tables import age_table, read_table
from distribution.rules.suppression import SMALLEST, hidden_cells
from distribution.services.announcements import announce
from distribution.services.publications import publish
from distribution.services.rosters import freeze_roster
from tests.support.families import ARSHALY, AT, QUARTER, a_family, a_ministry

blocks = st.lists(st.integers(0, 12), min_size=2, max_size=8).map(lambda counts: dict(enumerate(counts)))


@settings(max_examples=200, deadline=None)
@given(blocks)
def test_sec_63_whatever_is_subtracted_no_part_is_small(block: dict[int, int]) -> None:
    hidden = hidden_cells(block)
    parts = [count for cell, count in block.items() if cell not in hidden]
    rest = sum(block[cell] for cell in hidden)
    assert all(count >= SMALLEST for count in parts)
    # all that can be computed from what is told is a sum of these parts; the sum of the block is public by itself
    if hidden:
        assert len(hidden) > 1
        assert rest >= SMALLEST or not parts


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=4).map(lambda counts: dict(enumerate(counts))))
def test_sec_63_even_who_knows_the_rule_cannot_tell_a_small_cell(block: dict[int, int]) -> None:
    hidden, total = hidden_cells(block), sum(block.values())
    told = {cell: count for cell, count in block.items() if cell not in hidden}
    cells = sorted(hidden)
    possible = [
        guess
        for numbers in product(range(total + 1), repeat=len(cells))
        if sum(numbers) == total - sum(told.values())
        and hidden_cells(guess := told | dict(zip(cells, numbers, strict=True))) == hidden
    ]
    for cell in cells:
        if 0 < block[cell] < SMALLEST and total >= SMALLEST:
            assert len({guess[cell] for guess in possible}) > 1, (block, cell)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_sec_63_random_questions_to_the_table_never_isolate_few(data: st.DataObject) -> None:
    truth: dict[tuple[str, int, str], int] = {}
    rows: list[dict[str, str]] = []
    for kato in ("1", "2", "3"):
        counts = data.draw(st.lists(st.integers(0, 9), min_size=6, max_size=6))
        block = dict(zip(product((1, 2, 3), ("female", "male")), counts, strict=True))
        hidden = hidden_cells(block)
        for (age, sex), count in block.items():
            truth[kato, age, sex] = count
            told = "" if (age, sex) in hidden else str(count)
            rows.append({"kato": kato, "age": str(age), "sex": sex, "children": told})
        rest = str(sum(block[cell] for cell in hidden))
        rows.append({"kato": kato, "age": "", "sex": "", "children": rest})
    asked = data.draw(st.sets(st.sampled_from(("1", "2", "3")), min_size=1))
    table = age_table([row for row in rows if row["kato"] in asked])
    assert table.children == sum(count for (kato, _, _), count in truth.items() if kato in asked)
    for age, cells in table.rows:
        for sex, cell in cells.items():
            real = sum(truth[kato, age, sex] for kato in asked)
            assert cell.told <= real
            assert cell.is_hidden or cell.told == real
            assert cell.told == 0 or cell.told >= SMALLEST


def test_sec_63_a_publication_hides_small_cells_once_and_for_all(session: Session, keys: FieldKeys) -> None:
    for day in range(7):
        a_family(session, births=[date(2024, 5, 6) + timedelta(days=day)])
    children = a_family(session, births=[date(2023, 11, 1), date(2022, 1, 2)], sex="male")
    a_family(session, births=[date(2024, 1, 1)], district_id=ARSHALY)
    roster = freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)
    actor = a_ministry(session)
    announce(session, roster=roster, seed_source="lottery", announced={}, actor=actor, at=AT)
    first = publish(session, roster=roster, actor=actor, at=AT)
    rows = read_table(first.ages)
    assert {row["children"] for row in rows if row["age"]} == {""}
    assert {(row["kato"], row["kits"]): row["children"] for row in rows if not row["age"]} == {
        ("113200000", "F13+HYG"): "8",
        ("113200000", "F36+HYG"): "1",
        ("113400000", "F13+HYG"): "1",
    }
    children[0].birth_on = date(2022, 1, 2)
    session.flush()
    assert publish(session, roster=roster, actor=actor, at=AT).ages == first.ages
