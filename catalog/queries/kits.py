"""Reads of kinds of sets."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from catalog.errors import KitUnknown
from catalog.models import KitKind, KitKindAuthor, KitVersion
from catalog.values import VersionStatus
from core.i18n import text
from core.quarters import Quarter


def list_kits(session: Session) -> Sequence[KitKind]:
    """Return all kinds of sets by code."""
    return session.scalars(select(KitKind).order_by(KitKind.code)).all()


def given_condition(quarter: Quarter) -> ColumnElement[bool]:
    """Return the condition that a kind of sets is given out in a quarter: it is active, and its standard in force."""
    in_force = exists().where(
        KitVersion.kit_kind_id == KitKind.id,
        KitVersion.status == VersionStatus.APPROVED,
        KitVersion.effective_from <= quarter,
    )
    return and_(KitKind.is_active, in_force)


def has_approved_version(session: Session, kit: KitKind) -> bool:
    """Say whether a version of the standard is in force, or comes into force later."""
    approved = exists().where(KitVersion.kit_kind_id == kit.id, KitVersion.status == VersionStatus.APPROVED)
    return bool(session.scalar(select(approved)))


def is_definition_sealed(session: Session, kit: KitKind) -> bool:
    """Say whether a version that was submitted or approved holds what defines the kind."""
    sealed = or_(KitVersion.status == VersionStatus.APPROVED, KitVersion.submitted_at.is_not(None))
    return bool(session.scalar(select(exists().where(KitVersion.kit_kind_id == kit.id, sealed))))


def is_author_of_kit(session: Session, kit: KitKind, user_id: int) -> bool:
    """Say whether somebody opened a kind, changed it or added a size: another person activates it."""
    author = exists().where(KitKindAuthor.kit_kind_id == kit.id, KitKindAuthor.user_id == user_id)
    return bool(session.scalar(select(author)))


def get_kit(session: Session, code: str) -> KitKind:
    """Return a kind of sets.

    Raises:
        KitUnknown: there is none with that code.
    """
    found = session.scalar(select(KitKind).where(KitKind.code == code))
    if found is None:
        raise KitUnknown(text("There is no set with the code %(code)s.", code=code))
    return found
