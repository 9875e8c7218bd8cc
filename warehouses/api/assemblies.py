"""Packing sets and taking them apart, for programs."""

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog.errors import KitUnknown, NoVersionInForce
from core.clock import now
from core.paging import RowUnknown, page_after
from core.web.api.answers import answer_page, answer_with
from core.web.api.once import act_key, answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from warehouses.api.blueprint import blueprint
from warehouses.errors import LotExpired, LotHeld, LotUnknown, PeriodClosed, PlaceUnknown, StockReserved, StockShort
from warehouses.errors.assemblies import (
    AssemblyMalformed,
    AssemblyUnknown,
    ComponentsShort,
    CompositionWrong,
    ContentUnknown,
    LotCodeTaken,
)
from warehouses.errors.corrections import LateReasonMissing
from warehouses.models import Assembly
from warehouses.permissions import WarehouseRight
from warehouses.queries.assemblies import assemblies_statement, get_assembly, list_assembly_lots
from warehouses.queries.pages import find_place_id
from warehouses.queries.places import get_place_by_code
from warehouses.schemas.assemblies import (
    AssembliesAsked,
    AssemblyPage,
    AssemblySent,
    AssemblyTold,
    TakingApartSent,
    told_of,
)
from warehouses.services.assemblies import assemble_kits
from warehouses.services.taking_apart import take_apart_kits

_KEY = {"key": "Key of an act"}
_REFUSALS = (
    PlaceUnknown,
    LotUnknown,
    AssemblyMalformed,
    CompositionWrong,
    LotExpired,
    LotHeld,
    StockShort,
    PeriodClosed,
    LateReasonMissing,
)


@blueprint.get("/assemblies")
@guarded(WarehouseRight.READ_STOCK)
@operation(
    Operation(
        "List sets packed and taken apart, the oldest first",
        AssemblyPage,
        arguments=AssembliesAsked,
        refusals=(PlaceUnknown, RowUnknown),
        is_paged=True,
        tells_state=True,
    )
)
def list_assemblies(asked: AssembliesAsked) -> ResponseReturnValue:
    """List the acts at places within reach, page by page."""
    reach = current_actor().reach(WarehouseRight.READ_STOCK)
    with reading() as session:
        place_id = find_place_id(session, asked.place, reach)
        statement = assemblies_statement(reach, kind=asked.kind, place_id=place_id)
        order = (Assembly.recorded_at, Assembly.id)
        found, following = page_after(session, statement, order, after=asked.after, limit=asked.limit)
        shown = [told_of(row[0]) for row in found]
    page = AssemblyPage(assemblies=shown, next=following)
    return answer_page(page, "warehouses_api.list_assemblies", asked, following)


@blueprint.get("/assemblies/<uuid:key>")
@guarded(WarehouseRight.READ_STOCK)
@operation(Operation("Read of sets packed or taken apart", AssemblyTold, address=_KEY, refusals=(AssemblyUnknown,)))
def show_assembly(key: uuid.UUID) -> ResponseReturnValue:
    """Tell of an act with the lots inside the sets."""
    with reading() as session:
        return answer_with(_told(session, key))


@blueprint.post("/assemblies")
@guarded(WarehouseRight.ASSEMBLE_KITS)
@operation(
    Operation(
        "Pack sets from component lots",
        AssemblyTold,
        status=201,
        body=AssemblySent,
        refusals=(*_REFUSALS, KitUnknown, NoVersionInForce, ComponentsShort, LotCodeTaken, StockReserved),
        acts_once=True,
    )
)
def create_assembly(sent: AssemblySent) -> ResponseReturnValue:
    """Pack sets; everything that is missing is told at once."""
    with transaction() as session:
        wish = sent.wish(get_place_by_code(session, sent.place).id)
        act = assemble_kits(session, wish, actor=current_actor(), at=now(), key=act_key())
        address = url_for("warehouses_api.show_assembly", key=act.id)
        return answer_act(session, _told(session, act.id), at=address)


@blueprint.post("/assemblies/take-apart")
@guarded(WarehouseRight.ASSEMBLE_KITS)
@operation(
    Operation(
        "Take sets apart",
        AssemblyTold,
        status=201,
        body=TakingApartSent,
        refusals=(*_REFUSALS, ContentUnknown, StockReserved),
        acts_once=True,
    )
)
def take_apart(sent: TakingApartSent) -> ResponseReturnValue:
    """Take sets apart; their components come back."""
    with transaction() as session:
        wish = sent.wish(get_place_by_code(session, sent.place).id)
        act = take_apart_kits(session, wish, actor=current_actor(), at=now(), key=act_key())
        address = url_for("warehouses_api.show_assembly", key=act.id)
        return answer_act(session, _told(session, act.id), at=address)


def _told(session: Session, key: uuid.UUID) -> AssemblyTold:
    act = get_assembly(session, key, current_actor().reach(WarehouseRight.READ_STOCK))
    return told_of(act, list_assembly_lots(session, act))
