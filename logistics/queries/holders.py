"""What logistics knows of who has packs of a lot: transfers on the road, and the suppliers who delivered it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Integer, Select, cast, func, select, union_all
from sqlalchemy.orm import Session

from core.actors import Actor
from core.i18n import Text, name_of, text
from logistics.models import Delivery, Transfer
from logistics.permissions import LogisticsRight
from logistics.queries.transfers import transfer_condition
from logistics.values import DELIVERY, TRANSFER
from warehouses.models import Place, StockMovement
from warehouses.permissions import WarehouseRight
from warehouses.queries import at_place_condition
from warehouses.values import PlaceKind
from warehouses.values.recalls import HolderPage, LotHolder

Carried = Sequence[tuple[UUID, int, int]]
"""Document, lot, packs."""


class TransfersOfLots:
    """Transfers that left and did not arrive in full: what is in transit of the lots, by transfer."""

    @property
    def name(self) -> Text:
        """What they are called."""
        return text("Transfers on the road")

    def count(self, session: Session, lot_ids: Collection[int], actor: Actor) -> int:
        """Return how many transfers from or to places whose stock the actor reads carry some of the lots."""
        carried = _on_the_road(session, lot_ids)
        within = transfer_condition(actor.reach(WarehouseRight.READ_STOCK))
        found = select(func.count()).where(Transfer.id.in_({one[0] for one in carried}), within)
        return session.scalar(found) or 0

    def may_list(self, actor: Actor) -> bool:
        """Say whether the actor reads transfers."""
        return actor.may(LogisticsRight.READ_TRANSFERS)

    def find(self, session: Session, lot_ids: Collection[int], actor: Actor, *, start: int, size: int) -> HolderPage:
        """Return transfers within the actor's reach, the latest sent first."""
        carried = _on_the_road(session, lot_ids)
        within = transfer_condition(actor.reach(LogisticsRight.READ_TRANSFERS))
        transfers = session.scalars(
            select(Transfer)
            .where(Transfer.id.in_({one[0] for one in carried}), within)
            .order_by(Transfer.dispatched_at.desc(), Transfer.number)
        ).all()
        packs = {(document, lot): quantity for document, lot, quantity in carried}
        rows = [
            LotHolder(
                name=one.number,
                detail=f"{name_of(one.from_place)} → {name_of(one.to_place)}",
                lot_id=lot,
                packs=quantity,
                endpoint="logistics.show_transfer",
                arguments={"key": str(one.id)},
            )
            for one in transfers
            for (document, lot), quantity in sorted(packs.items(), key=lambda pair: pair[0][1])
            if document == one.id
        ]
        return HolderPage(tuple(rows[start : start + size]), len(rows))


class DeliveriesOfLots:
    """Deliveries that brought the lots: from which supplier, to which place."""

    @property
    def name(self) -> Text:
        """What they are called."""
        return text("Deliveries of suppliers")

    def count(self, session: Session, lot_ids: Collection[int], actor: Actor) -> int:
        """Return how many deliveries to places whose stock the actor reads brought some of the lots."""
        brought = session.execute(_brought(lot_ids)).all()
        within = at_place_condition(actor.reach(WarehouseRight.READ_STOCK), Delivery.place_id)
        found = select(func.count()).where(Delivery.id.in_(_documents([row[0] for row in brought])), within)
        return session.scalar(found) or 0

    def may_list(self, actor: Actor) -> bool:
        """Say whether the actor reads stock, and so the deliveries to its places."""
        return actor.may(WarehouseRight.READ_STOCK)

    def find(self, session: Session, lot_ids: Collection[int], actor: Actor, *, start: int, size: int) -> HolderPage:
        """Return deliveries within the actor's reach, the latest first."""
        brought = session.execute(_brought(lot_ids)).all()
        within = at_place_condition(actor.reach(WarehouseRight.READ_STOCK), Delivery.place_id)
        deliveries = session.scalars(
            select(Delivery)
            .where(Delivery.id.in_(_documents([row[0] for row in brought])), within)
            .order_by(Delivery.received_at.desc(), Delivery.number)
        ).all()
        rows = [
            LotHolder(
                name=name_of(one.supplier),
                detail=f"{one.number} → {name_of(one.place)}",
                lot_id=lot,
                packs=packs,
                endpoint="logistics.show_delivery",
                arguments={"key": str(one.id)},
            )
            for one in deliveries
            for document, lot, packs in brought
            if document == str(one.id)
        ]
        return HolderPage(tuple(rows[start : start + size]), len(rows))


def _on_the_road(session: Session, lot_ids: Collection[int]) -> Carried:
    """Return what transfers have in transit of the lots: what they sent there less what they took from there."""
    transit = select(Place.id).where(Place.kind == PlaceKind.IN_TRANSIT).scalar_subquery()
    of_lots = (StockMovement.lot_id.in_(lot_ids), StockMovement.document_kind == TRANSFER)
    columns = (StockMovement.document_id.label("document_id"), StockMovement.lot_id.label("lot_id"))
    lines = union_all(
        select(*columns, StockMovement.quantity.label("packs")).where(*of_lots, StockMovement.to_place_id == transit),
        select(*columns, -StockMovement.quantity).where(*of_lots, StockMovement.from_place_id == transit),
    ).subquery("line")
    packs = func.sum(lines.c.packs)
    rows = session.execute(
        select(lines.c.document_id, lines.c.lot_id, cast(packs, Integer))
        .group_by(lines.c.document_id, lines.c.lot_id)
        .having(packs > 0)
    )
    return [(key, lot, quantity) for document, lot, quantity in rows for key in _documents([document])]


def _brought(lot_ids: Collection[int]) -> Select[str, int, int]:
    """Return the statement of the packs that each delivery brought of each lot, reversals taken off."""
    outside = select(Place.id).where(Place.is_inside.is_(False))
    of_lots = (StockMovement.lot_id.in_(lot_ids), StockMovement.document_kind == DELIVERY)
    columns = (StockMovement.document_id.label("document_id"), StockMovement.lot_id.label("lot_id"))
    lines = union_all(
        select(*columns, StockMovement.quantity.label("packs")).where(
            *of_lots, StockMovement.from_place_id.in_(outside)
        ),
        select(*columns, -StockMovement.quantity).where(*of_lots, StockMovement.to_place_id.in_(outside)),
    ).subquery("line")
    packs = func.sum(lines.c.packs)
    return (
        select(lines.c.document_id, lines.c.lot_id, cast(packs, Integer))
        .group_by(lines.c.document_id, lines.c.lot_id)
        .having(packs > 0)
        .order_by(lines.c.lot_id)
    )


def _documents(written: Collection[str]) -> set[UUID]:
    """Return the ids of documents; what a journal of another system names is no document of ours."""
    found: set[UUID] = set()
    for one in written:
        try:
            found.add(UUID(one))
        except ValueError:
            continue
    return found
