"""Commands of files of items: `import-items`, `export-items`."""

from pathlib import Path

import click
from sqlalchemy import select

from accounts.cli import acting, actor_option
from catalog.cli.group import catalog
from catalog.models import Item
from catalog.permissions import CatalogRight
from catalog.queries.item_batches_around import row_of
from catalog.queries.items import WITH_FACTS
from catalog.rules.item_batches import MOST_FILE_BYTES, MOST_ROWS
from catalog.rules.item_columns import ITEM_TABLE, cells_of
from catalog.services.item_batches import confirm_item_batch, dry_run, stage_item_batch
from catalog.services.item_batches_judging import Judgement
from catalog.values import RowState
from core.clock import now
from core.i18n import current_language, format_number, gettext as _
from core.tabular import open_table
from core.tabular.keyed_files import write_keyed_csv, write_keyed_xlsx
from core.tabular.writing import DELIMITERS, delimiter_of
from core.web.commands import language_option
from core.web.session import database

_MOST_TOLD = 50


@catalog.command("import-items")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", "only_look", is_flag=True, help="Judge every row and write nothing into the database.")
@actor_option(required=False)
@language_option()
def import_items(file: Path, *, only_look: bool, login: str | None) -> None:
    """Enter and change the items of FILE (CSV or XLSX); refused rows are told and left out."""
    if not only_look and login is None:
        raise click.UsageError(_("Name who acts: --actor LOGIN. Only with --dry-run nobody need act."))
    with open_table(file, most_bytes=MOST_FILE_BYTES, most_rows=MOST_ROWS) as table:
        with database().reading() as session:
            _tell(dry_run(session, table=table))
        if only_look or login is None:
            click.echo(_("This was a look only: nothing was written into the database."))
            return
        with database().writing() as session:
            actor = acting(session, login, CatalogRight.EDIT_ITEMS)
            batch = stage_item_batch(session, table=table, file_name=file.name, actor=actor, at=now())
            confirm_item_batch(session, batch_id=batch.id, actor=actor, at=now())
    click.echo(_("File %(number)s of items took effect.", number=batch.id))


@catalog.command("export-items")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--delimiter", type=click.Choice(list(DELIMITERS)), help="Of CSV; else as Excel has it in the language.")
@language_option()
def export_items(file: Path, *, delimiter: str | None) -> None:
    """Write all items into FILE, CSV or XLSX by its ending, in the form in which they are brought in."""
    with database().reading() as session, file.open("wb") as written:
        items = session.scalars(select(Item).options(*WITH_FACTS).order_by(Item.code))
        rows = (cells_of(row_of(item)) for item in items)
        if file.suffix.lower() == ".xlsx":
            write_keyed_xlsx(written, ITEM_TABLE, rows, words=True, sheet=_("Items"))
        else:
            sign = DELIMITERS[delimiter] if delimiter else delimiter_of(current_language())
            write_keyed_csv(written, ITEM_TABLE, rows, words=False, delimiter=sign)


def _tell(judgement: Judgement) -> None:
    if judgement.column_faults:
        raise click.ClickException("\n".join(map(str, judgement.column_faults)))
    counts = {state: format_number(judgement.count(state)) for state in RowState}
    click.echo(_("New items: %(n)s", n=counts[RowState.NEW]))
    click.echo(_("Changed items: %(n)s", n=counts[RowState.CHANGED]))
    click.echo(_("Without change: %(n)s", n=counts[RowState.SAME]))
    click.echo(_("Refused: %(n)s", n=counts[RowState.REFUSED]))
    refused = [row for row in judgement.rows if row.faults]
    for row in refused[:_MOST_TOLD]:
        click.echo(f"  {row.number}: {' '.join(str(fault.message) for fault in row.faults)}")
    if len(refused) > _MOST_TOLD:
        click.echo("  …")
