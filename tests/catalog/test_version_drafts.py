"""What may stand in a draft, who may speak about it, and when it may be thrown away."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from catalog.errors import (
    CommentNotAllowed,
    VersionApproved,
    VersionMalformed,
    VersionSubmitted,
    VersionUnknown,
)
from catalog.models import Item, KitVersion, KitVersionAuthor
from catalog.queries.versions import find_version_in_force, get_approved_version, get_version
from catalog.services.approvals import approve_version, submit_draft, withdraw_draft
from catalog.services.comments import comment_version
from catalog.services.versions import discard_draft, draft_version, set_lines, touch_draft
from catalog.values import LineWish
from core.actors import Actor
from core.audit import AuditEntry
from core.quarters import Quarter
from tests.support.catalogue import a_kit_kind, an_item
from tests.support.people import an_actor
from tests.support.standards import (
    AT,
    SOON,
    a_draft,
    a_submitted_draft,
    an_approved_version,
    numbers_of,
    the_kit,
)


@pytest.fixture
def author(session: Session) -> Actor:
    return an_actor(session, role=Role.MINISTRY, login="author")


@pytest.fixture
def other(session: Session) -> Actor:
    return an_actor(session, role=Role.MINISTRY, login="other")


def approve(session: Session, version: KitVersion, actor: Actor) -> KitVersion:
    return approve_version(session, version, seen=version.content_hash or "", actor=actor, at=AT)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([("MILK25", 0)], "from 1 to 999"),
        ([("MILK25", -1)], "from 1 to 999"),
        ([("MILK25", 1000)], "from 1 to 999"),
        ([("MILK25", 1), ("MILK25", 2)], "stands in two lines"),
        ([("F36", 1)], "a packed set"),
        ([("NOTHING", 1)], "no item with the code"),
        ([("GONE", 1)], "is retired"),
        ([("SIZE-S", 1)], "is a size of"),
        ([("MILK25", 1)] * 101, "at most 100 lines"),
    ],
)
def test_bad_12_lines_that_cannot_stand_are_refused_with_the_reason(
    session: Session, author: Actor, lines: list[tuple[str, int]], said: str
) -> None:
    gone, size, base = an_item(session, code="GONE"), an_item(session, code="SIZE-S"), an_item(session, code="SIZE")
    gone.retired_at, size.variant_of_id = AT, base.id
    version = draft_version(session, the_kit(session), actor=author, at=AT)
    wishes = [LineWish(code, packs) for code, packs in lines]
    with pytest.raises(VersionMalformed) as refusal:
        set_lines(session, version, lines=wishes, revision=version.revision, actor=author, at=AT)
    assert said in str(refusal.value)


def test_a_draft_without_lines_or_legal_basis_is_not_submitted(session: Session, author: Actor) -> None:
    version = draft_version(session, the_kit(session), actor=author, at=AT)
    with pytest.raises(VersionMalformed, match="at least one line"):
        submit_draft(session, version, revision=version.revision, actor=author, at=AT)
    set_lines(session, version, lines=[LineWish("BUCKW", 1)], revision=version.revision, actor=author, at=AT)
    with pytest.raises(VersionMalformed, match="legal basis"):
        submit_draft(session, version, revision=version.revision, actor=author, at=AT)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_draft_that_does_not_say_why_in_each_language_is_not_submitted(
    session: Session, author: Actor, language: str
) -> None:
    version = a_draft(session, author)
    setattr(version, f"change_note_{language}", "")
    with pytest.raises(VersionMalformed, match="what changes and why"):
        submit_draft(session, version, revision=version.revision, actor=author, at=AT)


def test_an_item_that_retires_after_submission_stops_the_approval(
    session: Session, author: Actor, other: Actor
) -> None:
    version = a_submitted_draft(session, author)
    session.scalars(select(Item).where(Item.code == "BUCKW")).one().retired_at = AT
    session.flush()
    with pytest.raises(VersionMalformed, match="retired"):
        approve(session, version, other)


def test_a_draft_that_nobody_saw_is_discarded_and_the_trail_keeps_it(
    session: Session, author: Actor, other: Actor
) -> None:
    version = a_draft(session, author)
    number, key = version.number, version.id
    discard_draft(session, version, revision=version.revision, actor=other, at=AT)
    assert number not in numbers_of(session, "F13")
    assert session.scalar(select(func.count()).where(KitVersionAuthor.version_id == key)) == 0
    kept = select(AuditEntry.action).where(AuditEntry.subject_id == str(key), AuditEntry.action.like("%discard%"))
    assert session.scalars(kept).one() == "catalog.discard_draft"
    with pytest.raises(VersionUnknown):
        touch_draft(session, version, actor=author, revision=version.revision, at=AT)


def test_a_draft_that_was_submitted_or_spoken_about_stays_on_record(session: Session, author: Actor) -> None:
    withdrawn = a_submitted_draft(session, author)
    with pytest.raises(VersionSubmitted):
        discard_draft(session, withdrawn, revision=withdrawn.revision, actor=author, at=AT)
    withdraw_draft(session, withdrawn, revision=withdrawn.revision, actor=author, at=AT)
    with pytest.raises(VersionSubmitted):
        discard_draft(session, withdrawn, revision=withdrawn.revision, actor=author, at=AT)
    spoken = a_draft(session, author)
    comment_version(session, spoken, words="Why?", actor=author, at=AT)
    with pytest.raises(VersionSubmitted):
        discard_draft(session, spoken, revision=spoken.revision, actor=author, at=AT)
    approved = an_approved_version(session)
    with pytest.raises(VersionApproved):
        discard_draft(session, approved, revision=approved.revision, actor=author, at=AT)


def test_regions_and_districts_comment_and_others_do_not(session: Session, author: Actor) -> None:
    version = a_draft(session, author)
    for role, kind in ((Role.REGION, ScopeKind.REGION), (Role.DISTRICT, ScopeKind.DISTRICT)):
        commenter = an_actor(session, role=role, scope_kind=kind, scope_id=1)
        comment_version(session, version, words="Milk does not keep here.", actor=commenter, at=AT)
    for role in (Role.AUDITOR, Role.STOREKEEPER):
        with pytest.raises(CommentNotAllowed):
            comment_version(session, version, words="Hm.", actor=an_actor(session, role=role), at=AT)
    with pytest.raises(VersionMalformed):
        comment_version(session, version, words="x" * 2001, actor=author, at=AT)


def test_drafts_are_not_what_everybody_may_read(session: Session, author: Actor) -> None:
    draft = a_submitted_draft(session, author)
    assert get_version(session, "F13", draft.number).id == draft.id
    with pytest.raises(VersionUnknown):
        get_approved_version(session, "F13", draft.number)
    with pytest.raises(VersionUnknown):
        get_version(session, "F13", 99)


def test_a_new_kind_of_set_gets_its_first_version_like_any_other(session: Session, author: Actor, other: Actor) -> None:
    kind = a_kit_kind(session, code="UNI1", effective_from=None)
    version = a_submitted_draft(session, author, kit=kind.code)
    assert version.number == 1
    approve(session, version, other)
    assert find_version_in_force(session, kind, Quarter(2026, 4)) is None
    found = find_version_in_force(session, kind, SOON)
    assert found is not None
    assert found.id == version.id
