"""What every step of a draft checks and leaves behind: the right, the state, the revision, the trail."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.errors import DraftChanged, NotYourDraft, VersionApproved
from catalog.models import KitVersion
from catalog.permissions import CatalogRight
from catalog.queries.versions import find_name
from catalog.values import VersionStatus
from core.actors import Actor
from core.audit import record
from core.i18n import text


def require_right(actor: Actor, right: CatalogRight) -> None:
    """Refuse whoever may not do this for the whole country.

    Raises:
        NotYourDraft: the right is missing, or reaches a part of the country only.
    """
    if not actor.reach(right).everywhere:
        raise NotYourDraft(text("Standards are written and approved by the ministry, for the whole country."))


def require_draft(session: Session, version: KitVersion) -> None:
    """Refuse to change an approved version.

    Raises:
        VersionApproved: it is approved; the sentence says by whom.
    """
    if version.status == VersionStatus.APPROVED:
        name = find_name(session, version.approved_by_id)
        raise VersionApproved(
            text(
                "%(name)s approved this version on %(at)s. It never changes any more: draft a new one.",
                name=name,
                at=version.approved_at,
            )
        )


def require_revision(session: Session, version: KitVersion, revision: int) -> None:
    """Refuse whoever looked at another state of the draft.

    Raises:
        DraftChanged: it was changed since; the sentence says by whom.
    """
    if version.revision != revision:
        name = find_name(session, version.changed_by_id)
        raise DraftChanged(
            text("%(name)s changed this draft after you opened it. Open it again and look at what changed.", name=name)
        )


def record_step(
    session: Session,
    version: KitVersion,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write an act on a version into the audit trail."""
    record(
        session,
        actor_id=actor.id,
        action=f"catalog.{action}",
        subject="kit_version",
        subject_id=str(version.id),
        at=at,
        detail={"kit": version.kit_kind.code, "number": version.number, **(detail or {})},
    )
