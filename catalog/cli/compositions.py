"""The command that holds a packed lot against the version in force: `check-composition`."""

from collections import Counter
from collections.abc import Sequence

import click

from catalog.cli.group import catalog
from catalog.queries.compositions import list_composition_faults
from catalog.queries.kits import get_kit
from core.i18n import gettext as _
from core.quarters import Quarter
from core.web.commands import CountedCodeParameter, QuarterParameter, language_option
from core.web.session import database


@catalog.command("check-composition")
@click.argument("kit")
@click.argument("quarter", type=QuarterParameter())
@click.argument("packs", type=CountedCodeParameter(), nargs=-1, metavar="ITEM=PACKS...")
@language_option()
@click.pass_context
def check_composition(ctx: click.Context, kit: str, quarter: Quarter, packs: Sequence[tuple[str, int]]) -> None:
    """Hold the PACKS in one set of a lot, packed for QUARTER, against KIT's version in force; exit 1 if it is wrong."""
    given: Counter[str] = Counter()
    for code, number in packs:
        given[code] += number
    with database().reading() as session:
        faults = list_composition_faults(session, get_kit(session, kit.upper()), quarter, given)
    for fault in faults:
        click.echo(str(fault.message), err=True)
    if faults:
        ctx.exit(1)
    click.echo(_("This is what the version and its substitutes allow."))
