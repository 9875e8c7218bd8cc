"""Reads of the versions of standards."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from accounts.models import User
from catalog.errors import NoVersionInForce, VersionUnknown
from catalog.models import FixedQuarter, KitKind, KitVersion, KitVersionAuthor
from catalog.values import VersionStatus
from core.i18n import text
from core.quarters import Quarter


def _in_force(quarter: Quarter) -> Select[KitVersion]:
    """Return the statement of the versions in force in a quarter, one of a kind, with their lines.

    That is the approved version with the latest `effective_from` up to the quarter, one for the whole country:
    "superseded" is derived, never stored.
    """
    begun = (KitVersion.status == VersionStatus.APPROVED, KitVersion.effective_from <= quarter)
    latest = (
        select(KitVersion.kit_kind_id, func.max(KitVersion.effective_from).label("begins"))
        .where(*begun)
        .group_by(KitVersion.kit_kind_id)
        .subquery()
    )
    ours = (latest.c.kit_kind_id == KitVersion.kit_kind_id) & (latest.c.begins == KitVersion.effective_from)
    return select(KitVersion).join(latest, ours).where(*begun).options(selectinload(KitVersion.lines))


def find_version_in_force(session: Session, kit: KitKind, quarter: Quarter) -> KitVersion | None:
    """Return the version of a kind in force in a quarter with its lines, or None before the first."""
    return session.scalar(_in_force(quarter).where(KitVersion.kit_kind_id == kit.id))


def list_versions_in_force(session: Session, quarter: Quarter) -> Mapping[int, KitVersion]:
    """Return the versions in force in a quarter by the id of their kind, with their lines."""
    return {version.kit_kind_id: version for version in session.scalars(_in_force(quarter))}


def version_in_force(session: Session, kit: KitKind, quarter: Quarter) -> KitVersion:
    """Return the version of a standard that is in force in a quarter, with its lines.

    Raises:
        NoVersionInForce: none is approved for so early a quarter.
    """
    found = find_version_in_force(session, kit, quarter)
    if found is None:
        message = text("No version of %(kit)s is in force in %(quarter)s.", kit=kit.code, quarter=quarter)
        raise NoVersionInForce(message)
    return found


def list_versions(session: Session, kit: KitKind, *, approved_only: bool = False) -> Sequence[KitVersion]:
    """Return the versions of a standard, the latest first."""
    statement = select(KitVersion).where(KitVersion.kit_kind_id == kit.id)
    if approved_only:
        statement = statement.where(KitVersion.status == VersionStatus.APPROVED)
    return session.scalars(statement.order_by(KitVersion.number.desc())).all()


def list_approved_by_kit(session: Session) -> Mapping[int, list[KitVersion]]:
    """Return the approved versions of all standards by the id of their kind, the latest first."""
    statement = select(KitVersion).where(KitVersion.status == VersionStatus.APPROVED)
    found: dict[int, list[KitVersion]] = {}
    for version in session.scalars(statement.order_by(KitVersion.number.desc())):
        found.setdefault(version.kit_kind_id, []).append(version)
    return found


def get_version(session: Session, code: str, number: int) -> KitVersion:
    """Return a version of the standard of a kind of sets.

    Raises:
        VersionUnknown: there is none with that number.
    """
    found = session.scalar(_numbered(code, number))
    if found is None:
        raise VersionUnknown(text("There is no version %(number)s of %(kit)s.", number=number, kit=code))
    return found


def get_approved_version(session: Session, code: str, number: int) -> KitVersion:
    """Return a version that everybody may read.

    Raises:
        VersionUnknown: there is none with that number, or it is not approved.
    """
    found = get_version(session, code, number)
    if found.status != VersionStatus.APPROVED:
        raise VersionUnknown(text("There is no version %(number)s of %(kit)s.", number=number, kit=code))
    return found


def lock_version(session: Session, version_id: int) -> KitVersion:
    """Return a version as it is now, locked until the transaction ends.

    Raises:
        VersionUnknown: it was discarded.
    """
    statement = select(KitVersion).where(KitVersion.id == version_id)
    found = session.scalar(statement.with_for_update(of=KitVersion).execution_options(populate_existing=True))
    if found is None:
        raise VersionUnknown(text("This draft was discarded."))
    return found


def lock_kit(session: Session, kit_kind_id: int) -> None:
    """Let one writer at a time begin a version of a kind of sets, so that no two get one number."""
    session.execute(select(KitKind.id).where(KitKind.id == kit_kind_id).with_for_update(key_share=True))


def list_author_ids(session: Session, version: KitVersion) -> Sequence[int]:
    """Return who wrote in a draft."""
    statement = select(KitVersionAuthor.user_id).where(KitVersionAuthor.version_id == version.id)
    return session.scalars(statement.order_by(KitVersionAuthor.user_id)).all()


def find_name(session: Session, user_id: int | None) -> str:
    """Return the name of somebody, or a dash where nobody is named."""
    return session.scalar(select(User.name).where(User.id == user_id)) or "–"


def names_by_id(session: Session, ids: Sequence[int | None]) -> Mapping[int, str]:
    """Return the names of people by id."""
    known = {one for one in ids if one is not None}
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(known))).all())


def find_last_fixed(session: Session) -> Quarter | None:
    """Return the latest quarter whose standards are fixed; no version may begin in it or before it."""
    return session.scalar(select(FixedQuarter.quarter).order_by(FixedQuarter.quarter.desc()).limit(1))


def find_version_from(session: Session, kit_kind_id: int, quarter: Quarter) -> KitVersion | None:
    """Return the approved version that begins in just that quarter."""
    statement = select(KitVersion).where(
        KitVersion.kit_kind_id == kit_kind_id,
        KitVersion.status == VersionStatus.APPROVED,
        KitVersion.effective_from == quarter,
    )
    return session.scalar(statement)


def find_last_number(session: Session, kit_kind_id: int) -> int:
    """Return the highest number of the versions of a standard, 0 before the first."""
    statement = select(func.max(KitVersion.number)).where(KitVersion.kit_kind_id == kit_kind_id)
    return session.scalar(statement) or 0


def _numbered(code: str, number: int) -> Select[KitVersion]:
    statement = select(KitVersion).join(KitKind, KitKind.id == KitVersion.kit_kind_id)
    return statement.where(KitKind.code == code, KitVersion.number == number)
