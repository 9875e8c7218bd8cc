"""Taking packed sets apart: which lot, how many sets, which lots come out."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.actors import Actor
from core.clock import now
from core.i18n import format_number, text
from core.web.fields import refuse_fields_not_taken
from core.web.forms import form_key
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from warehouses.forms.assemblies import SetsForm, TakingApartForm, lines_of
from warehouses.models import Assembly, Lot, Place
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_lot, get_place
from warehouses.queries.assemblies import inside_of, list_packed_lots
from warehouses.queries.policies import asks_late_reason
from warehouses.rules.assemblies import proposed_return
from warehouses.services.taking_apart import take_apart_kits as take_apart
from warehouses.values.assemblies import MOST_SETS, Inside, InsideLot, NewTakingApart
from warehouses.views.frame import blueprint, number_argument

_MOST_OFFERED = 200


@dataclass(frozen=True, slots=True)
class ShownSets:
    """The sets of a lot at a place, and what is inside them; `sets` is None until somebody says how many."""

    place: Place
    lot: Lot
    inside: Inside
    lots: Mapping[str, InsideLot]
    sets: int | None


@dataclass(frozen=True, slots=True)
class _Choice:
    """How many sets, as the address says."""

    form: SetsForm
    sets: int | None


@blueprint.route("/assemblies/take-apart", methods=["GET", "POST"])
@guarded(WarehouseRight.ASSEMBLE_KITS)
def take_apart_kits() -> ResponseReturnValue:
    """Ask which sets, show which lots come out of them, and take them apart."""
    actor, choice = current_actor(), _choice()
    with reading() as session:
        shown = _shown(session, actor, choice.sets)
        reach = actor.reach(WarehouseRight.ASSEMBLE_KITS)
        offered = [] if shown else list_packed_lots(session, reach, most=_MOST_OFFERED)
        form, asks_why = _form(shown), asks_late_reason(session, actor)
    done = form.accepts(lambda: _take_apart(form, shown)) if form is not None and shown is not None else None
    if done is None:
        return page(shown=shown, asked=choice.form, form=form, offered=offered, asks_why=asks_why)
    told(text("%(n)s sets are taken apart.", n=format_number(done.packs)))
    return redirect_to("warehouses.show_assembly", assembly_id=done.id)


def _choice() -> _Choice:
    form = SetsForm(request.args)
    whole = bool(form.packs.raw_data) and form.validate() and 0 < form.packs.data <= MOST_SETS
    return _Choice(form, form.packs.data if whole else None)


def _shown(session: Session, actor: Actor, sets: int | None) -> ShownSets | None:
    """Return what the address names, or None while it names no lot."""
    lot_id, place_id = number_argument("lot"), number_argument("place")
    if lot_id is None or place_id is None:
        return None
    place = get_place(session, place_id, actor.reach(WarehouseRight.ASSEMBLE_KITS))
    lot = get_lot(session, lot_id, actor.reach(WarehouseRight.READ_STOCK))
    inside = inside_of(session, lot)
    return ShownSets(place, lot, inside, {str(one.lot.lot_id): one for one in inside.lots}, sets)


def _form(shown: ShownSets | None) -> TakingApartForm | None:
    if shown is None or shown.sets is None:
        refuse_fields_not_taken()
        return None
    lots = [one.lot.lot_id for one in sorted(shown.inside.lots, key=lambda one: (one.lot.item, one.lot.code))]
    return TakingApartForm(data={"lines": lines_of(lots, proposed_return(shown.inside, shown.sets))})


def _take_apart(form: TakingApartForm, shown: ShownSets) -> Assembly:
    wish = NewTakingApart(
        place_id=shown.place.id,
        lot_id=shown.lot.id,
        sets=shown.sets or 0,
        picks=form.picks(),
        taken_apart_at=form.happened_at.data,
        late_reason=form.late_reason.data or "",
    )
    with transaction() as session:
        return take_apart(session, wish, actor=current_actor(), at=now(), key=form_key(form))
