"""Tables of bins: where inside a warehouse the packs lie."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model


class Bin(Model):
    """A shelf, pallet place or corner of a warehouse under a short code, as it is written on it."""

    __tablename__ = "bin"
    __table_args__ = (UniqueConstraint("place_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    code: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(100), default="", server_default="")
    is_open: Mapped[bool] = mapped_column(default=True, server_default=true())


class BinContent(Model):
    """So many packs of a lot lie in a bin. Says where, not how many there are: that is the ledger's.

    Over all bins of a place it is never more than the balance; what is not here was not put away yet.
    """

    __tablename__ = "bin_content"
    __table_args__ = (
        CheckConstraint("packs > 0", name="packs"),
        Index("ix_bin_content_place_id_lot_id", "place_id", "lot_id"),
        Index("ix_bin_content_lot_id", "lot_id"),
    )

    bin_id: Mapped[int] = mapped_column(ForeignKey("bin.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    packs: Mapped[int]
