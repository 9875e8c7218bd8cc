"""Commands of quarters: `eligible`, `freeze`, `announce`, `draw`, `allot`, `approve`, `reserve`, `close`."""

import sys
from collections.abc import Mapping, Sequence

import click

from accounts.cli import acting, actor_option
from core.clock import now, today
from core.i18n import format_day, format_number, gettext as _
from core.quarters import Quarter
from core.web.commands import CountedCodeParameter, QuarterParameter, language_option
from core.web.session import database, field_keys
from distribution.cli.group import distribution
from distribution.queries.closing import list_outcomes
from distribution.queries.eligibility import count_eligible
from distribution.queries.quarters import count_needed, get_roster, get_roster_to_reserve
from distribution.services.allotments import allot as allot_roster
from distribution.services.announcements import announce as announce_roster, fixed_supply, record_seed
from distribution.services.approvals import approve_allotment
from distribution.services.closing import close_quarter
from distribution.services.publications import publish
from distribution.services.reservations import Lack, reserve_roster
from distribution.services.rosters import freeze_roster

_quarter = click.argument("quarter", type=QuarterParameter())
_roster = click.option(
    "--roster", "number", type=int, metavar="N", help="The number of the roster; the last one if left out."
)


@distribution.command()
@_quarter
def eligible(quarter: Quarter) -> None:
    """Print as CSV how many children of each district are eligible for each kit in QUARTER."""
    with database().reading() as session:
        rows = count_eligible(session, quarter)
    sys.stdout.write("kato,kit,children\n")
    sys.stdout.writelines(f"{row.kato},{row.kit},{row.children}\n" for row in rows)


@distribution.command()
@_quarter
@actor_option()
@language_option()
def freeze(quarter: Quarter, login: str) -> None:
    """Freeze the eligible children of QUARTER into its next roster."""
    with database().writing() as session:
        roster = freeze_roster(session, quarter=quarter, actor=acting(session, login), at=now(), keys=field_keys())
        needed = count_needed(session, roster)
    click.echo(
        _(
            "Roster %(number)s of %(quarter)s is frozen: %(children)s children of %(families)s families.",
            number=roster.number,
            quarter=str(quarter),
            children=format_number(roster.child_count),
            families=format_number(roster.family_count),
        )
    )
    _tell(needed)
    click.echo(f"merkle_root {roster.merkle_root}")


@distribution.command()
@_quarter
@_roster
@click.option("--seed-source", required=True, help="The public event that will give the seed of the draw.")
@click.option(
    "--announced", type=CountedCodeParameter(), multiple=True, metavar="KIT=N", help="Announced sets to count in."
)
@actor_option()
@language_option()
def announce(
    *, quarter: Quarter, number: int | None, seed_source: str, announced: Sequence[tuple[str, int]], login: str
) -> None:
    """Fix the supply of a roster of QUARTER, name the event of its draw, and open its window for objections."""
    with database().writing() as session:
        actor = acting(session, login)
        roster = announce_roster(
            session,
            roster=get_roster(session, quarter, number),
            seed_source=seed_source,
            announced=dict(announced),
            actor=actor,
            at=now(),
        )
        publish(session, roster=roster, actor=actor, at=now())
        supply, until = fixed_supply(session, roster), format_day(roster.objections_until)
    click.echo(
        _(
            "Roster %(number)s of %(quarter)s is announced. Families may object through %(day)s.",
            number=roster.number,
            quarter=str(quarter),
            day=until,
        )
    )
    _tell(supply)
    click.echo(f"merkle_root {roster.merkle_root}")


@distribution.command()
@_quarter
@_roster
@click.option("--seed", required=True, help="The seed that the announced event gave.")
@actor_option()
@language_option()
def draw(quarter: Quarter, number: int | None, seed: str, login: str) -> None:
    """Write down the seed that the announced event gave for a roster of QUARTER, once."""
    with database().writing() as session:
        roster = get_roster(session, quarter, number)
        record_seed(session, roster=roster, seed=seed, actor=acting(session, login), at=now())
    click.echo(
        _(
            "The seed of roster %(number)s of %(quarter)s is written down: %(seed)s",
            number=roster.number,
            quarter=str(quarter),
            seed=roster.seed,
        )
    )


@distribution.command()
@_quarter
@_roster
@click.option("--seed", default="", help="The public seed of the draw; may be left out with its source.")
@click.option("--seed-source", default="", help="The public event that gave the seed.")
@click.option(
    "--announced", type=CountedCodeParameter(), multiple=True, metavar="KIT=N", help="Announced sets to count in."
)
@actor_option()
@language_option()
def allot(
    *,
    quarter: Quarter,
    number: int | None,
    seed: str,
    seed_source: str,
    announced: Sequence[tuple[str, int]],
    login: str,
) -> None:
    """Grant the sets of a roster of QUARTER."""
    with database().writing() as session:
        roster = get_roster(session, quarter, number)
        granted = allot_roster(
            session,
            roster=roster,
            seed=seed,
            seed_source=seed_source,
            announced=dict(announced),
            actor=acting(session, login),
            at=now(),
        )
    click.echo(_("Roster %(number)s of %(quarter)s is allotted.", number=roster.number, quarter=str(quarter)))
    if roster.seed is None:
        click.echo(_("No seed was given: nobody can recompute a draw, and none was needed."))
    _tell(granted)


@distribution.command()
@_quarter
@_roster
@actor_option()
@language_option()
def approve(quarter: Quarter, number: int | None, login: str) -> None:
    """Approve the allotment of QUARTER; whoever froze or allotted may not."""
    with database().writing() as session:
        roster = get_roster(session, quarter, number)
        approve_allotment(session, roster=roster, actor=acting(session, login), at=now())
        is_approved, values = roster.is_approved, {"number": roster.number, "quarter": str(quarter)}
    if is_approved:
        click.echo(_("The allotment of roster %(number)s of %(quarter)s is approved.", **values))
    else:
        click.echo(_("Signed. An allotment this large takes a second signature, by another person of the ministry."))


@distribution.command()
@_quarter
@actor_option()
@language_option()
def reserve(quarter: Quarter, login: str) -> None:
    """Set stock aside for the approved allotments of QUARTER; may be run again when more stock has come."""
    with database().writing() as session:
        roster = get_roster_to_reserve(session, quarter)
        result = reserve_roster(session, roster=roster, actor=acting(session, login), at=now())
    click.echo(_("Stock is reserved for %(quarter)s.", quarter=str(quarter)))
    _tell(result.packs)
    _tell_lacks(result.lacks)


@distribution.command()
@_quarter
@actor_option()
@language_option()
def close(quarter: Quarter, login: str) -> None:
    """Close QUARTER for good: what nobody collected lapses, its stock is free, the report is frozen."""
    at = now()
    if today(at) <= quarter.last_day and sys.stdin.isatty():
        day = format_day(quarter.last_day)
        click.confirm(_("Families may collect through %(day)s. Close it all the same, for good?", day=day), abort=True)
    with database().writing() as session:
        report = close_quarter(session, quarter=quarter, early=True, actor=acting(session, login), at=at)
        figures = list_outcomes(session, quarter)
    click.echo(_("%(quarter)s is closed.", quarter=str(quarter)))
    if today(at) <= quarter.last_day:
        click.echo(_("Its last day was not over: families can collect no more."), err=True)
    for status in ("granted", "lapsed", "waiting", "dropped"):
        click.echo(f"{status} {sum(one.sets for one in figures if one.status == status)}")
    click.echo(f"sha256 {report.sha256}")


def _tell(counts: Mapping[str, int]) -> None:
    for kit, count in sorted(counts.items()):
        click.echo(f"{kit} {count}")


def _tell_lacks(lacks: Sequence[Lack]) -> None:
    for lack in lacks:
        click.echo(
            _("%(kato)s %(kit)s: %(packs)s sets have no stock yet.", kato=lack.kato, kit=lack.kit, packs=lack.packs),
            err=True,
        )
