"""Writes of drafts of standards: begun, changed, discarded; and the quarters in which standards are fixed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.errors import DraftChanged, NotYourDraft, VersionApproved, VersionSubmitted
from catalog.models import FixedQuarter, KitVersion, KitVersionAuthor
from catalog.permissions import CatalogRight
from catalog.queries.versions import find_name, lock_version
from catalog.values import VersionStatus
from core.actors import Actor
from core.audit import record
from core.dialects import insert_into
from core.i18n import text
from core.quarters import Quarter


def fix_standards(session: Session, *, quarter: Quarter, at: datetime) -> None:
    """Let the standards of a quarter count as they are: from now on no version may begin in it or before it.

    Whoever freezes a roster does this first; the database refuses a roster without. Twice is as good as once.

    Source: domain, §2: a frozen quarter takes no new version.
    """
    row = {"quarter": quarter, "fixed_at": at}
    session.execute(insert_into(session, FixedQuarter).values(row).on_conflict_do_nothing())


def touch_draft(session: Session, version: KitVersion, *, actor: Actor, revision: int, at: datetime) -> KitVersion:
    """Take a draft to change it: locked until the transaction ends, its revision one higher, the actor an author.

    `revision` is the one that the actor looked at, so that nobody overwrites another's change unseen.

    Raises:
        NotYourDraft, VersionUnknown: no right to draft, or it was discarded.
        VersionApproved, VersionSubmitted, DraftChanged: it is no open draft, or somebody changed it meanwhile.
    """
    require_right(actor, CatalogRight.DRAFT_STANDARDS)
    locked = lock_version(session, version.id)
    require_draft(session, locked)
    if locked.submitted_at is not None:
        name = find_name(session, locked.submitted_by_id)
        raise VersionSubmitted(text("%(name)s submitted this draft. Withdraw it before you change it.", name=name))
    require_revision(session, locked, revision)
    locked.revision += 1
    locked.changed_by_id, locked.changed_at = actor.id, at
    author = {"version_id": locked.id, "user_id": actor.id}
    session.execute(insert_into(session, KitVersionAuthor).values(author).on_conflict_do_nothing())
    session.flush()
    return locked


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
            text("%(name)s approved this version. It never changes any more: draft a new one.", name=name)
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
