"""The command that brings the history of a warehouse into the ledger: `import-journal`."""

import csv
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from accounts.cli import acting, actor_option
from core.clock import now
from core.i18n import Text, use_language
from core.tabular import Table, open_table
from core.tabular.columns import ERROR_TITLE
from core.web.session import database
from warehouses.cli.group import warehouses
from warehouses.permissions import WarehouseRight
from warehouses.services.journal_reading import new_entries, read_journal
from warehouses.services.journals import EnteredJournal, JournalRefused, enter_journal, refuse_known_journal

_MOST_TOLD = 50


@warehouses.command("import-journal")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--allow-unexplained", "unexplained", is_flag=True, help='Book what lacks from the place "to explain".')
@click.option("--after-close", metavar="REASON", default="", help="Enter into a closed period, for who may, and why.")
@click.option(
    "--faults",
    "copy",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a copy of the file here, with what is wrong in each row.",
)
@actor_option()
def import_journal(file: Path, *, unexplained: bool, after_close: str, copy: Path | None, login: str) -> None:
    """Enter the journal FILE (when, recorded, place, item, lot, kind, quantity, reason, reference) into the ledger.

    The header is row 1. Rows that cannot be entered are told all together, and then nothing is written.
    """
    with use_language("en"), open_table(file) as table:
        try:
            _tell(_enter(table, file.name, login, unexplained=unexplained, after_close=after_close.strip()))
        except JournalRefused as refused:
            _tell_faults(refused, table, copy)


def _enter(table: Table, file_name: str, login: str, *, unexplained: bool, after_close: str) -> EnteredJournal:
    with new_entries() as entries:
        with database().reading() as session:
            actor = acting(session, login, WarehouseRight.IMPORT_JOURNALS)
            if after_close:
                acting(session, login, WarehouseRight.ENTER_AFTER_CLOSE)
            refuse_known_journal(session, table.digest.hex())
            reach = actor.reach(WarehouseRight.IMPORT_JOURNALS)
            read = read_journal(session, table, entries, reach=reach, at=now(), after_close=bool(after_close))
        if read.not_read:
            click.echo(f"Columns that are not read: {', '.join(read.not_read)}", err=True)
        with database().writing() as session:
            return enter_journal(
                session,
                read,
                key=uuid.uuid4(),
                file_name=file_name,
                actor=actor,
                at=now(),
                unexplained=unexplained,
                after_close=after_close,
            )


def _tell(entered: EnteredJournal) -> None:
    journal = entered.journal
    click.echo(f"Entered {journal.rows} rows as {journal.movements} movements, under the journal {journal.id}.")
    if entered.transfers_said_twice:
        click.echo(f"Stated by a row of each end and taken as one transfer: {entered.transfers_said_twice}.")
    click.echo(f"Unexplained: {entered.unexplained_packs} packs in {entered.unexplained_rows} rows.")


def _tell_faults(refused: JournalRefused, table: Table, copy: Path | None) -> None:
    told: dict[int, list[Text]] = {}
    for row, message in refused.row_faults:
        told.setdefault(row, []).append(message)
    for row in list(told)[:_MOST_TOLD]:
        click.echo(f"row {row}: {' '.join(map(str, told[row]))}", err=True)
    if len(told) > _MOST_TOLD:
        click.echo(f"… and {len(told) - _MOST_TOLD} rows more", err=True)
    if copy is not None:
        _write_copy(table, copy, told)
        click.echo(f"Every row with what is wrong in it stands in {copy}.", err=True)
    click.echo(str(refused.message), err=True)
    sys.exit(1)


def _write_copy(table: Table, copy: Path, told: Mapping[int, Sequence[Text]]) -> None:
    """Write the file again as it came, with a further column."""
    with copy.open("w", encoding="utf-8-sig", newline="") as written:
        writer = csv.writer(written, delimiter=table.form.delimiter)
        rows = table.rows()
        number, header = next(rows)
        width = len(header)
        writer.writerow([*header, str(ERROR_TITLE) if number not in told else " ".join(map(str, told[number]))])
        for number, row in rows:
            writer.writerow([*(row + [""] * width)[:width], " ".join(map(str, told.get(number, ())))])
