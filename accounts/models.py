"""Tables of users, their roles and one-time links."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model
from core.text import fold, sort_key


def _given(context: DefaultExecutionContext) -> Mapping[str, object]:
    found: Mapping[str, object] = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy gives no type
    return found


def _sort_name(context: DefaultExecutionContext) -> str:
    return sort_key(str(_given(context)["name"]))


def _search_text(context: DefaultExecutionContext) -> str:
    given = _given(context)
    return fold(f"{given['login']} {given['name']}")


class User(Model):
    """A person who may sign in. `login` is kept folded, so that two logins never look alike."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="kk")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]
    sort_name: Mapped[str] = mapped_column(String(200), default=_sort_name)
    search_text: Mapped[str] = mapped_column(String(300), default=_search_text)

    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="user", lazy="raise", foreign_keys="RoleGrant.user_id", order_by="RoleGrant.id"
    )


class RoleGrant(Model):
    """A role given to a user within a scope; it counts once approved, and until withdrawn.

    `scope_kind` is country, region, district, place or supplier; `scope_id` is 0 for the country and has no
    foreign key, because places and suppliers live on floors above.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("(scope_kind = 'country') = (scope_id = 0)", name="scope"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> user_id", name="not_for_oneself"),
        Index(
            "uq_role_grant_live",
            "user_id",
            "role",
            "scope_kind",
            "scope_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    scope_kind: Mapped[str] = mapped_column(String(10))
    scope_id: Mapped[int]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    granted_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="grants", foreign_keys=[user_id])


class SignInLink(Model):
    """A one-time link to set a password: an invitation, a reset, or the first administrator. Only its hash is kept."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Model):
    """A key with which a program acts as its owner, until it expires or is withdrawn; only its hash is kept (ECO-10).

    `prefix` are its first signs, by which a person tells one from another. `scope` is read or write: never more than
    the owner's roles allow.
    """

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint("scope IN ('read', 'write')", name="scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    prefix: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    scope: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
