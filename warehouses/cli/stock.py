"""Commands about stock and places: open a place, prove the balances, make them anew, print them as they were."""

import sys
from collections.abc import Mapping
from datetime import date, datetime

import click
from flask import current_app

from accounts.cli import acting, actor_option, english_unit
from core.actors import EVERYWHERE
from core.clock import end_of_day, now
from core.integrity import find_all_damage
from core.proofs import Invariant, prove
from core.tabular import write_csv
from core.web.session import database
from territory.queries import list_districts, list_regions
from warehouses.cli.group import warehouses
from warehouses.permissions import WarehouseRight
from warehouses.queries import stock_as_of
from warehouses.services import open_place, rebuild_balances
from warehouses.values import STORE_KINDS, PlaceForm, PlaceKind

_HEADER = ("place", "item", "lot", "on_hand")


@warehouses.command()
@click.option("--thorough", is_flag=True, help="Prove on SQLite the order of every index, too: several times as long.")
def verify(*, thorough: bool) -> None:
    """Prove the ledger: balances, reservations, reversals, transfers, bins; exit 1 naming whatever is wrong."""
    prove_balances(thorough=thorough)


def prove_balances(*, thorough: bool = False) -> None:
    """Say that the ledger is proved, or end the command with exit code 1 and each thing that is wrong."""
    more = (Invariant("I14", "The file is sound in every respect", find_all_damage, is_slow=True),) if thorough else ()
    faults = prove(database(), (*current_app.extensions["invariants"], *more))
    for one in faults:
        click.echo(f"{one.number}: {one.sentence}", err=True)
    if any(one.number == "I3" for one in faults):
        click.echo("Balances are wrong. Find out why, then run: flask warehouses rebuild", err=True)
    if faults:
        sys.exit(1)
    click.echo("Every balance is proved by its movements.")


@warehouses.command()
@actor_option(required=False)
def rebuild(login: str | None) -> None:
    """Make all balances anew from the movements and reservations, and prove them."""
    at = now()
    with database().writing() as session:
        actor_id = acting(session, login).id if login else None
        rebuild_balances(session, actor_id=actor_id, at=at)
    click.echo("The balances are made anew.")


@warehouses.command("stock-as-of")
@click.option(
    "--at", "moment", required=True, metavar="DAY", help="The day (its end, in Kazakhstan) or an instant with its zone."
)
@click.option("--format", "form", type=click.Choice(["text", "csv"]), default="text", show_default=True)
@actor_option(required=False)
def print_stock_as_of(moment: str, form: str, login: str | None) -> None:
    """Print place, item, lot and packs on hand of every card, as they were at a past moment."""
    at = _instant(moment)
    with database().reading() as session:
        reach = acting(session, login).reach(WarehouseRight.READ_STOCK) if login else EVERYWHERE
        cards = stock_as_of(session, at, reach)
    if form == "csv":
        write_csv(sys.stdout.buffer, _HEADER, cards, for_excel=False)
        return
    for place, item, lot, on_hand in cards:
        click.echo(f"{place:<12} {item:<10} {lot or '–':<24} {on_hand:>10}")


@warehouses.command("open-place")
@click.option("--kind", type=click.Choice([kind.value for kind in STORE_KINDS]), required=True)
@click.option("--region", metavar="CODE", help="The region of a regional warehouse, as KZ-11.")
@click.option("--district", "kato", metavar="KATO", help="The district of a district's warehouse or of a point.")
@click.option("--name-kk", required=True, help="Name in Kazakh.")
@click.option("--name-ru", required=True, help="Name in Russian.")
@click.option("--name-en", required=True, help="Name in English.")
@click.option("--main", "is_main", is_flag=True, help="The point that serves every settlement without one of its own.")
@actor_option()
def open_one(
    *,
    kind: str,
    region: str | None,
    kato: str | None,
    name_kk: str,
    name_ru: str,
    name_en: str,
    is_main: bool,
    login: str,
) -> None:
    """Open a warehouse or a distribution point and print its code."""
    with english_unit() as session:
        regions = {row.code: row.id for row in list_regions(session)}
        districts = {row.kato: row.id for row in list_districts(session, EVERYWHERE)}
        form = PlaceForm(
            name_kk=name_kk,
            name_ru=name_ru,
            name_en=name_en,
            kind=PlaceKind(kind),
            region_id=_known(regions, region, "--region"),
            district_id=_known(districts, kato, "--district"),
            is_main=is_main,
        )
        place = open_place(session, form, actor=acting(session, login), at=now())
        click.echo(place.code)


def _known(ids: Mapping[str, int], code: str | None, option: str) -> int | None:
    if code is None:
        return None
    if code not in ids:
        raise click.BadParameter(f"{code} is not known", param_hint=option)
    return ids[code]


def _instant(moment: str) -> datetime:
    try:
        if len(moment) == len("2026-10-31"):
            return end_of_day(date.fromisoformat(moment))
        at = datetime.fromisoformat(moment)
    except ValueError as error:
        raise click.BadParameter("write the day as 2026-10-31", param_hint="--at") from error
    if at.tzinfo is None:
        raise click.BadParameter("an instant needs its zone: 2026-10-31T18:00+05:00", param_hint="--at")
    return at
