"""Counts for programs: open, tally, hand in, count again, explain, close by a second person."""

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog.errors import ItemUnknown
from catalog.queries.items import list_item_ids
from core.clock import now
from core.paging import RowUnknown, page_after
from core.web.api.answers import answer_page, answer_with
from core.web.api.once import act_key, answer_act
from core.web.api.operations import Operation, operation
from core.web.guards import current_actor, guarded
from core.web.session import reading, transaction
from warehouses.api.blueprint import blueprint
from warehouses.errors import LateMovementRefused, LotDiffers, PeriodClosed, PlaceUnknown
from warehouses.errors.corrections import LateReasonMissing
from warehouses.errors.counts import (
    CountAgainstReservation,
    CountLineSettled,
    CountLineUnknown,
    CountMalformed,
    CountNotOpen,
    CountNotSubmitted,
    CountOvertaken,
    CountsOverlap,
    CountUnknown,
    DifferenceUnexplained,
    LinesNotCounted,
    SamePerson,
    TallyKeyReused,
)
from warehouses.models import StockCount
from warehouses.permissions import WarehouseRight
from warehouses.queries.count_lines import in_walking_order, lines_statement
from warehouses.queries.counts import counts_statement, get_count
from warehouses.queries.pages import find_place_id
from warehouses.queries.places import get_place_by_code
from warehouses.schemas.counts import (
    CancellationSent,
    ClosingSent,
    CountPage,
    CountsAsked,
    CountTold,
    ExplanationsSent,
    FoundLotSent,
    NewCountSent,
    RecountSent,
    SubmissionSent,
    TalliesSent,
    told_of,
)
from warehouses.services.count_closing import close_count
from warehouses.services.counts import ask_recount, cancel_count, explain_differences, open_count, submit_count
from warehouses.services.tallies import add_found_lot, tally
from warehouses.values.counts import FoundLot, NewCount

_KEY = {"key": "Key of a count"}


@blueprint.get("/counts")
@guarded(WarehouseRight.READ_STOCK)
@operation(
    Operation(
        "List counts, the oldest first",
        CountPage,
        arguments=CountsAsked,
        refusals=(PlaceUnknown, RowUnknown),
        is_paged=True,
        tells_state=True,
    )
)
def list_counts(asked: CountsAsked) -> ResponseReturnValue:
    """List the counts at places within reach, page by page."""
    reach = current_actor().reach(WarehouseRight.READ_STOCK)
    with reading() as session:
        statement = counts_statement(reach, status=asked.status, place_id=find_place_id(session, asked.place, reach))
        order = (StockCount.opened_at, StockCount.id)
        found, following = page_after(session, statement, order, after=asked.after, limit=asked.limit)
        shown = [told_of(row[0]) for row in found]
    return answer_page(CountPage(counts=shown, next=following), "warehouses_api.list_counts", asked, following)


@blueprint.get("/counts/<uuid:key>")
@guarded(WarehouseRight.READ_STOCK)
@operation(Operation("Read a count with its lines", CountTold, address=_KEY, refusals=(CountUnknown,)))
def show_count(key: uuid.UUID) -> ResponseReturnValue:
    """Tell of a count with its lines in the order of the way."""
    with reading() as session:
        return answer_with(_told(session, key))


@blueprint.post("/counts")
@guarded(WarehouseRight.COUNT_STOCK, WarehouseRight.CLOSE_COUNTS)
@operation(
    Operation(
        "Open a count",
        CountTold,
        status=201,
        body=NewCountSent,
        refusals=(PlaceUnknown, ItemUnknown, CountMalformed, CountsOverlap),
        acts_once=True,
    )
)
def create_count(sent: NewCountSent) -> ResponseReturnValue:
    """Open a count of a place."""
    with transaction() as session:
        place = get_place_by_code(session, sent.place)
        items = tuple(list_item_ids(session, sent.items).values())
        wish = NewCount(act_key(), place.id, items, is_blind=sent.is_blind, note=sent.note)
        count = open_count(session, wish, actor=current_actor(), at=now())
        address = url_for("warehouses_api.show_count", key=count.id)
        return answer_act(session, _told(session, count.id), at=address)


@blueprint.post("/counts/<uuid:key>/tallies")
@guarded(WarehouseRight.COUNT_STOCK)
@operation(
    Operation(
        "Enter what was counted",
        CountTold,
        body=TalliesSent,
        address=_KEY,
        refusals=(CountUnknown, CountNotOpen, CountLineUnknown, CountLineSettled, CountMalformed, TallyKeyReused),
        acts_once=True,
    )
)
def enter_tallies(key: uuid.UUID, sent: TalliesSent) -> ResponseReturnValue:
    """Enter what was counted of some lots."""
    with transaction() as session:
        tally(session, _count(session, key), sent.entries(), actor=current_actor(), at=now())
        return answer_act(session, _told(session, key))


@blueprint.post("/counts/<uuid:key>/found-lots")
@guarded(WarehouseRight.COUNT_STOCK)
@operation(
    Operation(
        "Add a lot that was found",
        CountTold,
        body=FoundLotSent,
        address=_KEY,
        refusals=(CountUnknown, CountNotOpen, CountMalformed, ItemUnknown, LotDiffers),
        acts_once=True,
    )
)
def enter_found_lot(key: uuid.UUID, sent: FoundLotSent) -> ResponseReturnValue:
    """Add a lot that was found where none was expected, as a line to be counted."""
    with transaction() as session:
        found = FoundLot(list_item_ids(session, [sent.item])[sent.item], sent.code, sent.expires_on)
        add_found_lot(session, _count(session, key), found, actor=current_actor(), at=now())
        return answer_act(session, _told(session, key))


@blueprint.post("/counts/<uuid:key>/submit")
@guarded(WarehouseRight.COUNT_STOCK)
@operation(
    Operation(
        "Hand a count in",
        CountTold,
        body=SubmissionSent,
        address=_KEY,
        refusals=(CountUnknown, CountNotOpen, CountMalformed, LinesNotCounted),
        acts_once=True,
    )
)
def submit_stock_count(key: uuid.UUID, sent: SubmissionSent) -> ResponseReturnValue:
    """Hand a count in; another person closes it."""
    with transaction() as session:
        count = _count(session, key)
        submit_count(session, count, rest_is_zero=sent.rest_is_zero, actor=current_actor(), at=now())
        return answer_act(session, _told(session, key))


@blueprint.post("/counts/<uuid:key>/recount")
@guarded(WarehouseRight.CLOSE_COUNTS)
@operation(
    Operation(
        "Ask that lots be counted again",
        CountTold,
        body=RecountSent,
        address=_KEY,
        refusals=(CountUnknown, CountNotSubmitted, CountLineUnknown),
        acts_once=True,
    )
)
def recount_lots(key: uuid.UUID, sent: RecountSent) -> ResponseReturnValue:
    """Open the count again for some lots."""
    with transaction() as session:
        ask_recount(session, _count(session, key), lot_ids=sent.lots, actor=current_actor(), at=now())
        return answer_act(session, _told(session, key))


@blueprint.post("/counts/<uuid:key>/explanations")
@guarded(WarehouseRight.COUNT_STOCK, WarehouseRight.CLOSE_COUNTS)
@operation(
    Operation(
        "Explain differences",
        CountTold,
        body=ExplanationsSent,
        address=_KEY,
        refusals=(CountUnknown, CountNotSubmitted, CountLineUnknown, CountMalformed),
        acts_once=True,
    )
)
def explain_count(key: uuid.UUID, sent: ExplanationsSent) -> ResponseReturnValue:
    """Give the differences their reasons."""
    with transaction() as session:
        explain_differences(session, _count(session, key), sent.values(), actor=current_actor(), at=now())
        return answer_act(session, _told(session, key))


@blueprint.post("/counts/<uuid:key>/close")
@guarded(WarehouseRight.CLOSE_COUNTS)
@operation(
    Operation(
        "Close a count, as a person who did not count",
        CountTold,
        body=ClosingSent,
        address=_KEY,
        refusals=(
            CountUnknown,
            CountNotSubmitted,
            DifferenceUnexplained,
            SamePerson,
            CountAgainstReservation,
            CountOvertaken,
            LateMovementRefused,
            PeriodClosed,
            LateReasonMissing,
        ),
        acts_once=True,
    )
)
def close_stock_count(key: uuid.UUID, sent: ClosingSent) -> ResponseReturnValue:
    """Close a count: its differences become movements."""
    with transaction() as session:
        count = _count(session, key)
        close_count(session, count, actor=current_actor(), at=now(), late_reason=sent.late_reason)
        return answer_act(session, _told(session, key))


@blueprint.post("/counts/<uuid:key>/cancel")
@guarded(WarehouseRight.COUNT_STOCK, WarehouseRight.CLOSE_COUNTS)
@operation(
    Operation(
        "Cancel a count",
        CountTold,
        body=CancellationSent,
        address=_KEY,
        refusals=(CountUnknown, CountNotOpen, CountMalformed),
        acts_once=True,
    )
)
def cancel_stock_count(key: uuid.UUID, sent: CancellationSent) -> ResponseReturnValue:
    """Cancel a count; nothing of it counts."""
    with transaction() as session:
        cancel_count(session, _count(session, key), reason=sent.reason, actor=current_actor(), at=now())
        return answer_act(session, _told(session, key))


def _count(session: Session, key: uuid.UUID) -> StockCount:
    return get_count(session, key, current_actor().reach(WarehouseRight.READ_STOCK))


def _told(session: Session, key: uuid.UUID) -> CountTold:
    count = _count(session, key)
    return told_of(count, session.execute(in_walking_order(lines_statement(count))).all())
