"""An import whose process is killed is checked on from its last block, and takes effect as a whole or not at all."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from accounts.queries import find_actor
from accounts.values import Role
from app.jobs import job_functions
from app.roles import RIGHTS
from core.clock import now
from core.crypto import FieldKeys
from core.database import Database
from core.jobs.models import Job, JobState
from core.jobs.working import work_on
from core.tabular import open_table
from distribution.models import AssistanceCase, Child, Family, PastChild, RegistryBatch, RegistryRemark, RegistryRow
from distribution.services import registry_staging
from distribution.services.registry import bring_in_batch
from distribution.services.registry_checking import ask_check
from distribution.services.registry_confirming import ask_confirmation
from tests.support.killed import Point, run
from tests.support.people import an_actor
from tests.support.registry_files import a_row, registry_file

AT = datetime(2026, 9, 20, 5, 0, tzinfo=UTC)
CHECK_POINTS = (
    Point("work", "before", number=12),
    Point("work", "before", number=25),
    Point("work", "before", number=40),
    Point("work", "after", "INSERT INTO registry_batch_district"),
    Point("work", "before", "UPDATE registry_row"),
)
CONFIRM_POINTS = (
    Point("work", "after", "INSERT INTO family"),
    Point("work", "before", "INSERT INTO child"),
    Point("work", "after", "INSERT INTO past_child"),
    Point("work", "before", "DELETE FROM registry_row"),
    Point("work", "after", "DELETE FROM registry_gone"),
)
ROWS = [a_row(number) for number in range(1, 60)]


def worker(keys: FieldKeys, database: Database) -> None:
    work_on(database, keys, job_functions(), rights=RIGHTS, until_done=True)


def kill_and_go_on(database: Database, keys: FieldKeys, points: Sequence[Point]) -> None:
    """Let a worker die at each point in turn, then let one do the rest."""
    url = database.url.render_as_string(hide_password=False)
    database.dispose()
    died = [run(url, [("work", lambda one: worker(keys, one))], point) for point in points]
    assert any(died)
    worker(keys, database)


def brought_in(database: Database, keys: FieldKeys, folder: Path) -> tuple[int, int]:
    """Bring a second file in, after a first one took effect; return the import and who may confirm it."""
    first = bring_in(database, keys, registry_file(folder, ROWS[:20], "first.csv"))
    worker(keys, database)
    with database.writing() as session:
        chief = an_actor(session, role=Role.MINISTRY)
        ask_confirmation(session, batch_id=first, actor=chief, at=now())
    worker(keys, database)
    second = [a_row(1, child_name="Жаңа"), *ROWS[5:]]
    return bring_in(database, keys, registry_file(folder, second, "second.csv")), chief.id


def bring_in(database: Database, keys: FieldKeys, path: Path) -> int:
    with database.writing() as session, open_table(path) as table:
        clerk = an_actor(session, role=Role.MINISTRY)
        batch = bring_in_batch(session, table=table, path=path, file_name=path.name, actor=clerk, keys=keys, at=AT)
        ask_check(session, batch_id=batch.id, actor=clerk, at=now())
        return batch.id


def counted(database: Database) -> list[int | None]:
    with database.reading() as session:
        models = (Family, AssistanceCase, Child, PastChild, RegistryRow, RegistryRemark)
        return [session.scalar(select(func.count()).select_from(model)) for model in models]


@pytest.mark.storm
def test_rel_04_ux_56_a_killed_check_goes_on_and_a_killed_confirmation_is_whole_or_nothing(
    fresh_database: Database, keys: FieldKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_staging, "BLOCK", 7)
    batch_id, chief_id = brought_in(fresh_database, keys, tmp_path)
    kill_and_go_on(fresh_database, keys, CHECK_POINTS[:4])
    with fresh_database.reading() as session:
        batch = session.get_one(RegistryBatch, batch_id)
        assert (batch.status, batch.row_count, batch.accepted_count) == ("staged", 55, 55)
        assert (batch.new_children, batch.changed_children, batch.same_children, batch.missing_children) == (
            39,
            1,
            15,
            4,
        )
        assert session.scalar(select(func.count()).where(RegistryRow.batch_id == batch_id)) == 55
    with fresh_database.writing() as session:
        chief = find_actor(session, rights=RIGHTS, user_id=chief_id)
        assert chief is not None
        ask_confirmation(session, batch_id=batch_id, actor=chief, at=now())
    kill_and_go_on(fresh_database, keys, CONFIRM_POINTS[:4])
    assert counted(fresh_database) == [59, 59, 59, 5, 0, 0]
    with fresh_database.reading() as session:
        assert session.scalar(select(func.count()).where(Job.state == JobState.BROKEN)) == 0
        assert session.get_one(RegistryBatch, batch_id).status == "confirmed"
