"""Commands of vouchers: `print-vouchers`, `renew-signing-key`."""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from accounts.cli import acting, actor_option
from core.actors import Actor
from core.clock import now
from core.i18n import format_number, gettext as _, text
from core.quarters import Quarter
from core.web.commands import QuarterParameter, language_option
from core.web.session import database, field_keys, settings
from distribution.cli.group import distribution
from distribution.errors import NoVouchers
from distribution.permissions import DistributionRight
from distribution.queries.voucher_prints import PrintChoice, list_print_runs
from distribution.queries.vouchers import find_district_of_kato
from distribution.services.voucher_prints import print_vouchers as write_vouchers
from distribution.services.vouchers import issue_vouchers
from distribution.values.vouchers import PaperLook, PrintLayout, families_page
from territory.errors import DistrictUnknown
from territory.models import District

_quarter = click.argument("quarter", type=QuarterParameter())


@distribution.command()
@_quarter
@click.option("--district", "kato", metavar="KATO", help="The district, by its code of nine digits.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Where its sheets go.")
@click.option(
    "--all",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Print every district within reach into this folder instead, one file each.",
)
@click.option(
    "--layout",
    type=click.Choice(list(PrintLayout)),
    default=PrintLayout.SIX,
    show_default=True,
    help="Six on a sheet of A4, one on a sheet of A5, or the list to sign.",
)
@actor_option()
@language_option()
def print_vouchers(
    quarter: Quarter, *, kato: str | None, out: Path | None, folder: Path | None, layout: PrintLayout, login: str
) -> None:
    """Print the vouchers of a quarter; those that granted sets are still without are issued first."""
    if (folder is None) == (kato is None or out is None):
        raise click.UsageError(_("Name either --district and --out, or --all."))
    with database().writing() as session:
        actor = acting(session, login)
        issue_vouchers(session, quarter=quarter, actor=actor, at=now(), keys=field_keys())
        districts = _districts(session, actor, quarter, kato)
    if not districts:
        raise NoVouchers(text("There are no vouchers to print here. They are issued after an allotment is approved."))
    for district in districts:
        target = out or _target(folder, quarter, district)
        count = _print(target, quarter, district, actor, layout=PrintLayout(layout))
        click.echo(_("%(file)s: vouchers: %(count)s", file=target, count=format_number(count)))


def _districts(session: Session, actor: Actor, quarter: Quarter, kato: str | None) -> list[District]:
    """Return the district that was named, or in KATO order all that have vouchers within what the actor may print."""
    reach = actor.reach(DistributionRight.PRINT_VOUCHERS)
    if kato is None:
        runs = list_print_runs(session, PrintChoice(quarter, now()), reach)
        return sorted({run.district for run in runs}, key=lambda district: district.kato)
    found = find_district_of_kato(session, kato, reach)
    if found is None:
        raise DistrictUnknown(text("There is no such district here."))
    return [found]


def _target(folder: Path | None, quarter: Quarter, district: District) -> Path:
    target = folder or Path()
    target.mkdir(parents=True, exist_ok=True, mode=0o750)
    return target / f"vouchers-{quarter}-{district.kato}.pdf"


def _print(target: Path, quarter: Quarter, district: District, actor: Actor, *, layout: PrintLayout) -> int:
    """Write one file; a file that was begun and not finished never stands under its name."""
    part = target.with_name(f"{target.name}.part")
    try:
        with database().writing() as session, part.open("wb") as file:
            look = PaperLook(layout, families_page(settings().base_url))
            count = write_vouchers(
                session, file, quarter=quarter, actor=actor, at=now(), district_id=district.id, look=look
            )
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return count
