"""Pages that show before anything is decided: what if, and what differs from the quarter before."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.clock import now
from core.i18n import Text, gettext as _, name_of, text
from core.jobs.queue import ask_job
from core.quarters import Quarter
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.lists import UnknownListArgument, read_list_query, slice_of
from core.web.pages import page, redirect_to
from core.web.session import reading, transaction
from distribution.forms.cycles import preview_form
from distribution.permissions import DistributionRight
from distribution.queries.comparison import changed_lines_statement, is_frozen
from distribution.queries.eligibility import list_kinds_in
from distribution.queries.quarters import get_district_by_kato, list_rosters
from distribution.queries.studies import STUDY, Study, find_study
from distribution.queries.supply import list_supplies, supply_of
from distribution.rules.comparison import DistrictDifference, differences, sums_of
from distribution.rules.previews import DistrictOutcome, PriorityChoice, by_class, preview
from distribution.values.cycles import JOINED, ChangeCause
from distribution.views.blueprint import blueprint
from distribution.views.steps import quarter_of
from territory.models import District
from territory.queries import list_districts

_READ = DistributionRight.READ_QUARTERS
CHOICES: Mapping[PriorityChoice, Text] = {
    PriorityChoice.NONE: text("No classes: all the same"),
    PriorityChoice.YOUNGEST: text("The youngest first"),
    PriorityChoice.AWARD: text("Unconditional awards first"),
    PriorityChoice.LARGE_FAMILIES: text("Families with four children or more first"),
}
CAUSES: Mapping[ChangeCause, Text] = {
    ChangeCause.BORN: text("Reached the age"),
    ChangeCause.AWARDED: text("Newly awarded"),
    ChangeCause.DUE_AGAIN: text("Due again"),
    ChangeCause.MOVED_IN: text("Moved in"),
    ChangeCause.GROWN_OUT: text("Grew out"),
    ChangeCause.ENDED: text("Award ended"),
    ChangeCause.NOT_DUE: text("Not due yet"),
    ChangeCause.MOVED_OUT: text("Moved away"),
}


@blueprint.get("/quarters/<quarter>/preview")
@guarded(_READ)
def preview_quarter(quarter: str) -> ResponseReturnValue:
    """Show what would come of another supply or other classes of priority; nothing is written."""
    asked, actor = quarter_of(quarter), current_actor()
    with reading() as session:
        study, kits = find_study(session, asked), list_kinds_in(session, asked)
        usual = _usual_supply(session, asked, kits)
        districts = {one.kato: one for one in list_districts(session, actor.reach(_READ))}
    choice, kit, form = _asked_choice(), _asked_kit(kits), preview_form(CHOICES, usual)
    supply = form.supply(usual)
    outcomes = _outcomes(study, choice, supply)
    values = {"kit": kit, "kits": kits, "supply": supply, "study": study, "districts": districts}
    return page(
        quarter=asked,
        asked_for=form,
        totals={code: _sums(rows) for code, rows in outcomes.items()},
        classes=by_class(outcomes.get(kit, [])),
        rows=[one for one in outcomes.get(kit, []) if one.kato in districts],
        class_name=lambda rank: _class_name(choice, rank),
        act_form=ActForm(),
        may_count=actor.may(DistributionRight.FREEZE_ROSTER),
        **values,
    )


def _sums(rows: Sequence[DistrictOutcome]) -> tuple[int, int]:
    return sum(one.need for one in rows), sum(one.quota for one in rows)


@blueprint.post("/quarters/<quarter>/study")
@guarded(DistributionRight.FREEZE_ROSTER)
def study_quarter(quarter: str) -> ResponseReturnValue:
    """Ask for the counting that previews and differences are made from."""
    asked = quarter_of(quarter)
    return redirect_to("app.show_job", job_id=_ask(asked))


def _ask(quarter: Quarter) -> UUID:
    with transaction() as session:
        arguments = {"quarter": str(quarter)}
        actor_id = current_actor().id
        return ask_job(session, kind=STUDY, subject=str(quarter), arguments=arguments, actor_id=actor_id, at=now())


@blueprint.get("/quarters/<quarter>/difference")
@guarded(_READ)
def show_difference(quarter: str) -> ResponseReturnValue:
    """Show per district how the roster differs from that of the quarter before, and why."""
    asked, actor, form = quarter_of(quarter), current_actor(), asked_format()
    reach, before = actor.reach(_READ), Quarter.from_ordinal(asked.ordinal - 1)
    with reading() as session:
        study, kits = find_study(session, asked), list_kinds_in(session, asked)
        districts = list_districts(session, reach)
        frozen, rosters = is_frozen(session, asked), len(list_rosters(session, asked))
        has_before = is_frozen(session, before)
    kit = _asked_kit(kits, required=False)
    rows = _differences(study, districts, kit) if study is not None and has_before else []
    if form:
        table = _table(rows, districts)
        return export_response(form, _header(), table, name="difference", scope="", at=now(), period=str(asked))
    return page(
        quarter=asked,
        before=before,
        has_before=has_before,
        is_frozen=frozen,
        **_shown(study, kits, kit, rows),
        districts={one.kato: one for one in districts},
        is_old=study is not None and study.rosters != rosters,
        act_form=ActForm(),
        may_count=actor.may(DistributionRight.FREEZE_ROSTER),
    )


def _shown(
    study: Study | None, kits: Sequence[KitKind], kit: str, rows: Sequence[DistrictDifference]
) -> dict[str, object]:
    total = sums_of(rows)
    values = {"study": study, "kits": kits, "kit": kit, "rows": rows, "total": total}
    return {**values, "causes": _causes(total), "joined": JOINED}


def _causes(total: DistrictDifference) -> dict[ChangeCause, Text]:
    """Return the causes to show: those of sets that are not given every quarter only where there are any."""
    rare = {ChangeCause.DUE_AGAIN, ChangeCause.NOT_DUE}
    return {cause: words for cause, words in CAUSES.items() if cause not in rare or total.causes[cause]}


def _table(rows: Sequence[DistrictDifference], districts: Sequence[District]) -> list[Sequence[Cell]]:
    names = {one.kato: name_of(one) for one in districts}
    return [
        (row.kato, names[row.kato], row.before, *(row.causes[cause] for cause in ChangeCause), row.now) for row in rows
    ]


@blueprint.get("/quarters/<quarter>/difference/<kato>")
@guarded(_READ)
def list_changes(quarter: str, kato: str) -> ResponseReturnValue:
    """List the lines of a district that joined or left since the quarter before, by pseudonym."""
    asked, reach = quarter_of(quarter), current_actor().reach(_READ)
    query = read_list_query(
        sorts={"pseudonym"}, default="pseudonym", filters={"kit", "cause"}, columns=("kit", "cause")
    )
    with reading() as session:
        district = get_district_by_kato(session, kato, reach)
        statement = changed_lines_statement(session, asked, district, reach=reach, filters=query.filters)
        found = slice_of(
            session, statement.order_by(statement.selected_columns[0], statement.selected_columns[1]), query
        )
        kits = list_kinds_in(session, asked)
    return page(quarter=asked, district=district, query=query, found=found, kits=kits, causes=CAUSES)


def _differences(study: Study, districts: Sequence[District], kit: str) -> list[DistrictDifference]:
    changes = [(one.kato, one.kit, one.cause, one.lines) for one in study.changes]
    return differences(study.before, study.now, changes, katos=[one.kato for one in districts], kit=kit)


def _outcomes(
    study: Study | None, choice: PriorityChoice, supply: Mapping[str, int]
) -> dict[str, list[DistrictOutcome]]:
    if study is None:
        return {}
    groups = study.groups[choice]
    kits = sorted({group.kit for group in groups})
    return {kit: preview([group for group in groups if group.kit == kit], supply.get(kit, 0)) for kit in kits}


def _usual_supply(session: Session, quarter: Quarter, kits: Sequence[KitKind]) -> dict[str, int]:
    rosters = list_rosters(session, quarter)
    if rosters:
        return {one.kit.code: one.supply for one in list_supplies(session, rosters[-1])}
    return supply_of(session, quarter, kits)


def _asked_choice() -> PriorityChoice:
    written = request.args.get("choice", PriorityChoice.NONE)
    if written not in list(PriorityChoice):
        raise UnknownListArgument(text("There are no such classes. Open the page again."))
    return PriorityChoice(written)


def _asked_kit(kits: Sequence[KitKind], *, required: bool = True) -> str:
    codes = [kit.code for kit in kits]
    written = request.args.get("kit", "")
    if written and written not in codes:
        raise UnknownListArgument(text("There is no such set here. Open the page again."))
    return written or (codes[0] if required and codes else "")


def _class_name(choice: PriorityChoice, rank: int) -> str:
    if choice is PriorityChoice.YOUNGEST:
        return _("%(n)s years old", n=rank)
    names = {
        (PriorityChoice.AWARD, 0): text("Unconditional award"),
        (PriorityChoice.AWARD, 1): text("Conditional award"),
        (PriorityChoice.LARGE_FAMILIES, 0): text("Four children or more"),
        (PriorityChoice.LARGE_FAMILIES, 1): text("Up to three children"),
    }
    return str(names.get((choice, rank), text("All children")))


def _header() -> dict[str, str]:
    causes = {cause.value: str(CAUSES[cause]) for cause in ChangeCause}
    return {
        "kato": _("KATO"),
        "district": _("District"),
        "before": _("Quarter before"),
        **causes,
        "now": _("This quarter"),
    }
