"""The board of districts: exceptions first, then the figures, the map and the same as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.clock import now, today
from core.i18n import current_language, format_number, gettext as _, name_of, ngettext
from core.quarters import Quarter
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.lists import ListQuery, read_list_query
from core.web.pages import page
from core.web.session import reading
from distribution.queries.board import BoardRow, board as board_of, list_stock_there
from distribution.queries.eligibility import list_kinds_in
from distribution.queries.quarters import current_quarter, get_district_by_kato
from distribution.rules.map_tiles import in_order_of_the_land, share_step, short_name
from distribution.views.blueprint import blueprint
from distribution.views.quarters import READ, chip
from distribution.views.steps import quarter_of

_FILTERS = {"quarter", "region", "kit", "short"}
_COLUMNS = ("status", "region", "eligible", "allotted", "stock", "given", "short")
_SORTS: dict[str, Callable[[BoardRow], object]] = {
    "district": lambda row: getattr(row.district, f"sort_{current_language()}"),
    "eligible": lambda row: row.eligible,
    "allotted": lambda row: row.allotted,
    "stock": lambda row: row.stock,
    "given": lambda row: row.handed_over,
    "short": lambda row: row.short,
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A district on the map."""

    name: str
    label: str
    figure: str
    step: int
    href: str


@dataclass(frozen=True, slots=True)
class MapRegion:
    """A region on the map with the tiles of its districts, as they lie."""

    code: str
    name: str
    tiles: Sequence[Tile]


@blueprint.get("/board")
@guarded(READ)
def board() -> ResponseReturnValue:
    """Show how the districts stand in a quarter."""
    query = read_list_query(sorts=_SORTS, default="district", filters=_FILTERS, columns=_COLUMNS)
    reach, kit, form, at = current_actor().reach(READ), query.filters.get("kit"), asked_format(), now()
    with reading() as session:
        asked = _quarter(query, current_quarter(session, today(at)) or Quarter.of(today(at)))
        everything = board_of(session, asked, reach=reach, on=today(at), kit=kit)
        kits = list_kinds_in(session, asked)
    rows = _chosen(everything, query)
    if form:
        lines = [(r.district.kato, name_of(r.district), *_figures(r)) for r in rows]
        return export_response(form, _header(), lines, name="board", scope="", period=str(asked), at=at)
    return page(
        quarter=asked,
        quarter_chip=chip(asked),
        query=query,
        rows=rows,
        totals=[sum(column) for column in zip(*map(_figures, rows), strict=True)] or [0] * 5,
        exceptions=_exceptions(_chosen(everything, query, also_short=False), query),
        regions=_map(rows, asked, kit),
        legend=_legend(),
        kits=kits,
        region_rows=_regions(everything),
        at=at,
    )


def _quarter(query: ListQuery, otherwise: Quarter) -> Quarter:
    return quarter_of(query.filters["quarter"]) if "quarter" in query.filters else otherwise


def _header() -> dict[str, str]:
    words = (_("Eligible, sets"), _("Allotted"), _("Stock there"), _("Handed over"), _("Short"))
    keys = ("eligible", "allotted", "stock", "handed_over", "short")
    return {"kato": _("KATO"), "district": _("District"), **dict(zip(keys, words, strict=True))}


def _figures(row: BoardRow) -> tuple[int, int, int, int, int]:
    return row.eligible, row.allotted, row.stock, row.handed_over, row.short


def _chosen(rows: Sequence[BoardRow], query: ListQuery, *, also_short: bool = True) -> list[BoardRow]:
    region, short = query.filters.get("region"), also_short and query.filters.get("short") == "yes"
    found = [row for row in rows if region in {None, row.district.region.code} and (row.short > 0 or not short)]
    by_name = sorted(found, key=lambda row: (getattr(row.district, f"sort_{current_language()}"), row.district.id))
    return sorted(by_name, key=_SORTS[query.sort], reverse=query.descending)  # type: ignore[arg-type]  # text or number


def _exceptions(rows: Sequence[BoardRow], query: ListQuery) -> list[tuple[str, str, str]]:
    """Return (kind, sentence, address) of what needs somebody, the worst first."""
    short = [row for row in rows if row.short]
    idle = [row for row in rows if row.allotted and not row.handed_over]
    found = []
    if short:
        sentence = ngettext(
            "%(n)s district lacks allotted sets: %(sets)s have to come.",
            "%(n)s districts lack allotted sets: %(sets)s have to come.",
            len(short),
            sets=format_number(sum(row.short for row in short)),
        )
        found.append(("refused", sentence, query.url(short="yes", sort="-short")))
    if idle:
        sentence = ngettext(
            "%(n)s district has handed over nothing yet.",
            "%(n)s districts have handed over nothing yet.",
            len(idle),
        )
        found.append(("attention", sentence, query.url(sort="given", short=None)))
    return found


def _map(rows: Sequence[BoardRow], quarter: Quarter, kit: str | None) -> list[MapRegion]:
    by_region: dict[int, list[BoardRow]] = {}
    for row in rows:
        by_region.setdefault(row.district.region_id, []).append(row)
    found = []
    for members in by_region.values():
        region = members[0].district.region
        rows_of = {row.district.id: row for row in members}
        land = in_order_of_the_land([row.district for row in members])
        tiles = [_tile(rows_of[district.id], quarter, kit) for district in land]
        found.append((getattr(region, f"sort_{current_language()}"), MapRegion(region.code, name_of(region), tiles)))
    return [region for _sort, region in sorted(found, key=lambda pair: pair[0])]


def _tile(row: BoardRow, quarter: Quarter, kit: str | None) -> Tile:
    figure = _(
        "%(given)s of %(allotted)s handed over",
        given=format_number(row.handed_over),
        allotted=format_number(row.allotted),
    )
    href = url_for("distribution.show_district", quarter=str(quarter), kato=row.district.kato, kit=kit)
    name = name_of(row.district)
    return Tile(name, short_name(name), figure, share_step(row.handed_over, row.allotted), href)


def _legend() -> list[tuple[int, str]]:
    shares = ("0–19", "20–39", "40–59", "60–79", "80–100")
    return [
        (0, _("nothing allotted")),
        *((step, _("%(share)s %% handed over", share=share)) for step, share in enumerate(shares, start=1)),
    ]


def _regions(rows: Sequence[BoardRow]) -> list[tuple[str, str, int]]:
    """Return (code, name, districts) of the regions within reach."""
    counted: dict[str, tuple[str, str, int]] = {}
    for row in rows:
        region = row.district.region
        counted[region.code] = (region.code, name_of(region), counted.get(region.code, ("", "", 0))[2] + 1)
    return list(counted.values())


@blueprint.get("/quarters/<quarter>/districts/<kato>")
@guarded(READ)
def show_district(quarter: str, kato: str) -> ResponseReturnValue:
    """Show one district of the board: its figures by kit, and the stock that is there lot by lot."""
    asked, reach, at = quarter_of(quarter), current_actor().reach(READ), now()
    kit = request.args.get("kit")
    with reading() as session:
        district = get_district_by_kato(session, kato, reach)
        rows = board_of(session, asked, reach=reach, on=today(at), kit=kit)
        stock = list_stock_there(session, asked, district.id, on=today(at), kit=kit)
    row = next(row for row in rows if row.district.id == district.id)
    return page(quarter=asked, quarter_chip=chip(asked), district=district, row=row, stock=stock, kit=kit, at=at)
