"""Tables of cartons and of printed labels."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model
from warehouses.models.lots import Lot


class CartonSeries(Model):
    """The next serial number of cartons under a company prefix (GS1): two prints never share a number."""

    __tablename__ = "carton_series"
    __table_args__ = (CheckConstraint("next_serial >= 0", name="next_serial"),)

    prefix: Mapped[str] = mapped_column(String(12), primary_key=True)
    next_serial: Mapped[int]


class Carton(Model):
    """A carton or pallet with so many packs of one lot, known by its SSCC (GS1, 18 digits). Never changed."""

    __tablename__ = "carton"
    __table_args__ = (CheckConstraint("packs > 0", name="packs"), Index("ix_carton_lot_id", "lot_id"))

    sscc: Mapped[str] = mapped_column(String(18), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    packs: Mapped[int]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    lot: Mapped[Lot] = relationship(lazy="joined", innerjoin=True)


class LabelPrint(Model):
    """A print of labels: what, on which template, how many. A second print of the same is seen by it. Never changed."""

    __tablename__ = "label_print"
    __table_args__ = (
        CheckConstraint("copies > 0", name="copies"),
        Index("ix_label_print_lot_id", "lot_id", "at"),
        Index("ix_label_print_actor_id", "actor_id", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    kind: Mapped[str] = mapped_column(String(6))
    template: Mapped[str] = mapped_column(String(20))
    code_kind: Mapped[str] = mapped_column(String(10))
    copies: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
