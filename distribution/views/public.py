"""Public pages of quarters, without signing in: who was on the roster by pseudonym, what came of it, how to check it.

Everything here is told from publications: what the ministry has not published yet, nobody learns here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue

from catalog.queries.kits import list_kits
from core.actors import EVERYWHERE
from core.i18n import text
from core.quarters import Quarter
from core.web.guards import public
from core.web.headers import share
from core.web.pages import page
from core.web.revalidation import revalidated
from core.web.session import reading, settings
from distribution.errors.publications import NothingPublished
from distribution.models import Publication, Roster
from distribution.queries.explanations import list_explanations
from distribution.queries.publications import (
    get_publication,
    list_needs,
    list_public_rosters,
    list_publications,
    list_stages,
)
from distribution.rules.explanations import reasons
from distribution.rules.public_explanations import as_told
from distribution.rules.public_tables import age_table, read_table, sums_by_kit
from distribution.rules.rationing import is_named_before
from distribution.services.publications import kept_file
from distribution.values.publications import PublicationStage
from distribution.views.steps import quarter_of
from territory.queries import list_districts

blueprint = Blueprint("open_quarters", __name__, url_prefix="/open/quarters")

CHECKER = "check_quarter.py"
COUNTS, AGES = "counts.csv", "ages.csv"
_TYPES = {"json": "application/json", "csv": "text/csv"}
_LONGEST = 64
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Shown:
    """A roster as the public sees it: what it needs and gets by kit, and its publications, the last one first."""

    roster: Roster
    needs: Sequence[tuple[str, int, int | None]]
    publications: Sequence[Publication]
    granted: Mapping[str, int]

    @property
    def last(self) -> Publication | None:
        """Return what was published last."""
        return next(iter(self.publications), None)

    @property
    def is_drawn(self) -> bool:
        """Say whether the outcome of the draw is public."""
        return self.last is not None and self.last.stage == PublicationStage.DRAW

    @property
    def was_named_before(self) -> bool:
        """Say whether the event of the draw was named before its seed was entered."""
        return is_named_before(self.roster.root_published_at, self.roster.drawn_at)


def files_folder() -> Path:
    """Return where files of publications are kept; what is missing there is written anew."""
    return settings().data_dir / "publications"


@blueprint.get("")
@public
def list_quarters() -> ResponseReturnValue:
    """List the quarters of which something is public."""
    with reading() as session:
        rosters, stages = list_public_rosters(session), list_stages(session)
    quarters: dict[Quarter, list[Roster]] = {}
    for roster in rosters:
        quarters.setdefault(roster.quarter, []).append(roster)
    drawn = {roster_id for roster_id, stage in stages.items() if stage == PublicationStage.DRAW}
    return revalidated(page(quarters=quarters, drawn=drawn))


@blueprint.get("/<quarter>")
@public
def show_quarter(quarter: str) -> ResponseReturnValue:
    """Show what is public of a quarter: its rosters, when what was told, and the files."""
    asked = quarter_of(quarter)
    with reading() as session:
        shown = []
        for roster in list_public_rosters(session, asked):
            publications = list_publications(session, roster)
            granted = sums_by_kit(read_table(publications[0].counts), "granted") if publications else {}
            shown.append(Shown(roster, list_needs(session, roster), publications, granted))
        kits = {kit.code: kit for kit in list_kits(session)}
    if not shown:
        raise NothingPublished(text("Nothing is published of this quarter yet."))
    return revalidated(page(quarter=asked, shown=shown, checker=CHECKER, kits=kits))


@blueprint.get("/<quarter>/<int:number>/<int:publication>/counts")
@public
def show_counts(quarter: str, number: int, publication: int) -> ResponseReturnValue:
    """Show a publication's counts by district and kit, which are public by design."""
    with reading() as session:
        roster, told = get_publication(session, quarter_of(quarter), number, publication)
        rows = read_table(told.counts)
        districts = {district.kato: district for district in list_districts(session, EVERYWHERE)}
    return revalidated(page(roster=roster, told=told, rows=rows, districts=districts))


@blueprint.get("/<quarter>/<int:number>/<int:publication>/ages")
@public
def show_ages(quarter: str, number: int, publication: int) -> ResponseReturnValue:
    """Show the children of a district, or of the country, by age and sex; small cells are hidden."""
    with reading() as session:
        roster, told = get_publication(session, quarter_of(quarter), number, publication)
        rows, districts = read_table(told.ages), list_districts(session, EVERYWHERE)
    here, kato = {row["kato"] for row in rows}, request.args.get("district", "")
    if kato and kato not in here:
        raise NothingPublished(text("Nobody of this district is on this roster."))
    table = age_table([row for row in rows if kato in {"", row["kato"]}])
    offered = [district for district in districts if district.kato in here]
    return revalidated(page(roster=roster, told=told, kato=kato, offered=offered, table=table))


@blueprint.get("/<quarter>/<int:number>/<int:publication>/check")
@public
def check_roster(quarter: str, number: int, publication: int) -> ResponseReturnValue:
    """Check a publication in the visitor's own browser."""
    with reading() as session:
        roster, told = get_publication(session, quarter_of(quarter), number, publication)
    return revalidated(page(roster=roster, told=told, checker=CHECKER))


@blueprint.get("/<quarter>/<int:number>/<int:publication>/<name>")
@public
def show_file(quarter: str, number: int, publication: int, name: str) -> ResponseReturnValue:
    """Send a file of a publication: it never changes, and its ETag is its SHA-256."""
    with reading() as session:
        _, told = get_publication(session, quarter_of(quarter), number, publication)
        tables = {COUNTS: told.counts, AGES: told.ages}
        path = None if name in tables else kept_file(session, told, name, files_folder())
    share(seconds=_YEAR, for_good=True)
    if path is None:
        return _table_file(tables[name], name)
    etag, kind = path.name.partition("-")[0], _TYPES[name.rsplit(".", 1)[-1]]
    return send_file(path, mimetype=kind, as_attachment=True, download_name=name, etag=etag, last_modified=told.at)


@blueprint.get("/<quarter>/child")
@public
def show_child(quarter: str) -> ResponseReturnValue:
    """Look up a child by the number on its notice, and tell step by step why it gets a set or not."""
    asked = quarter_of(quarter)
    pseudonym = request.args.get("pseudonym", "").strip().replace(" ", "").lower()
    with reading() as session:
        rosters = list_public_rosters(session, asked)
        if not rosters:
            raise NothingPublished(text("Nothing is published of this quarter yet."))
        stages = list_stages(session)
        drawn = {roster.number for roster in rosters if stages.get(roster.id) == PublicationStage.DRAW}
        found = list_explanations(session, quarter=asked, pseudonym=pseudonym) if pseudonym else []
        kits = {kit.code: kit for kit in list_kits(session)}
    told = {roster.number for roster in rosters}
    sets = [(one.listed.kit, reasons(as_told(one, drawn))) for one in found if one.listed.roster in told]
    return revalidated(page(quarter=asked, pseudonym=pseudonym[:_LONGEST], sets=sets, kits=kits))


def _table_file(written: str, name: str) -> Response:
    response = Response(written, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.add_etag()
    response.make_conditional(request)
    return response
