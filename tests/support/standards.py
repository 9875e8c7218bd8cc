"""Factories of versions of standards: drafted, submitted and approved by the services that people use."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.models import KitKind, KitVersion
from catalog.queries.kits import get_kit
from catalog.services.approvals import approve_version, submit_draft
from catalog.services.substitutes import SubstituteWish, add_substitute
from catalog.services.versions import DraftWords, draft_version, edit_draft, set_lines
from catalog.values import LineWish
from core.actors import Actor
from core.quarters import Quarter
from tests.support.people import an_actor

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""An instant of the fourth quarter of 2026, in which these versions are written."""

SOON = Quarter(2027, 1)

_WORDS = DraftWords(
    effective_from=SOON,
    legal_document_kk="Қазақстан Республикасы Денсаулық сақтау министрінің бұйрығы",
    legal_document_ru="Приказ Министра здравоохранения Республики Казахстан",
    legal_document_en="Order of the Minister of Health of the Republic of Kazakhstan",
    legal_number="ҚР ДСМ-41",
    legal_on=date(2026, 11, 2),
    change_note_kk="Сүт көбейеді.",
    change_note_ru="Молока больше.",
    change_note_en="More milk.",
)


def the_kit(session: Session, code: str = "F13") -> KitKind:
    """Return a kind of sets that every catalogue starts with."""
    return get_kit(session, code)


def words(effective_from: Quarter = SOON) -> DraftWords:
    """Return what a draft says beside its lines."""
    return replace(_WORDS, effective_from=effective_from)


def a_draft(
    session: Session,
    author: Actor,
    *,
    kit: str = "F13",
    effective_from: Quarter = SOON,
    lines: Sequence[tuple[str, int]] = (("MILK25", 7), ("BUCKW", 2)),
    at: datetime = AT,
) -> KitVersion:
    """Draft a version with these lines."""
    version = draft_version(session, the_kit(session, kit), actor=author, at=at)
    edit_draft(session, version, words=words(effective_from), revision=version.revision, actor=author, at=at)
    wishes = [LineWish(code, packs) for code, packs in lines]
    return set_lines(session, version, lines=wishes, revision=version.revision, actor=author, at=at)


def a_submitted_draft(
    session: Session, author: Actor, *, kit: str = "F13", effective_from: Quarter = SOON, at: datetime = AT
) -> KitVersion:
    """Draft a version and submit it."""
    version = a_draft(session, author, kit=kit, effective_from=effective_from, at=at)
    return submit_draft(session, version, revision=version.revision, actor=author, at=at)


def an_approved_version(
    session: Session, *, kit: str = "F13", effective_from: Quarter = SOON, at: datetime = AT
) -> KitVersion:
    """Draft, submit and approve a version by two people of the ministry."""
    author, approver = an_actor(session, role=Role.MINISTRY), an_actor(session, role=Role.MINISTRY)
    version = a_submitted_draft(session, author, kit=kit, effective_from=effective_from, at=at)
    return approve_version(session, version, seen=version.content_hash or "", actor=approver, at=at)


def approved_beside_draft(session: Session, author: Actor) -> tuple[KitVersion, KitVersion]:
    """Draft two versions, each with a line and a substitute, and approve the first."""
    second, drafts = an_actor(session, role=Role.MINISTRY), []
    for item in ("BUCKW", "MILK25"):
        draft = a_draft(session, author, lines=[(item, 2)])
        wish = SubstituteWish(
            item=item,
            substitute="OATFL" if item == "BUCKW" else "PUREE",
            for_packs=1,
            substitute_packs=1,
            reason_kk="Тапшы",
            reason_ru="Нехватка",
            reason_en="Shortage",
        )
        add_substitute(session, draft, wish=wish, revision=draft.revision, actor=author, at=AT)
        drafts.append(draft)
    version = submit_draft(session, drafts[0], revision=drafts[0].revision, actor=author, at=AT)
    approve_version(session, version, seen=version.content_hash or "", actor=second, at=AT)
    return version, drafts[1]


def numbers_of(session: Session, kit: str) -> list[int]:
    """Return the numbers of the versions of a standard."""
    kind = the_kit(session, kit)
    statement = select(KitVersion.number).where(KitVersion.kit_kind_id == kind.id)
    return list(session.scalars(statement.order_by(KitVersion.number)))
