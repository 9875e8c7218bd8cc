"""Packing sets: asking what, showing the plan with every lack, packing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import Form as PlainForm

from catalog.queries.kits import get_kit, list_kits
from catalog.queries.sizes import list_sizes
from core.actors import Actor
from core.clock import now, today
from core.errors import Problem
from core.i18n import format_number, format_quarter, name_of, text
from core.quarters import Quarter
from core.web.fields import refuse_fields_not_taken
from core.web.forms import form_key
from core.web.guards import current_actor, guarded
from core.web.lists import UnknownListArgument
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from warehouses.forms.assemblies import AssemblyForm, AssemblyPlanForm, lines_of, substitutes_form
from warehouses.models import Assembly
from warehouses.permissions import WarehouseRight
from warehouses.queries import get_place, list_stores
from warehouses.queries.policies import asks_late_reason
from warehouses.rules.assemblies import proposed_uses
from warehouses.rules.assembly_lacks import withheld_words
from warehouses.services.assemblies import assemble_kits as pack, item_of_set, plan_kits, proposed_code
from warehouses.values.assemblies import AssemblyPlan, ComponentLot, NewAssembly, SetContent
from warehouses.views.frame import blueprint

_QUARTERS_BEHIND, _QUARTERS = 1, 6
_USE = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A plan as the page shows it; `help_href` leads to the same plan filled up with substitutes, where that helps."""

    place_id: int
    kit_code: str
    size: str
    quarter: Quarter
    uses: Mapping[int, int]
    content: SetContent
    plan: AssemblyPlan
    lots: Mapping[str, ComponentLot]
    code: str
    substitutes: PlainForm
    help_href: str | None


@blueprint.route("/assemblies/new", methods=["GET", "POST"])
@guarded(WarehouseRight.ASSEMBLE_KITS)
def assemble_kits() -> ResponseReturnValue:
    """Ask what to pack, show from which lots or all that is missing, and pack."""
    actor, at, problem, shown = current_actor(), now(), None, None
    with reading() as session:
        asked, asks_why = _asked(session, actor, today(at)), asks_late_reason(session, actor)
        if asked.packs.raw_data and asked.validate():
            try:
                shown = _shown(session, asked, actor, at)
            except UnknownListArgument:
                raise
            except Problem as refusal:
                problem = refusal.message
    form = _form(shown)
    done = form.accepts(lambda: _pack(form, shown)) if form is not None else None
    if done is None:
        return page(
            asked=asked, shown=shown, form=form, problem=problem, asks_why=asks_why, withheld_words=withheld_words
        )
    told(text("%(n)s sets are packed as lot %(lot)s.", n=format_number(done[0].packs), lot=done[1]))
    return redirect_to("warehouses.show_assembly", assembly_id=done[0].id)


def _asked(session: Session, actor: Actor, on: date) -> AssemblyPlanForm:
    """Return what the address asks for, with the places, sets and quarters that can be chosen."""
    asked = AssemblyPlanForm(request.args)
    places = list_stores(session, actor.reach(WarehouseRight.ASSEMBLE_KITS))
    asked.place.choices = [(str(place.id), name_of(place)) for place in places]
    asked.kit.choices = []
    for kit in list_kits(session):
        sizes = list_sizes(session, kit)
        if kit.is_active and sizes:
            asked.kit.choices += [(f"{kit.code}/{one.variant}", f"{name_of(kit)} · {one.variant}") for one in sizes]
        elif kit.is_active:
            asked.kit.choices.append((kit.code, name_of(kit)))
    first = Quarter.of(on).ordinal - _QUARTERS_BEHIND
    quarters = [Quarter.from_ordinal(first + step) for step in range(_QUARTERS)]
    asked.quarter.choices = [(str(quarter), format_quarter(quarter)) for quarter in quarters]
    if not request.args.get("quarter"):
        asked.quarter.data = str(Quarter.of(on))
    return asked


def _shown(session: Session, asked: AssemblyPlanForm, actor: Actor, at: datetime) -> ShownPlan:
    place = get_place(session, int(asked.place.data), actor.reach(WarehouseRight.ASSEMBLE_KITS))
    code, size = asked.kit_and_size
    kit, quarter, uses = get_kit(session, code), Quarter.parse(asked.quarter.data), _uses()
    content, plan, lots = plan_kits(
        session, place_id=place.id, kit=kit, size=size, quarter=quarter, sets=asked.packs.data, uses=uses, at=at
    )
    return ShownPlan(
        place_id=place.id,
        kit_code=code,
        size=size,
        quarter=quarter,
        uses=uses,
        content=content,
        plan=plan,
        lots={str(lot.lot_id): lot for lot in lots},
        code=proposed_code(session, item_of_set(session, kit, size), at),
        substitutes=substitutes_form(content, uses),
        help_href=_help_href(content, plan, _there_of(lots)),
    )


def _there_of(lots: Iterable[ComponentLot]) -> dict[str, int]:
    """Return the free packs of each item."""
    found: dict[str, int] = {}
    for lot in lots:
        found[lot.item] = found.get(lot.item, 0) + lot.free
    return found


def _uses() -> dict[int, int]:
    """Return how often the address wants each substitute used.

    Raises:
        UnknownListArgument: it names no number.
    """
    found = {}
    for name, times in request.args.items():
        if name.startswith("use") and times not in {"", "0"}:
            number = name.removeprefix("use")
            if not (_USE.fullmatch(number) and _USE.fullmatch(times)):
                raise UnknownListArgument(
                    text("The address names a number that cannot be. Open the list again from the menu.")
                )
            found[int(number)] = int(times)
    return found


def _help_href(content: SetContent, plan: AssemblyPlan, there: Mapping[str, int]) -> str | None:
    """Return the address of the same plan with the substitutes that are there, or None where nothing lacks."""
    if not plan.lacks:
        return None
    uses = proposed_uses(content, plan.sets, there)
    kept = {name: value for name, value in request.args.items() if not name.startswith("use")}
    more = {f"use{number}": str(times) for number, times in uses.items()}
    return f"{url_for('warehouses.assemble_kits')}?{urlencode(kept | more)}" if uses else None


def _form(shown: ShownPlan | None) -> AssemblyForm | None:
    """Return the form that packs as planned, or None where there is no plan or it lacks something."""
    if shown is None or shown.plan.lacks:
        refuse_fields_not_taken()
        return None
    taken = {pick.lot_id: pick.packs for pick in shown.plan.picks}
    lots = [lot.lot_id for one in shown.plan.items for lot in one.lots]
    return AssemblyForm(data={"lines": lines_of(lots, taken), "lot_code": shown.code})


def _pack(form: AssemblyForm, shown: ShownPlan | None) -> tuple[Assembly, str]:
    if shown is None:
        raise UnknownListArgument(text("The form has lost its key. Open the page anew."))
    wish = NewAssembly(
        place_id=shown.place_id,
        kit_code=shown.kit_code,
        size=shown.size,
        quarter=shown.quarter,
        sets=shown.plan.sets,
        lot_code=form.lot_code.data or "",
        picks=form.picks(),
        assembled_at=form.happened_at.data,
        late_reason=form.late_reason.data or "",
    )
    with transaction() as session:
        done = pack(session, wish, actor=current_actor(), at=now(), key=form_key(form))
        return done, done.kit_lot.code
