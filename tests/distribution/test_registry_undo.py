"""Undoing of imports, and what imports keep of what rows were before."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from accounts.values import Role, ScopeKind
from core.clock import today
from distribution.errors import BatchClosed, FamiliesChangedSince, ImportInUse, SecondPersonNeeded
from distribution.models import AssistanceCase, Child, Family, PastCase, PastChild, PastFamily, RegistryBatch
from distribution.queries.registry_undo import find_undo_blocks
from distribution.services.past import keep_child
from distribution.services.registry import discard_batch
from distribution.services.registry_checking import compare_batch
from distribution.services.registry_confirming import confirm_batch
from distribution.services.registry_undoing import undo_batch
from distribution.services.rosters import freeze_roster
from tests.distribution.test_registry_import import AT, Imports, Rows, imports
from tests.support.families import QUARTER, a_ministry
from tests.support.people import an_actor
from tests.support.registry_files import KATO, OTHER_KATO, a_row, an_iin

__all__ = ["imports"]
LATER = AT + timedelta(hours=1)


def undo(imports: Imports, batch: RegistryBatch) -> RegistryBatch:
    undoing = undo_batch(imports.session, batch_id=batch.id, actor=imports.clerk, at=LATER)
    return confirm_batch(imports.session, batch_id=undoing.id, actor=imports.chief, at=LATER)


def everything(imports: Imports) -> list[object]:
    """Return all families, cases and children as they stand; what is sealed anew every time is opened."""
    imports.session.expire_all()
    found: list[object] = []
    for model in (Family, AssistanceCase, Child):
        for row in imports.session.execute(select(model.__table__).order_by(model.__table__.c["id"])).mappings():
            opened = {name: imports.keys.open(row[name]) for name in row if name.endswith("_sealed") and row[name]}
            found.append({**{name: row[name] for name in row if name != "batch_id"}, **opened})
    return found


def test_an_import_keeps_what_rows_were_before_and_when_they_came(imports: Imports) -> None:
    first = imports.load([a_row(1), a_row(2)])
    assert [
        imports.session.scalar(select(func.count()).select_from(past)) for past in (PastFamily, PastCase, PastChild)
    ] == [0, 0, 0]
    assert imports.child(a_row(1)).entered_batch_id == first.id
    changed = a_row(1, child_name="Басқа Есім", award_to="", applicant_name="Басқа Ана")
    second = imports.load([changed])
    (child,) = imports.session.scalars(
        select(PastChild).where(PastChild.name == "Серіков Нұрлан", PastChild.child_id == imports.child(changed).id)
    )
    assert (child.batch_id, child.actor_id, child.until_at) == (second.id, imports.chief.id, AT)
    (case,) = imports.session.scalars(select(PastCase))
    assert (case.award_to, case.batch_id) == (date(2026, 12, 31), second.id)
    (family,) = imports.session.scalars(select(PastFamily))
    assert family.guardian_name == "Серікова Әсел"
    gone = imports.session.scalars(select(PastChild).where(PastChild.child_id == imports.child(a_row(2)).id)).one()
    assert gone.missing_since_batch_id is None
    assert imports.child(changed).entered_batch_id == first.id


def test_ux_59_what_an_import_changed_is_as_before_and_what_was_new_is_out(imports: Imports) -> None:
    imports.load([a_row(1), a_row(2), a_row(3)])
    before = everything(imports)
    moved = a_row(2, applicant_iin=an_iin(date(1980, 1, 2), 9100), district_kato=OTHER_KATO)
    second = imports.load(
        [a_row(1, child_name="Басқа", phone="+77770000000"), moved, a_row(4), a_row(5, case_no=a_row(1)["case_no"])]
    )
    assert (second.new_children, second.changed_children, second.missing_children) == (2, 2, 1)
    undoing = undo(imports, second)
    assert imports.session.get_one(RegistryBatch, second.id).status == "undone"
    after = everything(imports)
    assert [one for one in after if one in before] == before
    for row in (a_row(4), a_row(5)):
        child = imports.child(row)
        assert (child.ended_on, child.ended_reason) == (today(LATER), "import_undone")
    assert imports.case(a_row(4)).status == "withdrawn"
    assert imports.case(a_row(1)).status == "awarded"
    kept = imports.session.scalars(select(PastChild).where(PastChild.batch_id == undoing.id)).all()
    assert {one.name for one in kept} >= {"Басқа"}
    with pytest.raises(BatchClosed):
        undo(imports, second)


def test_after_an_undoing_the_same_file_may_come_again_and_takes_everybody_in(imports: Imports) -> None:
    imports.load([a_row(1)])
    rows: Rows = [a_row(1), a_row(2)]
    undo(imports, imports.load(rows))
    again = imports.load(rows)
    assert (again.new_children, again.changed_children) == (0, 1)
    child = imports.child(a_row(2))
    assert (child.ended_on, child.ended_reason, imports.case(a_row(2)).status) == (None, "", "awarded")


def test_sec_25_an_undoing_takes_another_person_and_may_be_discarded(imports: Imports) -> None:
    batch = imports.load([a_row(1)])
    undoing = undo_batch(imports.session, batch_id=batch.id, actor=imports.clerk, at=LATER)
    with pytest.raises(SecondPersonNeeded):
        confirm_batch(imports.session, batch_id=undoing.id, actor=imports.clerk, at=LATER)
    with pytest.raises(BatchClosed):
        undo_batch(imports.session, batch_id=batch.id, actor=imports.chief, at=LATER)
    discard_batch(imports.session, batch_id=undoing.id, actor=imports.clerk, at=LATER)
    assert imports.child(a_row(1)).ended_on is None
    undo(imports, batch)
    assert imports.child(a_row(1)).ended_on is not None


def test_ux_59_a_later_import_a_roster_and_changes_by_hand_block(imports: Imports) -> None:
    first = imports.load([a_row(1), a_row(2)])
    second = imports.load([a_row(1), a_row(2), None])
    assert find_undo_blocks(imports.session, first).imports == [second.id]
    with pytest.raises(ImportInUse):
        undo(imports, first)
    undo(imports, second)
    assert not find_undo_blocks(imports.session, first)
    child = imports.child(a_row(1))
    keep_child(imports.session, child, actor_id=imports.clerk.id, at=LATER, why="a letter")
    child.name = "Серіков Нұрлан Ерланұлы"
    imports.session.flush()
    blocks = find_undo_blocks(imports.session, first)
    assert (blocks.family_count, [name for _, name in blocks.families]) == (1, ["Серікова Әсел"])


def test_ux_59_a_frozen_roster_blocks(imports: Imports) -> None:
    batch = imports.load([a_row(1), a_row(2)])
    freeze_roster(imports.session, quarter=QUARTER, actor=a_ministry(imports.session), at=LATER, keys=imports.keys)
    assert find_undo_blocks(imports.session, batch).rosters == [(QUARTER, 1, 2)]
    with pytest.raises(ImportInUse):
        undo(imports, batch)


def test_the_undoing_of_another_districts_import_is_not_seen(imports: Imports) -> None:
    officer = an_actor(imports.session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=int(KATO))
    colleague = an_actor(imports.session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=int(KATO))
    batch = imports.confirm(imports.stage([a_row(1)], actor=officer), actor=colleague)
    undoing = undo_batch(imports.session, batch_id=batch.id, actor=colleague, at=LATER)
    confirm_batch(imports.session, batch_id=undoing.id, actor=officer, at=LATER)
    assert imports.child(a_row(1)).ended_on is not None


def test_what_was_looked_at_is_what_takes_effect(imports: Imports) -> None:
    imports.load([a_row(1)])
    batch = imports.stage([a_row(1, child_name="Жаңа"), a_row(2)])
    assert (batch.new_children, batch.changed_children, batch.same_children) == (1, 1, 0)
    other = imports.stage([a_row(1), a_row(2), a_row(3)])
    imports.confirm(other)
    with pytest.raises(FamiliesChangedSince), imports.session.begin_nested():
        confirm_batch(imports.session, batch_id=batch.id, actor=imports.chief, at=AT, as_seen=True)
    compared = compare_batch(imports.session, batch_id=batch.id, actor=imports.chief, at=AT)
    assert (compared.new_children, compared.changed_children, compared.same_children) == (0, 1, 1)
    assert compared.missing_children == 1
    confirm_batch(imports.session, batch_id=batch.id, actor=imports.chief, at=AT, as_seen=True)
    assert imports.child(a_row(1)).name == "Жаңа"
