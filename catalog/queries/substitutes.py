"""Reads of what may stand in for the items of a version, and of what speaks against it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import SubstituteUnknown
from catalog.models import KitSubstitute, KitVersion
from catalog.queries.lines import candidates_by_code, list_lines
from catalog.rules.substitutes import Proposed, Standing, substitute_faults
from catalog.values import VersionStatus
from core.i18n import Text, text


def list_substitutes(session: Session, version: KitVersion) -> Sequence[KitSubstitute]:
    """Return the substitutes of a version in the order in which they were added."""
    statement = select(KitSubstitute).where(KitSubstitute.version_id == version.id)
    return session.scalars(statement.order_by(KitSubstitute.id)).all()


def get_substitute(session: Session, version: KitVersion, substitute_id: int) -> KitSubstitute:
    """Return a substitute of a version.

    Raises:
        SubstituteUnknown: the version has none of that id.
    """
    found = session.get(KitSubstitute, substitute_id)
    if found is None or found.version_id != version.id:
        raise SubstituteUnknown(text("This substitute is there no more. Open the page again."))
    return found


def find_standing(session: Session, version: KitVersion) -> Standing:
    """Return the lines of a version and when it would be in force: up to the next approved version, if there is one."""
    following = select(KitVersion.effective_from).where(
        KitVersion.kit_kind_id == version.kit_kind_id,
        KitVersion.status == VersionStatus.APPROVED,
        KitVersion.effective_from > version.effective_from,
    )
    until = session.scalar(following.order_by(KitVersion.effective_from).limit(1))
    return Standing({line.item: line.packs for line in list_lines(session, version)}, version.effective_from, until)


def submission_faults(session: Session, version: KitVersion) -> list[Text]:
    """Return what speaks against submitting or approving a draft because of its substitutes.

    Each was whole when it was added; since then its item may have been retired, or lines and quarters changed.
    """
    rows = list_substitutes(session, version)
    known = candidates_by_code(session, {code for row in rows for code in (row.item.code, row.substitute.code)})
    standing = find_standing(session, version)
    return [
        fault
        for row in rows
        for fault in substitute_faults(
            Proposed(
                known[row.item.code], known[row.substitute.code], row.for_packs, row.substitute_packs,
                row.valid_from, row.valid_until,
            ),
            standing,
            (),
        )
    ]  # fmt: skip
