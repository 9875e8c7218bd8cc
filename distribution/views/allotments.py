"""Pages of the rows behind a quarter's figures: roster lines, allotments, reservations."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import InstrumentedAttribute

from catalog.models import KitKind
from core.actors import NOWHERE
from core.clock import now
from core.i18n import current_language, gettext as _, name_of, text
from core.quarters import Quarter
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.lists import ListQuery, Sorts, ordered, read_list_query, slice_of
from core.web.pages import page
from core.web.session import reading
from distribution.models import Allotment, RosterLine
from distribution.permissions import DistributionRight
from distribution.queries.allotments import (
    allotments_statement,
    count_by,
    lines_statement,
    reservations_statement,
)
from distribution.queries.quarters import find_district, list_rosters
from distribution.rules.vouchers import masked_name
from distribution.values import AllotmentStatus
from distribution.views.blueprint import blueprint
from distribution.views.quarters import READ
from distribution.views.steps import quarter_of
from territory.models import District
from warehouses.models import Lot, Place

STATUS_NAMES = {
    AllotmentStatus.GRANTED: ("ok", text("Allotted")),
    AllotmentStatus.WAITING: ("attention", text("Waiting")),
    AllotmentStatus.DROPPED: ("refused", text("Dropped out")),
    AllotmentStatus.LAPSED: ("muted", text("Lapsed")),
}
_LINE_COLUMNS = ("kit", "district", "point", "missed")
_ALLOTMENT_FILTERS = {"kit", "district", "region", "status", "given", "gone"}
_ALLOTMENT_COLUMNS = ("state", "child", "kit", "district", "rank", "draw", "handed_over")
_ALLOTMENT_SORTS: Sorts = {"rank": Allotment.rank, "draw": Allotment.draw, "pseudonym": RosterLine.pseudonym}
_RESERVATION_COLUMNS = ("kit", "place", "lot", "expires", "packs")
_SHORT_DRAW = 12


def _district_sort() -> InstrumentedAttribute[str]:
    sorts = {"kk": District.sort_kk, "ru": District.sort_ru, "en": District.sort_en}
    return sorts[current_language()]


def _without(query: ListQuery, *names: str) -> Mapping[str, str]:
    return {name: value for name, value in query.filters.items() if name not in names}


@blueprint.get("/quarters/<quarter>/roster")
@guarded(READ)
def show_roster(quarter: str) -> ResponseReturnValue:
    """List the lines of a quarter's rosters, by pseudonym."""
    asked, reach = quarter_of(quarter), current_actor().reach(READ)
    sorts = {"pseudonym": RosterLine.pseudonym, "district": _district_sort()}
    filters = {"kit", "district", "region", "roster"}
    query = read_list_query(sorts=sorts, default="pseudonym", filters=filters, columns=_LINE_COLUMNS)
    pattern, form = query.pattern if query.q else "", asked_format()
    with reading() as session:
        found = lines_statement(asked, reach, query.filters, pattern)
        statement = ordered(found, query, sorts, RosterLine.pseudonym + KitKind.code)
        if form:
            rows = ((r[0].pseudonym, r[1].kato, r[2], r[0].priority, r[0].missed) for r in session.execute(statement))
            return _export(form, _roster_header(), rows, name="roster", quarter=asked)
        lines = slice_of(session, statement, query)
        kits = count_by(session, lines_statement(asked, reach, _without(query, "kit"), pattern), KitKind.code)
        rosters = list_rosters(session, asked)
        district = find_district(session, query.filters.get("district"), reach)
    return page(quarter=asked, query=query, lines=lines, kits=kits, rosters=rosters, district=district)


@blueprint.get("/quarters/<quarter>/allotments")
@guarded(READ)
def list_allotments(quarter: str) -> ResponseReturnValue:
    """List the allotments of a quarter; names only for those who may read families there."""
    asked, actor = quarter_of(quarter), current_actor()
    reach, right = actor.reach(READ), DistributionRight.READ_FAMILIES
    families = actor.reach(right) if actor.may(right) else NOWHERE
    sorts = {**_ALLOTMENT_SORTS, "district": _district_sort()}
    query = read_list_query(sorts=sorts, default="district", filters=_ALLOTMENT_FILTERS, columns=_ALLOTMENT_COLUMNS)
    form = asked_format()
    with reading() as session:
        statement = allotments_statement(asked, reach, families, query.filters)
        statement = ordered(statement, query, sorts, Allotment.id)
        if form:
            rows = map(_allotment_cells, session.execute(statement))
            return _export(form, _allotments_header(), rows, name="allotments", quarter=asked)
        found = slice_of(session, statement, query)
        without_kit, without_status = _without(query, "kit"), _without(query, "status")
        kits = count_by(session, allotments_statement(asked, reach, families, without_kit), KitKind.code)
        statuses = count_by(session, allotments_statement(asked, reach, families, without_status), Allotment.status)
        district = find_district(session, query.filters.get("district"), reach)
    shown = {"kits": kits, "statuses": statuses, "district": district, "status_names": STATUS_NAMES}
    return page(quarter=asked, query=query, found=found, masked=masked_name, **shown)


@blueprint.get("/quarters/<quarter>/reservations")
@guarded(READ)
def list_reservations(quarter: str) -> ResponseReturnValue:
    """List what is set aside for a quarter: district, kit, place, lot, packs."""
    asked, reach = quarter_of(quarter), current_actor().reach(READ)
    sorts = {"district": _district_sort(), "expires": Lot.expires_on}
    query = read_list_query(
        sorts=sorts, default="district", filters={"kit", "district", "region"}, columns=_RESERVATION_COLUMNS
    )
    form = asked_format()
    with reading() as session:
        statement = ordered(reservations_statement(asked, reach, query.filters), query, sorts, Place.sort_kk)
        statement = statement.order_by(Lot.id)
        if form:
            rows = ((name_of(r[0]), r[1], name_of(r[2]), r[3].code, r[4]) for r in session.execute(statement))
            return _export(form, _reservations_header(), rows, name="reservations", quarter=asked)
        found = slice_of(session, statement, query)
        kits = count_by(session, reservations_statement(asked, reach, _without(query, "kit")), KitKind.code)
        district = find_district(session, query.filters.get("district"), reach)
    return page(quarter=asked, query=query, found=found, kits=kits, district=district)


def _roster_header() -> dict[str, str]:
    return {
        "pseudonym": _("Pseudonym"),
        "kato": _("KATO"),
        "kit": _("Set"),
        "priority": _("Priority"),
        "missed": _("Quarters missed"),
    }


def _allotments_header() -> dict[str, str]:
    return {
        "pseudonym": _("Pseudonym"),
        "kato": _("KATO"),
        "kit": _("Set"),
        "status": _("State"),
        "rank": _("Place in the order"),
        "quota": _("Share of the district"),
        "draw": _("Draw"),
        "handed_over_at": _("Handed over"),
    }


def _allotment_cells(row: Row[Allotment, District, str, str, str, datetime, int]) -> Sequence[Cell]:
    one, home, kit, pseudonym, _child, received_at, quota = row
    return pseudonym, home.kato, kit, one.status, one.rank, quota, one.draw, received_at


def _reservations_header() -> dict[str, str]:
    return {
        "district": _("For the district"),
        "kit": _("Set"),
        "place": _("Reserved at"),
        "lot": _("Lot"),
        "packs": _("Sets"),
    }


def _export(
    kind: str, header: Mapping[str, str], rows: Iterable[Sequence[Cell]], *, name: str, quarter: Quarter
) -> Response:
    return export_response(kind, header, rows, name=name, scope="", period=str(quarter), at=now())
