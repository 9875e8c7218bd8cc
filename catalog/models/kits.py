"""Tables of kit kinds and of the versions of their standards."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.items import Item
from core.database import Model, Named
from core.quarters import Quarter


class KitKind(Named, Model):
    """A kind of set: for whom, how often, and its bit in a voucher. Ages are in months, the upper one exclusive.

    Kinds of one `group` are alternatives by age, as the food of toddlers and that of older children are. Whatever
    the product knows of ages is a row here.
    `for_award` and `for_sex` say who may get it; "any" is everybody. Once activated, what defines a kind never changes:
    the database refuses; only `is_active` does. `created_by_id` opened it; all who defined it are its authors.
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
    for_award: Mapped[str] = mapped_column(String(13), default="any", server_default="any")
    for_sex: Mapped[str] = mapped_column(String(6), default="any", server_default="any")
    voucher_bit: Mapped[int] = mapped_column(unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    activated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    activated_at: Mapped[datetime | None]
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), unique=True)

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True)


class KitKindAuthor(Model):
    """Somebody who defined a kind of set, or a size of it: they may not activate it (SEC-25). Rows are only added."""

    __tablename__ = "kit_kind_author"

    kit_kind_id: Mapped[int] = mapped_column(ForeignKey("kit_kind.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)


class KitVersion(Model):
    """A numbered version of a kit's standard. Once approved, the database refuses to change it or what belongs to it.

    A draft with `submitted_at` waits for the second person; `submitted_by_id` stays, so that a draft that was submitted
    once is known as such. `revision` grows with every change; `changed_by_id` and `changed_at` say whose was the last.
    `content` is the whole standard as canonical JSON, written when it is submitted and final with the approval;
    `content_hash` is its SHA-256 in hex: pages, papers and open data of an approved version come from it.
    """

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
    change_note_kk: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    change_note_ru: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    change_note_en: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    content: Mapped[str | None] = mapped_column(Text)
    content_hash: Mapped[str | None] = mapped_column(String(64))

    kit_kind: Mapped[KitKind] = relationship(lazy="joined", innerjoin=True)
    lines: Mapped[list["KitLine"]] = relationship(lazy="raise", order_by="KitLine.position")
    substitutes: Mapped[list["KitSubstitute"]] = relationship(lazy="raise", order_by="KitSubstitute.id")


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


class KitSubstitute(Model):
    """What may stand in for an item of a version: for every `for_packs` of the item, `substitute_packs` of the other.

    Whole numbers on both sides, so that a ratio of 2 to 3 stays exact. Valid in the quarters from–until, both
    inclusive; None is as long as the version is in force.
    """

    __tablename__ = "kit_substitute"
    __table_args__ = (
        CheckConstraint("for_packs > 0 AND substitute_packs > 0", name="ratio"),
        CheckConstraint("item_id <> substitute_id", name="other"),
        CheckConstraint("valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until", name="validity"),
        UniqueConstraint("version_id", "item_id", "substitute_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("kit_version.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    for_packs: Mapped[int]
    substitute_packs: Mapped[int]
    reason_kk: Mapped[str] = mapped_column(String(300))
    reason_ru: Mapped[str] = mapped_column(String(300))
    reason_en: Mapped[str] = mapped_column(String(300))
    valid_from: Mapped[Quarter | None]
    valid_until: Mapped[Quarter | None]

    item: Mapped[Item] = relationship(lazy="joined", innerjoin=True, foreign_keys="KitSubstitute.item_id")
    substitute: Mapped[Item] = relationship(lazy="joined", innerjoin=True, foreign_keys="KitSubstitute.substitute_id")


class KitVersionAuthor(Model):
    """Somebody who wrote in a draft: they may not approve it (SEC-25)."""

    __tablename__ = "kit_version_author"

    version_id: Mapped[int] = mapped_column(ForeignKey("kit_version.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)


class KitVersionComment(Model):
    """What somebody said about a version; never changed. `returned` marks words with which a draft was sent back."""

    __tablename__ = "kit_version_comment"
    __table_args__ = (Index("ix_kit_version_comment_version_id_at", "version_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("kit_version.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    returned: Mapped[bool] = mapped_column(default=False)
    body: Mapped[str] = mapped_column(String(2000))


class FixedQuarter(Model):
    """A quarter whose standards count as they are: its roster was frozen. No version may begin in it or before it."""

    __tablename__ = "fixed_quarter"

    quarter: Mapped[Quarter] = mapped_column(primary_key=True, autoincrement=False)
    fixed_at: Mapped[datetime]
