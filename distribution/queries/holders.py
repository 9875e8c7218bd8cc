"""What distribution knows of who has packs of a lot: the families that were given some."""

from collections.abc import Collection

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.i18n import Text, name_of, text
from distribution.models import Family, HandOver, HandOverLine
from distribution.permissions import DistributionRight
from distribution.rules.vouchers import masked_name
from territory.queries import district_condition
from warehouses.models import Place, StockMovement
from warehouses.permissions import WarehouseRight
from warehouses.queries import at_place_condition
from warehouses.values.recalls import HolderPage, LotHolder


class FamiliesOfLots:
    """Families that were given packs of the lots, and did not give them back."""

    @property
    def name(self) -> Text:
        """What they are called."""
        return text("Families")

    def count(self, session: Session, lot_ids: Collection[int], actor: Actor) -> int:
        """Return how many families were given some at the points whose stock the actor reads; never who they are."""
        within = at_place_condition(actor.reach(WarehouseRight.READ_STOCK), HandOver.point_id)
        given = _given(lot_ids).where(within).with_only_columns(func.count(HandOver.family_id.distinct()))
        return session.scalar(given) or 0

    def may_list(self, actor: Actor) -> bool:
        """Say whether the actor reads families."""
        return actor.may(DistributionRight.READ_FAMILIES)

    def find(self, session: Session, lot_ids: Collection[int], actor: Actor, *, start: int, size: int) -> HolderPage:
        """Return the families of the actor's territory, by point and name; names in full as in the list of families."""
        within = district_condition(actor.reach(DistributionRight.READ_FAMILIES), Family.district_id)
        packs = func.count().label("packs")
        columns = (Family.id, Family.guardian_name, Family.settlement, Place.id, StockMovement.lot_id)
        grouped = (
            _given(lot_ids)
            .join(Family, Family.id == HandOver.family_id)
            .join(Place, Place.id == HandOver.point_id)
            .where(within)
            .with_only_columns(*columns, packs)
            .group_by(*columns, Family.guardian_sort, Place.sort_kk)
        )
        total = session.scalar(select(func.count()).select_from(grouped.subquery())) or 0
        order = (Place.sort_kk, Place.id, Family.guardian_sort, Family.id, StockMovement.lot_id)
        rows = session.execute(grouped.order_by(*order).limit(size).offset(start)).all()
        points = {
            place.id: name_of(place)
            for place in session.scalars(select(Place).where(Place.id.in_({row[3] for row in rows})))
        }
        in_full = actor.may(DistributionRight.IMPORT_REGISTRY)
        return HolderPage(
            tuple(
                LotHolder(
                    name=name if in_full else masked_name(name),
                    detail=f"{settlement} · {points[point]}" if settlement else points[point],
                    lot_id=lot,
                    packs=quantity,
                    endpoint="distribution.show_family",
                    arguments={"family_id": family},
                )
                for family, name, settlement, point, lot, quantity in rows
            ),
            total,
        )


def _given(lot_ids: Collection[int]) -> Select[int]:
    """Return the statement of what stands given of the lots; it begins at the movements of the lots."""
    return (
        select(HandOver.family_id)
        .select_from(StockMovement)
        .join(HandOverLine, HandOverLine.movement_id == StockMovement.id)
        .join(HandOver, HandOver.id == HandOverLine.hand_over_id)
        .where(StockMovement.lot_id.in_(lot_ids), HandOverLine.reversed_at.is_(None))
    )
