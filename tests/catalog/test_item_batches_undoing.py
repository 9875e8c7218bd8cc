"""What a file of items did is undone by a compensating file, as a whole or not at all; on both engines."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.errors import ItemBatchClosed, UndoRefused
from catalog.models import ItemBatch
from catalog.queries.item_batches import list_undo_blocks
from catalog.queries.items import facts_of, get_item
from catalog.services.item_batches import confirm_item_batch
from catalog.services.item_batches_undoing import undo_item_batch
from catalog.services.items import edit_item
from core.actors import Actor
from tests.support.goods import a_lot
from tests.support.item_files import AT, an_item_row, staged
from tests.support.people import an_actor


@pytest.fixture
def clerk(session: Session) -> Actor:
    return an_actor(session, role=Role.MINISTRY)


def confirmed(session: Session, batch: ItemBatch, actor: Actor) -> ItemBatch:
    return confirm_item_batch(session, batch_id=batch.id, actor=actor, at=AT)


def test_ux_59_a_file_is_undone_by_a_compensating_one(session: Session, clerk: Actor, tmp_path: Path) -> None:
    confirmed(
        session,
        staged(session, tmp_path, [an_item_row("A", note="was", gtins="4870001234560")], actor=clerk),
        clerk,
    )
    before = facts_of(get_item(session, "A"))
    rows = [
        an_item_row("A", note="is", fat_g="3", nutrient_source="x"),
        an_item_row("B"),
        an_item_row("C", variant_of="B", variant="122"),
    ]
    batch = confirmed(session, staged(session, tmp_path, rows, actor=clerk), clerk)
    assert facts_of(get_item(session, "A")) != before
    undoing = undo_item_batch(session, batch_id=batch.id, actor=clerk, at=AT)
    assert facts_of(get_item(session, "A")) == before
    assert [get_item(session, code).retired_at for code in ("B", "C")] == [AT, AT]
    session.refresh(batch)
    assert (batch.status, undoing.undoes_id, undoing.status, undoing.count_changed) == (
        "undone",
        batch.id,
        "confirmed",
        3,
    )
    with pytest.raises(ItemBatchClosed):
        undo_item_batch(session, batch_id=batch.id, actor=clerk, at=AT)
    with pytest.raises(UndoRefused, match="not undone itself"):
        undo_item_batch(session, batch_id=undoing.id, actor=clerk, at=AT)


def test_ux_59_what_came_later_blocks_the_undoing_as_a_whole(session: Session, clerk: Actor, tmp_path: Path) -> None:
    confirmed(session, staged(session, tmp_path, [an_item_row("A")], actor=clerk), clerk)
    rows = [an_item_row("A", note="file"), an_item_row("B"), an_item_row("C")]
    batch = confirmed(session, staged(session, tmp_path, rows, actor=clerk), clerk)
    item = get_item(session, "A")
    changed = replace(facts_of(item), note="later")
    edit_item(session, item, changed, revision=item.revision, actor=clerk, at=AT)
    a_lot(session, item="B")
    blocks = {code: str(why) for code, why in list_undo_blocks(session, batch)}
    assert blocks == {"A": "It was changed after this file.", "B": "It is used in: a lot."}
    with pytest.raises(UndoRefused, match="B: It is used in: a lot"), session.begin_nested():
        undo_item_batch(session, batch_id=batch.id, actor=clerk, at=AT)
    session.expire_all()
    assert (get_item(session, "C").retired_at, get_item(session, "A").note) == (None, "later")
