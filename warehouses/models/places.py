"""Tables of places and of the settlements that points serve."""

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model, Named


class Place(Named, Model):
    """Where goods can be: a warehouse, a point, in transit, or a place outside (supplier, families, loss …)."""

    __tablename__ = "place"
    __table_args__ = (Index("ix_place_district_id_kind", "district_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    is_inside: Mapped[bool]
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    is_main: Mapped[bool] = mapped_column(default=False)
    is_open: Mapped[bool] = mapped_column(default=True)
    address_kk: Mapped[str] = mapped_column(String(300), default="")
    address_ru: Mapped[str] = mapped_column(String(300), default="")
    address_en: Mapped[str] = mapped_column(String(300), default="")
    hours: Mapped[str] = mapped_column(String(100), default="")
    hand_out_days: Mapped[str] = mapped_column(String(40), default="")
    """Days of the week, 1 = Monday, as `1,3,5`; empty = every working day."""
    uses_bins: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it has bins, so that the ledger takes from them what leaves."""
    capacity_packs: Mapped[int | None]
    """How many packs there is room for; None = nobody said."""


class PlaceSettlement(Model):
    """A settlement that a distribution point serves; `settlement` is folded for matching."""

    __tablename__ = "place_settlement"

    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), primary_key=True)
    settlement: Mapped[str] = mapped_column(String(200), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
