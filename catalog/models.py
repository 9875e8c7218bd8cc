"""Tables of items, kit kinds and versions of kit standards."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model, Named
from core.quarters import Quarter


class Item(Named, Model):
    """What can be stocked, counted in whole packs: a component or a packed kit. Money is in tiyn (1/100 tenge)."""

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
    shelf_life_days: Mapped[int | None]
    storage_min_c: Mapped[int | None]
    storage_max_c: Mapped[int | None]
    allergens: Mapped[str] = mapped_column(String(300), default="")
    may_contain: Mapped[str] = mapped_column(String(300), default="")
    hs_code: Mapped[str] = mapped_column(String(40), default="")
    reference_price_tiyn: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(500), default="")

    gtins: Mapped[list["ItemGtin"]] = relationship(lazy="raise", order_by="ItemGtin.gtin")


class ItemGtin(Model):
    """A trade number printed on a pack of an item; an item may have several."""

    __tablename__ = "item_gtin"

    gtin: Mapped[str] = mapped_column(String(14), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)


class KitKind(Named, Model):
    """A kind of set: for which ages, how often, and its bit in a voucher. Ages are in months, the upper one exclusive.

    Kinds of one `group` are alternatives by age (F13 and F36 are food). Everything that knows "1 to 6" stands here.
    """

    __tablename__ = "kit_kind"
    __table_args__ = (
        CheckConstraint("age_from_months >= 0 AND age_to_months > age_from_months", name="ages"),
        CheckConstraint("interval_quarters > 0", name="interval"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    group: Mapped[str] = mapped_column("kit_group", String(20))
    age_from_months: Mapped[int]
    age_to_months: Mapped[int]
    interval_quarters: Mapped[int] = mapped_column(default=1)
    voucher_bit: Mapped[int] = mapped_column(unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), unique=True)

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)


class KitVersion(Model):
    """A numbered version of a kit's standard. Once approved, the database refuses to change it or its lines."""

    __tablename__ = "kit_version"
    __table_args__ = (
        UniqueConstraint("kit_kind_id", "number"),
        CheckConstraint("status IN ('draft', 'approved')", name="status"),
        CheckConstraint("(status = 'approved') = (approved_at IS NOT NULL)", name="approved"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> drafted_by_id", name="second_person"),
        Index(
            "uq_kit_version_effective",
            "kit_kind_id",
            "effective_from",
            unique=True,
            sqlite_where=text("status = 'approved'"),
            postgresql_where=text("status = 'approved'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kit_kind_id: Mapped[int] = mapped_column(ForeignKey("kit_kind.id"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    effective_from: Mapped[Quarter]
    legal_document_kk: Mapped[str] = mapped_column(String(300))
    legal_document_ru: Mapped[str] = mapped_column(String(300))
    legal_document_en: Mapped[str] = mapped_column(String(300))
    legal_number: Mapped[str] = mapped_column(String(40))
    legal_on: Mapped[date]
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]

    kit_kind: Mapped[KitKind] = relationship(lazy="joined", innerjoin=True)
    lines: Mapped[list["KitLine"]] = relationship(lazy="raise", order_by="KitLine.position")


class KitLine(Model):
    """One line of a version: so many packs of an item."""

    __tablename__ = "kit_line"
    __table_args__ = (
        CheckConstraint("packs > 0", name="packs"),
        UniqueConstraint("version_id", "item_id"),
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("kit_version.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    packs: Mapped[int]

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)
