"""Writes of drafts of standards: begun, changed, discarded; and the quarters in which standards are fixed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.errors import VersionMalformed, VersionSubmitted
from catalog.models import (
    FixedQuarter,
    KitKind,
    KitLine,
    KitSubstitute,
    KitVersion,
    KitVersionAuthor,
    KitVersionComment,
)
from catalog.permissions import CatalogRight
from catalog.queries.lines import candidates_by_code
from catalog.queries.versions import (
    find_last_fixed,
    find_last_number,
    find_name,
    list_versions,
    lock_kit,
    lock_version,
)
from catalog.rules.lines import line_faults
from catalog.rules.versions import free_quarters
from catalog.services.version_steps import record_step, require_draft, require_revision, require_right
from catalog.values import LineWish, VersionStatus
from core.actors import Actor
from core.clock import today
from core.dialects import insert_into
from core.i18n import text
from core.quarters import Quarter
from core.text import clean

LENGTHS = {
    "legal_document_kk": 300,
    "legal_document_ru": 300,
    "legal_document_en": 300,
    "legal_number": 40,
    "change_note_kk": 1000,
    "change_note_ru": 1000,
    "change_note_en": 1000,
}
"""The most characters of each text of a draft."""


@dataclass(frozen=True, slots=True)
class DraftWords:
    """What a draft says beside its lines: from when it counts, on what legal basis, and why it changes."""

    effective_from: Quarter
    legal_document_kk: str
    legal_document_ru: str
    legal_document_en: str
    legal_number: str
    legal_on: date
    change_note_kk: str = ""
    change_note_ru: str = ""
    change_note_en: str = ""


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
        who = {"name": find_name(session, locked.submitted_by_id), "at": locked.submitted_at}
        raise VersionSubmitted(
            text("%(name)s submitted this draft on %(at)s. Withdraw it before you change it.", **who)
        )
    require_revision(session, locked, revision)
    locked.revision += 1
    locked.changed_by_id, locked.changed_at = actor.id, at
    author = {"version_id": locked.id, "user_id": actor.id}
    session.execute(insert_into(session, KitVersionAuthor).values(author).on_conflict_do_nothing())
    session.flush()
    return locked


def draft_version(
    session: Session, kit: KitKind, *, source: KitVersion | None = None, actor: Actor, at: datetime
) -> KitVersion:
    """Begin a draft: empty, or a copy of any version of the kit with its lines and substitutes.

    It begins in the nearest quarter that is still free; all of it can be changed until it is submitted.

    Raises:
        NotYourDraft: no right to draft.
        VersionMalformed: the version to copy is of another kind of sets.
    """
    require_right(actor, CatalogRight.DRAFT_STANDARDS)
    lock_kit(session, kit.id)
    if source is not None and source.kit_kind_id != kit.id:
        raise VersionMalformed(text("Copy a version of the same set."))
    versions = list_versions(session, kit)
    taken = [one.effective_from for one in versions if one.status == VersionStatus.APPROVED]
    version = KitVersion(
        kit_kind=kit,
        number=find_last_number(session, kit.id) + 1,
        status=VersionStatus.DRAFT,
        effective_from=free_quarters(Quarter.of(today(at)), find_last_fixed(session), taken)[0],
        legal_document_kk=source.legal_document_kk if source else "",
        legal_document_ru=source.legal_document_ru if source else "",
        legal_document_en=source.legal_document_en if source else "",
        legal_number=source.legal_number if source else "",
        legal_on=source.legal_on if source else today(at),
        drafted_by_id=actor.id,
        changed_by_id=actor.id,
        changed_at=at,
    )
    session.add(version)
    session.flush()
    session.add(KitVersionAuthor(version_id=version.id, user_id=actor.id))
    if source is not None:
        _copy_rows(session, source, version)
    session.flush()
    detail = {"source": source.number if source else None}
    record_step(session, version, "draft_version", actor=actor, at=at, detail=detail)
    return version


def edit_draft(
    session: Session, version: KitVersion, *, words: DraftWords, revision: int, actor: Actor, at: datetime
) -> KitVersion:
    """Write the legal basis, the effective quarter and the reason of a draft.

    Raises:
        VersionMalformed, and whatever `touch_draft` raises: a word is too long, or this is no open draft of theirs.
    """
    locked = touch_draft(session, version, actor=actor, revision=revision, at=at)
    before = str(locked.effective_from)
    locked.effective_from = words.effective_from
    for name, most in LENGTHS.items():
        written = clean(str(getattr(words, name)))
        if len(written) > most:
            raise VersionMalformed(text("Shorten this to %(n)s characters.", n=most))
        setattr(locked, name, written)
    locked.legal_on = words.legal_on
    session.flush()
    detail = {"effective_from": [before, str(locked.effective_from)], "revision": locked.revision}
    record_step(session, locked, "edit_draft", actor=actor, at=at, detail=detail)
    return locked


def set_lines(
    session: Session, version: KitVersion, *, lines: Sequence[LineWish], revision: int, actor: Actor, at: datetime
) -> KitVersion:
    """Replace the lines of a draft by these, in this order. Substitutes of items that are gone go with them.

    Raises:
        VersionMalformed: a line cannot stand so; the sentence names the first one.
        Whatever `touch_draft` raises: this is no open draft of theirs, or it changed meanwhile.
    """
    locked = touch_draft(session, version, actor=actor, revision=revision, at=at)
    known = candidates_by_code(session, [line.item for line in lines])
    faults = line_faults(lines, known)
    if faults:
        raise VersionMalformed(faults[0])
    ids = [known[line.item].id for line in lines]
    session.execute(delete(KitLine).where(KitLine.version_id == locked.id))
    gone = delete(KitSubstitute).where(KitSubstitute.version_id == locked.id, KitSubstitute.item_id.not_in(ids))
    session.execute(gone)
    session.expire(locked)
    session.add_all(
        KitLine(version_id=locked.id, position=position, item_id=item, packs=line.packs)
        for position, (item, line) in enumerate(zip(ids, lines, strict=True), start=1)
    )
    session.flush()
    detail = {"lines": [[line.item, line.packs] for line in lines], "revision": locked.revision}
    record_step(session, locked, "set_lines", actor=actor, at=at, detail=detail)
    return locked


def discard_draft(session: Session, version: KitVersion, *, revision: int, actor: Actor, at: datetime) -> None:
    """Delete a draft that was never submitted and never spoken about; the trail keeps that it was.

    Raises:
        NotYourDraft, VersionUnknown, VersionApproved, DraftChanged: as `touch_draft`.
        VersionSubmitted: it was submitted once, or somebody commented on it, so it stays on record.
    """
    require_right(actor, CatalogRight.DRAFT_STANDARDS)
    locked = lock_version(session, version.id)
    require_draft(session, locked)
    require_revision(session, locked, revision)
    spoken = session.scalar(select(KitVersionComment.id).where(KitVersionComment.version_id == locked.id).limit(1))
    if locked.submitted_by_id is not None or spoken is not None:
        raise VersionSubmitted(text("This draft was submitted or commented on, so it stays on record."))
    record_step(session, locked, "discard_draft", actor=actor, at=at)
    for table in (KitLine, KitSubstitute, KitVersionAuthor):
        session.execute(delete(table).where(table.version_id == locked.id))
    session.execute(delete(KitVersion).where(KitVersion.id == locked.id))
    session.expunge(locked)


def _copy_rows(session: Session, source: KitVersion, target: KitVersion) -> None:
    for model, skipped in ((KitLine, {"version_id"}), (KitSubstitute, {"version_id", "id"})):
        columns = [column.name for column in model.__table__.columns if column.name not in skipped]
        for row in session.scalars(select(model).where(model.version_id == source.id)).all():
            session.add(model(version_id=target.id, **{name: getattr(row, name) for name in columns}))
