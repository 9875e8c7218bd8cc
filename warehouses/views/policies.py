"""What the ministry sets for all warehouses: thresholds, closed periods, names of forms."""

from collections.abc import Mapping
from datetime import date

from flask import abort
from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import Text, text
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from warehouses.forms.corrections import PaperFormForm, PeriodCloseForm, ThresholdsForm
from warehouses.models import PeriodClose, StockPolicy
from warehouses.permissions import WarehouseRight
from warehouses.queries import find_closed_through, thresholds_now
from warehouses.queries.paper_forms import form_name
from warehouses.queries.policy_history import list_period_closes, list_policies
from warehouses.services.policies import close_period as close, name_form, set_thresholds as set_anew
from warehouses.values.paper_forms import PaperKind
from warehouses.views.frame import blueprint

PAPER_NAMES: Mapping[PaperKind, Text] = {
    PaperKind.STOCK_CARD: text("Stock card"),
    PaperKind.WAYBILL: text("Waybill"),
    PaperKind.ACCEPTANCE_ACT: text("Acceptance act"),
    PaperKind.COUNT_SHEET: text("Count sheet"),
    PaperKind.WRITE_OFF_ACT: text("Write-off act"),
}


@blueprint.get("/policy")
@guarded(WarehouseRight.READ_STOCK)
def show_policy() -> ResponseReturnValue:
    """Show what holds in all warehouses now, and its history."""
    with reading() as session:
        return page(
            now_=thresholds_now(session),
            through=find_closed_through(session),
            policies=list_policies(session),
            closes=list_period_closes(session),
            papers=[(kind, name, form_name(session, kind)) for kind, name in PAPER_NAMES.items()],
            may_set=current_actor().may(WarehouseRight.SET_STOCK_POLICY),
            may_close=current_actor().may(WarehouseRight.CLOSE_PERIODS),
        )


@blueprint.route("/policy/thresholds", methods=["GET", "POST"])
@guarded(WarehouseRight.SET_STOCK_POLICY)
def set_thresholds() -> ResponseReturnValue:
    """Set the thresholds that hold from now on."""
    with reading() as session:
        form = ThresholdsForm(obj=thresholds_now(session))
    if form.accepts(lambda: _set(form)) is None:
        return page(form=form)
    told(text("The thresholds hold from now on."))
    return redirect_to("warehouses.show_policy")


@blueprint.route("/policy/close", methods=["GET", "POST"])
@guarded(WarehouseRight.CLOSE_PERIODS)
def close_period() -> ResponseReturnValue:
    """Close the books through a day that is over, or open them again."""
    form = PeriodCloseForm()
    with reading() as session:
        through = find_closed_through(session)
    if form.accepts(lambda: _close(form)) is None:
        return page(form=form, through=through)
    told(text("The books are closed through the day that you entered."))
    return redirect_to("warehouses.show_policy")


@blueprint.route("/policy/forms/<kind>", methods=["GET", "POST"])
@guarded(WarehouseRight.SET_STOCK_POLICY)
def name_paper_form(kind: str) -> ResponseReturnValue:
    """Set what the head of a kind of paper says about its form."""
    if kind not in set(PaperKind):
        abort(404)
    paper = PaperKind(kind)
    with reading() as session:
        form = PaperFormForm(obj=form_name(session, paper))
    if form.accepts(lambda: _name(form, paper)) is None:
        return page(form=form, name=PAPER_NAMES[paper])
    told(text("Papers of this kind say so from now on."))
    return redirect_to("warehouses.show_policy")


def _set(form: ThresholdsForm) -> StockPolicy:
    with transaction() as session:
        return set_anew(session, form.thresholds(), reason=form.reason.data or "", actor=current_actor(), at=now())


def _close(form: PeriodCloseForm) -> PeriodClose:
    with transaction() as session:
        return close(
            session, form.through.data or date.max, reason=form.reason.data or "", actor=current_actor(), at=now()
        )


def _name(form: PaperFormForm, kind: PaperKind) -> bool:
    with transaction() as session:
        names = {"name_kk": form.name_kk.data or "", "name_ru": form.name_ru.data or ""}
        name_form(session, kind, **names, actor=current_actor(), at=now())
    return True
