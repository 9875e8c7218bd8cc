"""Tables of items: what can be stocked, its trade numbers and what is in it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model, Named


class Item(Named, Model):
    """What can be stocked, counted in whole packs: a component or a packed kit. Money is in tiyn (1/100 tenge).

    An item is never deleted: it is retired, and may name the item that replaces it. A size is an item of its own that
    names the item it is a variant of. `revision` grows with every change, so that nobody overwrites another's unseen.
    `pack_grams` is the net mass of a pack, by which nutrients are reckoned; None where nobody knows it.
    """

    __tablename__ = "item"
    __table_args__ = (
        CheckConstraint("kind IN ('component', 'packed_kit')", name="kind"),
        CheckConstraint("pack_net > 0", name="pack_net"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    pack_net: Mapped[int]
    pack_unit: Mapped[str] = mapped_column(String(4))
    pack_grams: Mapped[int | None]
    shelf_life_days: Mapped[int | None]
    storage_min_c: Mapped[int | None]
    storage_max_c: Mapped[int | None]
    allergens: Mapped[str] = mapped_column(String(300), default="")
    may_contain: Mapped[str] = mapped_column(String(300), default="")
    nutrient_source: Mapped[str] = mapped_column(String(300), default="", server_default="")
    hs_code: Mapped[str] = mapped_column(String(40), default="")
    reference_price_tiyn: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    variant_of_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    variant: Mapped[str] = mapped_column(String(40), default="", server_default="")
    retired_at: Mapped[datetime | None]
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    gtins: Mapped[list["ItemGtin"]] = relationship(lazy="raise", order_by="ItemGtin.gtin")
    nutrients: Mapped[list["ItemNutrient"]] = relationship(lazy="raise", order_by="ItemNutrient.nutrient")
    variants: Mapped[list["Item"]] = relationship(
        lazy="raise", order_by="Item.variant", foreign_keys="Item.variant_of_id", viewonly=True
    )
    base: Mapped["Item | None"] = relationship(
        lazy="raise", foreign_keys="Item.variant_of_id", remote_side="Item.id", viewonly=True
    )
    replaced_by: Mapped["Item | None"] = relationship(
        lazy="raise", foreign_keys="Item.replaced_by_id", remote_side="Item.id", viewonly=True
    )


class ItemGtin(Model):
    """A trade number printed on a pack of an item; an item may have several."""

    __tablename__ = "item_gtin"

    gtin: Mapped[str] = mapped_column(String(14), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)


class ItemNutrient(Model):
    """How much of a nutrient 100 g of an item hold, in thousandths of the nutrient's unit. No row means unknown."""

    __tablename__ = "item_nutrient"
    __table_args__ = (CheckConstraint("milli >= 0", name="milli"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    nutrient: Mapped[str] = mapped_column(String(12), primary_key=True)
    milli: Mapped[int]
