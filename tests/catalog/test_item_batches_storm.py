"""Two people with one file at one moment, and a machine that stops in the middle."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.errors import ItemBatchClosed
from catalog.models import Item, ItemBatch, ItemBatchRow
from catalog.services.item_batches import confirm_item_batch
from catalog.services.item_batches_undoing import undo_item_batch
from core.actors import Actor
from core.audit import AuditEntry
from core.database import Database
from tests.support.item_files import AT, an_item_row, staged
from tests.support.people import an_actor

ROWS = 40
STOPPED = """
import sys, time
from datetime import UTC, datetime
from accounts.queries import find_actor
from app.factory import create_app
from app.roles import RIGHTS
from catalog.services.item_batches import confirm_item_batch
from core.database import Database
with Database(sys.argv[1]).writing() as session:
    actor = find_actor(session, rights=RIGHTS, user_id=int(sys.argv[3]))
    confirm_item_batch(session, batch_id=int(sys.argv[2]), actor=actor, at=datetime.now(UTC))
    print("written, not committed", flush=True)
    time.sleep(60)
"""


def _staged(database: Database, folder: Path) -> tuple[int, list[Actor]]:
    with database.writing() as session:
        people = [an_actor(session, role=Role.MINISTRY) for _ in range(2)]
        rows = [an_item_row(f"S{number}") for number in range(ROWS)]
        return staged(session, folder, rows, actor=people[0]).id, people


def _count(session: Session) -> int:
    return (
        session.scalar(select(func.count()).select_from(Item).where(Item.code.like("S%"), Item.kind == "component"))
        or 0
    )


@pytest.mark.storm
@pytest.mark.parametrize("step", ["confirm", "undo"])
def test_ux_67_of_two_people_at_one_moment_one_takes_the_step(
    fresh_database: Database, tmp_path: Path, step: str
) -> None:
    batch_id, people = _staged(fresh_database, tmp_path)
    if step == "undo":
        with fresh_database.writing() as session:
            confirm_item_batch(session, batch_id=batch_id, actor=people[0], at=AT)
    together = threading.Barrier(2)
    ended: list[str] = []

    def take(actor: Actor) -> None:
        together.wait()
        try:
            with fresh_database.writing() as session:
                act = confirm_item_batch if step == "confirm" else undo_item_batch
                act(session, batch_id=batch_id, actor=actor, at=AT)
            ended.append("done")
        except ItemBatchClosed:
            ended.append("closed")

    threads = [threading.Thread(target=take, args=(actor,)) for actor in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["closed", "done"]
    with fresh_database.reading() as session:
        acts = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "catalog.enter_item")
        assert session.scalar(acts) == ROWS
        assert session.scalar(select(func.count()).select_from(ItemBatch)) == (1 if step == "confirm" else 2)


def test_ux_56_a_process_that_is_killed_in_the_middle_leaves_nothing(fresh_database: Database, tmp_path: Path) -> None:
    batch_id, people = _staged(fresh_database, tmp_path)
    with fresh_database.reading() as session:
        before = _count(session)
    fresh_database.dispose()
    url = fresh_database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", STOPPED, url, str(batch_id), str(people[1].id)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("written")
        process.kill()
    with fresh_database.reading() as session:
        assert _count(session) == before
        assert session.get_one(ItemBatch, batch_id).status == "staged"
        new = select(func.count()).select_from(ItemBatchRow).where(ItemBatchRow.item_id.is_not(None))
        assert session.scalar(new) == 0
    with fresh_database.writing() as session:
        confirm_item_batch(session, batch_id=batch_id, actor=people[1], at=AT)
        assert _count(session) == before + ROWS
