"""Reads of kinds of sets and of the versions of their standards."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from catalog.errors import KitUnknown, NoVersionInForce
from catalog.models import KitKind, KitVersion
from catalog.values import VersionStatus
from core.i18n import text
from core.quarters import Quarter


def list_kits(session: Session) -> Sequence[KitKind]:
    """Return all kinds of sets by code."""
    return session.scalars(select(KitKind).order_by(KitKind.code)).all()


def get_kit(session: Session, code: str) -> KitKind:
    """Return a kind of sets.

    Raises:
        KitUnknown: there is none with that code.
    """
    found = session.scalar(select(KitKind).where(KitKind.code == code))
    if found is None:
        raise KitUnknown(text("There is no set with the code %(code)s.", code=code))
    return found


def find_version_in_force(session: Session, kit: KitKind, quarter: Quarter) -> KitVersion | None:
    """Return the version in force with its lines, or None before the first: "superseded" is derived, never stored.

    That is the approved version with the latest `effective_from` up to the quarter, one for the whole country.
    """
    statement = (
        select(KitVersion)
        .where(
            KitVersion.kit_kind_id == kit.id,
            KitVersion.status == VersionStatus.APPROVED,
            KitVersion.effective_from <= quarter,
        )
        .order_by(KitVersion.effective_from.desc())
        .limit(1)
        .options(selectinload(KitVersion.lines))
    )
    return session.scalar(statement)


def version_in_force(session: Session, kit: KitKind, quarter: Quarter) -> KitVersion:
    """Return the version of a standard that is in force in a quarter, with its lines.

    Raises:
        NoVersionInForce: none is approved for so early a quarter.
    """
    found = find_version_in_force(session, kit, quarter)
    if found is None:
        message = text("No version of %(kit)s is in force in %(quarter)s.", kit=kit.code, quarter=str(quarter))
        raise NoVersionInForce(message)
    return found


def list_versions(session: Session, kit: KitKind) -> Sequence[KitVersion]:
    """Return the versions of a standard, the latest first."""
    statement = select(KitVersion).where(KitVersion.kit_kind_id == kit.id)
    return session.scalars(statement.order_by(KitVersion.number.desc())).all()
