"""Pages of what a set is worth: days covered per nutrient, limits, contribution of each line, allergens."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from flask.typing import ResponseReturnValue

from catalog.errors import NoVersionInForce
from catalog.permissions import CatalogRight
from catalog.queries.contents import content_of
from catalog.queries.coverage import SetCoverage, find_coverage
from catalog.queries.norms import list_norms
from catalog.queries.versions import get_version
from catalog.rules.allergens import allergen_lines
from catalog.rules.charts import BarChart, Measured, bar_chart
from catalog.rules.contents import ContentItem
from catalog.rules.coverage import Coverage, NutrientCoverage
from catalog.values import ALLERGENS, NUTRIENTS, Nutrient
from catalog.views.blueprint import blueprint
from core.clock import now
from core.i18n import format_number, format_quarter, gettext as _, name_of, text
from core.quarters import Quarter
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.guards import guarded
from core.web.lists import read_list_query
from core.web.pages import page
from core.web.session import reading

_HUNDRED = 100


@blueprint.get("/kits/<code>/versions/<int:number>/coverage")
@guarded(CatalogRight.READ)
def show_coverage(code: str, number: int) -> ResponseReturnValue:
    """Show for how many days a set covers each nutrient, by the norm that rules or by another one."""
    query, form = read_list_query(sorts={""}, default="", filters={"norm", "quarter", "nutrient"}), asked_format()
    with reading() as session:
        content = content_of(session, get_version(session, code, number))
        quarter = asked_quarter(query.filters.get("quarter")) or content.effective_from
        told = find_coverage(session, content, quarter=quarter, norm=query.filters.get("norm"))
        norms = list_norms(session)
    if form:
        return export_response(form, _header(), _rows(told), name="coverage", scope=f"{code}-{number}", at=now())
    chosen = _chosen(told.coverage, query.filters.get("nutrient"))
    return page(
        content=content,
        told=told,
        norms=norms,
        query=query,
        names=NUTRIENTS,
        names_of=names_of,
        chosen=chosen,
        chart=days_chart(told.coverage) if told.coverage else None,
        parts=_parts_chart(chosen) if chosen else None,
        allergens=allergen_lines(content),
        allergen_names=ALLERGENS,
        quarter_chip={"label": format_quarter(quarter), "href": None},
    )


def names_of(items: Iterable[ContentItem]) -> str:
    """Return the names of items in the current language, one after another."""
    return ", ".join(name_of(item.names) for item in items)


def asked_quarter(written: str | None) -> Quarter | None:
    """Return the quarter that an address asks for, or None where it asks for none.

    Raises:
        NoVersionInForce: it is written in no known way.
    """
    try:
        return Quarter.parse(written) if written else None
    except ValueError:
        raise NoVersionInForce(text("There is no such quarter.")) from None


def days_chart(coverage: Coverage) -> BarChart:
    """Return the chart of days covered, with the line below which is warned."""
    warning = Fraction(coverage.interval_days * coverage.thresholds.below_percent, _HUNDRED)
    rows = [row for row in coverage.needed if row.need]
    return bar_chart([_measured(row) for row in rows], warning=warning)


def _measured(row: NutrientCoverage) -> Measured:
    name = str(NUTRIENTS[row.nutrient].name)
    if row.days is None or row.shown_days is None:
        return Measured(name, _("no figures"), None)
    shown = format_number(row.shown_days)
    return Measured(name, f"≥ {shown}" if row.unknown else shown, row.days, row.is_below)


def _chosen(coverage: Coverage | None, asked: str | None) -> NutrientCoverage | None:
    """Return the nutrient to look at line by line: the one asked for, else energy, else the first."""
    if coverage is None:
        return None
    by_code = {row.nutrient.value: row for row in coverage.nutrients}
    return by_code.get(asked or "") or by_code.get(Nutrient.ENERGY) or coverage.nutrients[0]


def _parts_chart(row: NutrientCoverage) -> BarChart:
    """Return the chart of what each line brings of a nutrient."""
    return bar_chart(
        [
            Measured(name_of(one.line.item.names), _("no figures"), None)
            if one.milli is None or one.shown is None
            else Measured(name_of(one.line.item.names), format_number(one.shown), one.milli / 1000)
            for one in row.contributions
        ]
    )


def _header() -> list[str]:
    return [
        _("Nutrient"),
        _("Unit"),
        _("In the set"),
        _("A child needs a day"),
        _("Days covered"),
        _("Share, %%"),
        _("Limit a day"),
        _("Share of the limit, %%"),
        _("Warning"),
        _("No figures for"),
        _("Line"),
        _("Item"),
        _("Packs"),
        _("The line brings"),
    ]


def _rows(told: SetCoverage) -> Iterator[tuple[Cell, ...]]:
    """Yield a row per nutrient, and under it one per line of the set."""
    for row in told.coverage.nutrients if told.coverage else ():
        shown = NUTRIENTS[row.nutrient]
        below = _("too little, as far as known") if row.unknown else _("too little")
        warning = below if row.is_below else _("too much") if row.is_above else ""
        start: tuple[Cell, ...] = (str(shown.name), str(shown.unit))
        yield (
            *start, row.amount, row.need.shown if row.need else None, row.shown_days, row.shown_share,
            row.limit.shown if row.limit else None, row.shown_limit_share, warning,
            names_of(row.unknown), None, None, None, None,
        )  # fmt: skip
        for one in row.contributions:
            empty: tuple[Cell, ...] = (None,) * 8
            yield (*start, *empty, one.line.position, name_of(one.line.item.names), one.line.packs, one.shown)
