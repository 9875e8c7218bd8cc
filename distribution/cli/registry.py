"""Commands of registry imports: `import-registry`, `confirm-import`, `discard-import`, `undo-import`."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from accounts.cli import acting, actor_option
from core.actors import EVERYWHERE
from core.clock import now
from core.i18n import format_number, gettext as _
from core.jobs.queue import find_live_job
from core.tabular import Table, open_table, write_csv
from core.tabular.errors import FileRefused
from core.web.commands import language_option
from core.web.session import database, field_keys
from distribution.cli.group import distribution
from distribution.errors import RegistryAlreadyLoaded
from distribution.models import RegistryBatch
from distribution.permissions import DistributionRight
from distribution.queries.registry import count_remarks, list_remarks
from distribution.queries.registry_columns import mapping_of
from distribution.rules.registry_words import MESSAGES, NAMES
from distribution.services.registry import bring_in_batch, discard_batch, dry_run
from distribution.services.registry_acts import UNCHECKED
from distribution.services.registry_checking import (
    CHECK,
    check_blocks,
    fail_check,
    finish_check,
    plan_check,
    start_check,
    write_next,
)
from distribution.services.registry_confirming import confirm_batch
from distribution.services.registry_reading import RowsSeen, refuse_unclear
from distribution.services.registry_staging import RowCounts
from distribution.services.registry_undoing import undo_batch
from distribution.values import NOTES, RowRemark

REPORT_HEADER = ("row", "reason", "message")


@distribution.command("import-registry")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", "only_look", is_flag=True, help="Judge every row and write nothing into the database.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write all refusals and notes as CSV.")
@actor_option(required=False)
@language_option()
def import_registry(file: Path, *, only_look: bool, report: Path | None, login: str | None) -> None:
    """Stage a registry FILE (CSV or XLSX); another person confirms it."""
    if only_look:
        _look(file, report, login)
        return
    if login is None:
        raise click.UsageError(_("Name who acts: --actor LOGIN. Only with --dry-run nobody need act."))
    with open_table(file) as table:
        batch_id = _bring_in(table, file, login)
        _check(table, batch_id, login)
    with database().reading() as session:
        batch = session.get_one(RegistryBatch, batch_id)
        if report:
            _write_report(report, ((row.row_number, row.reason) for row in list_remarks(session, batch.id)))
        remarks = count_remarks(session, batch.id)
    _tell_counts(batch.row_count, batch.accepted_count, batch.refused_count, remarks)
    click.echo(_("Staged as import %(number)s. Nothing has changed yet.", number=batch.id))
    _tell_next(batch.id)


@distribution.command("confirm-import")
@click.argument("batch_id", metavar="BATCH", type=int)
@actor_option()
@language_option()
def confirm_import(batch_id: int, login: str) -> None:
    """Let a staged import BATCH take effect; whoever staged it may not."""
    with database().writing() as session:
        batch = confirm_batch(session, batch_id=batch_id, actor=acting(session, login), at=now())
    if batch.undoes_id is not None:
        click.echo(
            _("Import %(number)s is undone: what it changed is as before, what was new is out.", number=batch.undoes_id)
        )
        return
    _tell_confirmed(batch)


@distribution.command("undo-import")
@click.argument("batch_id", metavar="BATCH", type=int)
@actor_option()
@language_option()
def undo_import(batch_id: int, login: str) -> None:
    """Ask for a confirmed import BATCH to be taken back; another person confirms that, too."""
    with database().writing() as session:
        undoing = undo_batch(session, batch_id=batch_id, actor=acting(session, login), at=now())
    click.echo(_("The undoing waits as import %(number)s. Nothing has changed yet.", number=undoing.id))
    _tell_next(undoing.id)


@distribution.command("discard-import")
@click.argument("batch_id", metavar="BATCH", type=int)
@actor_option()
@language_option()
def discard_import(batch_id: int, login: str) -> None:
    """Drop a staged import BATCH; the same file may then be brought in again."""
    with database().writing() as session:
        discard_batch(session, batch_id=batch_id, actor=acting(session, login), at=now())
    click.echo(_("Import %(number)s was discarded. Nothing of it took effect.", number=batch_id))


def _bring_in(table: Table, file: Path, login: str) -> int:
    """Take a file in and return its import; one of the same person that was broken off is gone on with."""
    try:
        with database().writing() as session:
            actor = acting(session, login)
            batch = bring_in_batch(
                session, table=table, path=file, file_name=file.name, actor=actor, keys=field_keys(), at=now()
            )
            refuse_unclear(mapping_of(batch))
            return batch.id
    except RegistryAlreadyLoaded as loaded:
        with database().reading() as session:
            batch = session.get_one(RegistryBatch, loaded.batch_id)
            if batch.status not in UNCHECKED or batch.staged_by_id != acting(session, login).id:
                raise
            if find_live_job(session, kind=CHECK, subject=str(batch.id)):
                raise
        return batch.id


def _check(table: Table, batch_id: int, login: str) -> None:
    """Check a file block by block; each is durable, so that the same command goes on after a kill."""
    counts = RowCounts()
    with database().writing() as session:
        plan = plan_check(session, batch_id=batch_id, actor=acting(session, login))
        start_check(session, plan)
    try:
        for block in check_blocks(table, plan, keys=field_keys(), counts=counts, seen=RowsSeen()):
            with database().writing() as session:
                write_next(session, block)
    except FileRefused:
        with database().writing() as session:
            fail_check(session, batch_id)
        raise
    with database().writing() as session:
        finish_check(session, batch_id=batch_id, counts=counts, actor=acting(session, login), at=now())


def _tell_next(batch_id: int) -> None:
    click.echo(
        _("Another person now runs: %(command)s", command=f"flask distribution confirm-import {batch_id} --actor LOGIN")
    )


def _look(file: Path, report: Path | None, login: str | None) -> None:
    with open_table(file) as table, database().reading() as session:
        reach = acting(session, login).reach(DistributionRight.IMPORT_REGISTRY) if login else EVERYWHERE
        counts, remarks = dry_run(session, table=table, reach=reach)
    if report:
        _write_report(report, remarks)
    _tell_counts(counts.rows, counts.accepted, counts.refused, counts.by_remark)
    click.echo(_("This was a look only: nothing was written into the database."))


def _write_report(path: Path, remarks: Iterable[tuple[int, str]]) -> None:
    with path.open("wb") as file:
        rows = ((number, reason, str(MESSAGES[RowRemark(reason)])) for number, reason in remarks)
        write_csv(file, REPORT_HEADER, rows, for_excel=False)


def _tell_counts(rows: int, accepted: int, refused: int, remarks: Mapping[str, int]) -> None:
    click.echo(_("Rows: %(n)s", n=format_number(rows)))
    click.echo(_("Accepted: %(n)s", n=format_number(accepted)))
    click.echo(_("Refused: %(n)s", n=format_number(refused)))
    for remark in RowRemark:
        if remarks.get(remark):
            kind = _("note") if remark in NOTES else _("refused")
            click.echo(f"  {remark.value}: {format_number(remarks[remark])} ({kind}, {NAMES[remark]})")


def _tell_confirmed(batch: RegistryBatch) -> None:
    click.echo(_("Import %(number)s took effect.", number=batch.id))
    click.echo(_("New children: %(n)s", n=format_number(batch.new_children)))
    click.echo(_("Changed children: %(n)s", n=format_number(batch.changed_children)))
    click.echo(_("Missing from the file, flagged for a decision: %(n)s", n=format_number(batch.missing_children)))
