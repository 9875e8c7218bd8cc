"""Table of assemblies: sets packed from components, and sets taken apart."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model
from core.quarters import Quarter
from warehouses.models.lots import Lot
from warehouses.models.places import Place


class Assembly(Model):
    """So many sets of one lot packed at a place, or taken apart there; its movements say of which lots. Never changed.

    `id` is the key of whoever acted. A mistake is corrected by the opposite act.
    """

    __tablename__ = "assembly"
    __table_args__ = (
        CheckConstraint("kind IN ('assemble', 'take_apart')", name="kind"),
        CheckConstraint("packs > 0", name="packs"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    kit_lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    kit_version_id: Mapped[int] = mapped_column(ForeignKey("kit_version.id"))
    quarter: Mapped[Quarter]
    packs: Mapped[int]
    assembled_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    place: Mapped[Place] = relationship(lazy="joined", innerjoin=True)
    kit_lot: Mapped[Lot] = relationship(lazy="joined", innerjoin=True)
