"""The command that holds a packed lot against the version in force: `check-composition`."""

from collections import Counter
from collections.abc import Sequence

import click

from catalog.cli.group import catalog
from catalog.queries.compositions import list_composition_faults
from catalog.queries.kits import get_kit
from core.i18n import gettext as _
from core.quarters import Quarter
from core.web.commands import language_option
from core.web.session import database

_MOST_DIGITS = 9


class _QuarterParameter(click.ParamType[Quarter]):
    """A quarter, written `2026-Q4`."""

    name = "quarter"

    def convert(self, value: str | Quarter, param: click.Parameter | None, ctx: click.Context | None) -> Quarter:
        """Read the quarter."""
        if isinstance(value, Quarter):
            return value
        try:
            return Quarter.parse(value)
        except ValueError:
            self.fail(_("%(written)s is not a quarter. Write it like 2026-Q4.", written=value), param, ctx)


class _PacksParameter(click.ParamType[tuple[str, int]]):
    """Packs of an item, written `MILK25=2`."""

    name = "packs"

    def convert(
        self, value: str | tuple[str, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Read the item and the number."""
        if isinstance(value, tuple):
            return value
        code, _sign, packs = value.partition("=")
        if not (packs.isascii() and packs.isdigit() and len(packs) <= _MOST_DIGITS):
            self.fail(_("%(written)s is no packs of an item. Write it like MILK25=2.", written=value), param, ctx)
        return code.strip().upper(), int(packs)


@catalog.command("check-composition")
@click.argument("kit")
@click.argument("quarter", type=_QuarterParameter())
@click.argument("packs", type=_PacksParameter(), nargs=-1, metavar="ITEM=PACKS...")
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
