"""The way of a draft to an approved version: submitted by one person, approved or returned by another."""

from datetime import datetime

from sqlalchemy.orm import Session

from catalog.errors import (
    DraftChanged,
    QuarterTaken,
    SecondPersonNeeded,
    VersionMalformed,
    VersionNotSubmitted,
)
from catalog.models import KitVersion
from catalog.permissions import CatalogRight
from catalog.queries.contents import build_content
from catalog.queries.lines import candidates_by_code, list_lines
from catalog.queries.substitutes import submission_faults
from catalog.queries.versions import (
    find_last_fixed,
    find_name,
    find_version_from,
    list_author_ids,
    lock_kit,
    lock_version,
)
from catalog.rules.contents import canonical_json, content_hash
from catalog.rules.lines import line_faults
from catalog.services.comments import add_comment
from catalog.services.contents import seal_content
from catalog.services.refusals import told_refusals
from catalog.services.version_steps import record_step, require_draft, require_revision, require_right
from catalog.services.versions import touch_draft
from catalog.values import VersionStatus
from core.actors import Actor
from core.clock import today
from core.i18n import text
from core.quarters import Quarter


def submit_draft(session: Session, version: KitVersion, *, revision: int, actor: Actor, at: datetime) -> KitVersion:
    """Hand a draft to the second person. What it says is sealed now: just that will be approved, or nothing.

    Raises:
        VersionMalformed: it has no lines or no legal basis, or an item may not stand in it.
        QuarterTaken: it cannot begin in its quarter.
        Whatever `touch_draft` raises.
    """
    locked = touch_draft(session, version, actor=actor, revision=revision, at=at)
    _require_whole(session, locked, at)
    locked.submitted_by_id, locked.submitted_at = actor.id, at
    digest = seal_content(session, locked)
    record_step(session, locked, "submit_draft", actor=actor, at=at, detail={"content_hash": digest})
    return locked


def withdraw_draft(session: Session, version: KitVersion, *, revision: int, actor: Actor, at: datetime) -> KitVersion:
    """Take a submitted draft back to go on writing.

    Raises:
        NotYourDraft, VersionUnknown, VersionApproved, DraftChanged, VersionNotSubmitted: it is not waiting.
    """
    require_right(actor, CatalogRight.DRAFT_STANDARDS)
    locked = _submitted(session, version, revision)
    _reopen(session, locked, actor=actor, at=at)
    record_step(session, locked, "withdraw_draft", actor=actor, at=at)
    return locked


def return_draft(
    session: Session, version: KitVersion, *, words: str, revision: int, actor: Actor, at: datetime
) -> KitVersion:
    """Send a submitted draft back with the reason, as the second person.

    Raises:
        SecondPersonNeeded: who wrote in it or submitted it withdraws it instead.
        VersionMalformed: without words nobody knows what to change.
        NotYourDraft, VersionUnknown, VersionApproved, DraftChanged, VersionNotSubmitted: it is not waiting.
    """
    require_right(actor, CatalogRight.APPROVE_STANDARDS)
    locked = _submitted(session, version, revision)
    if is_author(session, locked, actor):
        raise SecondPersonNeeded(text("You wrote in this draft or submitted it. Withdraw it to change it."))
    add_comment(session, locked, words=words, returned=True, actor=actor, at=at)
    _reopen(session, locked, actor=actor, at=at)
    record_step(session, locked, "return_draft", actor=actor, at=at)
    return locked


def approve_version(session: Session, version: KitVersion, *, seen: str, actor: Actor, at: datetime) -> KitVersion:
    """Approve a submitted draft as the second person; from now on it never changes.

    `seen` is the hash of the content that the approver looked at: that is what gets approved, or nothing.

    Raises:
        SecondPersonNeeded: they drafted it, wrote in it or submitted it (SEC-25).
        DraftChanged: it, or an item in it, is no longer what was submitted or looked at.
        QuarterTaken: its quarter passed, was fixed or taken meanwhile; the database itself refuses the last two.
        NotYourDraft, VersionUnknown, VersionApproved, VersionNotSubmitted, VersionMalformed: it cannot be approved.
    """
    require_right(actor, CatalogRight.APPROVE_STANDARDS)
    lock_kit(session, version.kit_kind_id)
    locked = _submitted(session, version)
    if is_author(session, locked, actor):
        message = text("You wrote in this draft or submitted it. Another person of the ministry approves it.")
        raise SecondPersonNeeded(message)
    _require_seen(session, locked, seen)
    _require_whole(session, locked, at)
    with told_refusals(session):
        locked.status, locked.approved_by_id, locked.approved_at = VersionStatus.APPROVED, actor.id, at
        session.flush()
    detail = {"effective_from": str(locked.effective_from), "content_hash": locked.content_hash}
    record_step(session, locked, "approve_version", actor=actor, at=at, detail=detail)
    return locked


def is_author(session: Session, version: KitVersion, actor: Actor) -> bool:
    """Say whether somebody drafted a version, wrote in it or submitted it."""
    return actor.id in {version.drafted_by_id, version.submitted_by_id, *list_author_ids(session, version)}


def require_waiting(session: Session, version: KitVersion) -> None:
    """Refuse what does not wait for the second person.

    Raises:
        VersionApproved, VersionNotSubmitted: it is approved, or a draft; the sentence says since when, and by whom.
    """
    require_draft(session, version)
    if version.submitted_at is None and version.submitted_by_id is None:
        raise VersionNotSubmitted(text("This draft is not submitted."))
    if version.submitted_at is None:
        who = {"name": find_name(session, version.changed_by_id), "at": version.changed_at}
        raise VersionNotSubmitted(text("%(name)s changed this draft on %(at)s. It is no longer submitted.", **who))


def _submitted(session: Session, version: KitVersion, revision: int | None = None) -> KitVersion:
    locked = lock_version(session, version.id)
    require_draft(session, locked)
    if revision is not None and locked.submitted_at is not None:
        require_revision(session, locked, revision)
    require_waiting(session, locked)
    return locked


def _reopen(session: Session, version: KitVersion, *, actor: Actor, at: datetime) -> None:
    version.submitted_at, version.content, version.content_hash = None, None, None
    version.revision += 1
    version.changed_by_id, version.changed_at = actor.id, at
    session.flush()


def _require_seen(session: Session, version: KitVersion, seen: str) -> None:
    if seen != version.content_hash:
        name = find_name(session, version.submitted_by_id)
        raise DraftChanged(
            text("%(name)s submitted this anew after you opened it. Look at what it says now.", name=name)
        )
    if content_hash(canonical_json(build_content(session, version))) != seen:
        raise DraftChanged(
            text("An item in this draft was changed after it was submitted. Return it, so that it is submitted anew.")
        )


def _require_whole(session: Session, version: KitVersion, at: datetime) -> None:
    """Refuse what may not be approved: no lines, unfit items or substitutes, no legal basis, a wrong quarter."""
    lines = list_lines(session, version)
    if not lines:
        raise VersionMalformed(text("Add at least one line before you submit this draft."))
    faults = line_faults(lines, candidates_by_code(session, [line.item for line in lines]))
    if faults:
        raise VersionMalformed(faults[0])
    unfit = submission_faults(session, version)
    if unfit:
        raise VersionMalformed(unfit[0])
    legal = (version.legal_document_kk, version.legal_document_ru, version.legal_document_en, version.legal_number)
    if not all(legal):
        raise VersionMalformed(text("Enter the legal basis in the three languages, with its number and date."))
    if not all((version.change_note_kk, version.change_note_ru, version.change_note_en)):
        raise VersionMalformed(text("Write in the three languages what changes and why."))
    require_free_quarter(session, version, at)


def require_free_quarter(session: Session, version: KitVersion, at: datetime) -> None:
    """Refuse an effective quarter that passed, is fixed, or belongs to another approved version.

    Raises:
        QuarterTaken: one of these.
    """
    wanted, fixed = version.effective_from, find_last_fixed(session)
    if wanted < Quarter.of(today(at)):
        raise QuarterTaken(text("The quarter in which this would begin has passed. Choose a later one."))
    if fixed is not None and wanted <= fixed:
        raise QuarterTaken(
            text("The rosters of %(quarter)s are frozen, so this begins later. Choose a later quarter.", quarter=fixed)
        )
    other = find_version_from(session, version.kit_kind_id, wanted)
    if other is not None:
        raise QuarterTaken(
            text("Version %(number)s begins in that quarter already. Choose another one.", number=other.number)
        )
