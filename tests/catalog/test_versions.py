"""Drafts of standards: written by some, approved by another, sealed, and never changed again."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from catalog.errors import (
    DraftChanged,
    NotYourDraft,
    QuarterTaken,
    SecondPersonNeeded,
    VersionApproved,
    VersionMalformed,
    VersionNotSubmitted,
    VersionSubmitted,
)
from catalog.models import Item, KitLine, KitSubstitute, KitVersion, KitVersionComment
from catalog.queries.contents import build_content, content_of
from catalog.queries.versions import find_version_in_force, list_author_ids
from catalog.rules.contents import canonical_json, content_hash, read_content
from catalog.services.approvals import approve_version, return_draft, submit_draft, withdraw_draft
from catalog.services.contents import seal_contents
from catalog.services.versions import discard_draft, draft_version, edit_draft, fix_standards, set_lines, touch_draft
from catalog.values import LineWish
from core.actors import Actor
from core.audit import AuditEntry
from core.quarters import Quarter
from tests.support.catalogue import an_item
from tests.support.people import an_actor
from tests.support.standards import (
    AT,
    SOON,
    a_draft,
    a_submitted_draft,
    an_approved_version,
    the_kit,
    words,
)


@pytest.fixture
def author(session: Session) -> Actor:
    return an_actor(session, role=Role.MINISTRY, login="author")


@pytest.fixture
def other(session: Session) -> Actor:
    return an_actor(session, role=Role.MINISTRY, login="other")


def approve(session: Session, version: KitVersion, actor: Actor) -> KitVersion:
    return approve_version(session, version, seen=version.content_hash or "", actor=actor, at=AT)


def test_a_version_goes_from_draft_to_force_by_two_people(session: Session, author: Actor, other: Actor) -> None:
    version = approve(session, a_submitted_draft(session, author), other)
    assert (version.number, version.status, version.approved_by_id) == (2, "approved", other.id)
    kit = the_kit(session)
    before, after = find_version_in_force(session, kit, Quarter(2026, 4)), find_version_in_force(session, kit, SOON)
    assert (before and before.number, after and after.number) == (1, 2)
    actions = session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject == "kit_version", AuditEntry.subject_id == str(version.id))
    ).all()
    assert sorted(actions) == [
        "catalog.approve_version",
        "catalog.draft_version",
        "catalog.edit_draft",
        "catalog.set_lines",
        "catalog.submit_draft",
    ]


def test_what_was_submitted_is_what_is_sealed_and_told_ever_after(
    session: Session, author: Actor, other: Actor
) -> None:
    version = approve(session, a_submitted_draft(session, author), other)
    assert version.content is not None
    assert version.content_hash == content_hash(version.content)
    assert canonical_json(read_content(version.content)) == version.content
    milk = session.scalars(select(Item).where(Item.code == "MILK25")).one()
    milk.set_names("Басқа", "Другое", "Other")
    session.flush()
    assert content_of(session, version).lines[0].item.names.name_en != "Other"
    assert build_content(session, version).lines[0].item.names.name_en == "Other"


def test_the_facts_of_a_fresh_catalogue_are_sealed_once(session: Session) -> None:
    versions = session.scalars(select(KitVersion).where(KitVersion.number == 1)).all()
    assert len(versions) >= 3
    sealed = {version.id: version.content_hash for version in versions}
    assert all(version.content and content_hash(version.content) == version.content_hash for version in versions)
    seal_contents(session)
    assert {version.id: version.content_hash for version in versions} == sealed


@pytest.mark.parametrize("role", ["drafted", "wrote", "submitted"])
def test_sec_25_nobody_approves_or_returns_what_they_had_a_hand_in(
    session: Session, author: Actor, other: Actor, role: str
) -> None:
    version = a_draft(session, author if role == "drafted" else other)
    if role == "wrote":
        wishes = [LineWish("MILK25", 3)]
        set_lines(session, version, lines=wishes, revision=version.revision, actor=author, at=AT)
    submitter = author if role == "submitted" else other
    submit_draft(session, version, revision=version.revision, actor=submitter, at=AT)
    with pytest.raises(SecondPersonNeeded):
        approve(session, version, author)
    with pytest.raises(SecondPersonNeeded):
        return_draft(session, version, words="No.", revision=version.revision, actor=author, at=AT)
    assert version.status == "draft"


def test_sec_25_an_author_of_whose_words_nothing_is_left_still_does_not_approve(
    session: Session, author: Actor, other: Actor
) -> None:
    version = a_draft(session, author)
    set_lines(session, version, lines=[LineWish("BUCKW", 1)], revision=version.revision, actor=other, at=AT)
    assert list_author_ids(session, version) == sorted([author.id, other.id])
    submit_draft(session, version, revision=version.revision, actor=author, at=AT)
    with pytest.raises(SecondPersonNeeded):
        approve(session, version, other)


@pytest.mark.parametrize("role", [Role.REGION, Role.DISTRICT, Role.AUDITOR, Role.STOREKEEPER, Role.ADMINISTRATOR])
def test_sec_12_only_the_ministry_writes_and_approves(session: Session, author: Actor, role: Role) -> None:
    stranger = an_actor(session, role=role)
    version = a_submitted_draft(session, author)
    with pytest.raises(NotYourDraft):
        draft_version(session, the_kit(session), actor=stranger, at=AT)
    with pytest.raises(NotYourDraft):
        touch_draft(session, version, actor=stranger, revision=version.revision, at=AT)
    with pytest.raises(NotYourDraft):
        approve(session, version, stranger)
    with pytest.raises(NotYourDraft):
        withdraw_draft(session, version, revision=version.revision, actor=stranger, at=AT)
    with pytest.raises(NotYourDraft):
        discard_draft(session, version, revision=version.revision, actor=stranger, at=AT)


def test_a_ministry_of_a_part_of_the_country_writes_nothing(session: Session) -> None:
    bound = an_actor(session, role=Role.MINISTRY, scope_kind=ScopeKind.REGION, scope_id=1)
    with pytest.raises(NotYourDraft):
        draft_version(session, the_kit(session), actor=bound, at=AT)


def test_ux_67_a_second_approval_says_who_was_first(session: Session, author: Actor, other: Actor) -> None:
    version = approve(session, a_submitted_draft(session, author), other)
    third = an_actor(session, role=Role.MINISTRY)
    with pytest.raises(VersionApproved, match="approved this version on") as refusal:
        approve(session, version, third)
    assert refusal.value.message.values == {"name": other.name, "at": version.approved_at}


def test_an_approver_who_looked_at_something_else_is_told(session: Session, author: Actor, other: Actor) -> None:
    version = a_submitted_draft(session, author)
    seen = version.content_hash or ""
    withdraw_draft(session, version, revision=version.revision, actor=author, at=AT)
    with pytest.raises(VersionNotSubmitted):
        approve_version(session, version, seen=seen, actor=other, at=AT)
    set_lines(session, version, lines=[LineWish("BUCKW", 9)], revision=version.revision, actor=author, at=AT)
    submit_draft(session, version, revision=version.revision, actor=author, at=AT)
    with pytest.raises(DraftChanged, match="submitted this anew"):
        approve_version(session, version, seen=seen, actor=other, at=AT)
    assert approve(session, version, other).approved_at == AT


def test_an_item_that_changed_after_submission_is_submitted_anew(session: Session, author: Actor, other: Actor) -> None:
    version = a_submitted_draft(session, author)
    milk = session.scalars(select(Item).where(Item.code == "MILK25")).one()
    milk.allergens = "milk;nuts"
    session.flush()
    with pytest.raises(DraftChanged, match="An item in this draft was changed"):
        approve(session, version, other)
    return_draft(session, version, words="Look at the milk.", revision=version.revision, actor=other, at=AT)
    submit_draft(session, version, revision=version.revision, actor=author, at=AT)
    sealed = content_of(session, approve(session, version, other))
    assert sealed.lines[0].item.allergens == ("milk", "nuts")


def test_two_who_write_at_once_do_not_overwrite_each_other(session: Session, author: Actor, other: Actor) -> None:
    version = a_draft(session, author)
    seen = version.revision
    set_lines(session, version, lines=[LineWish("BUCKW", 4)], revision=seen, actor=other, at=AT)
    with pytest.raises(DraftChanged, match="changed this draft after you opened it") as refusal:
        edit_draft(session, version, words=words(), revision=seen, actor=author, at=AT)
    assert refusal.value.message.values == {"name": other.name}


def test_a_submitted_draft_is_not_changed_until_withdrawn(session: Session, author: Actor) -> None:
    version = a_submitted_draft(session, author)
    with pytest.raises(VersionSubmitted):
        set_lines(session, version, lines=[LineWish("BUCKW", 4)], revision=version.revision, actor=author, at=AT)
    withdraw_draft(session, version, revision=version.revision, actor=author, at=AT)
    assert (version.submitted_at, version.content, version.content_hash) == (None, None, None)
    set_lines(session, version, lines=[LineWish("BUCKW", 4)], revision=version.revision, actor=author, at=AT)
    assert [(line.position, line.item.code, line.packs) for line in lines_of(session, version)] == [(1, "BUCKW", 4)]


def lines_of(session: Session, version: KitVersion) -> list[KitLine]:
    return list(session.scalars(select(KitLine).where(KitLine.version_id == version.id).order_by(KitLine.position)))


def test_a_draft_is_returned_with_words(session: Session, author: Actor, other: Actor) -> None:
    version = a_submitted_draft(session, author)
    with pytest.raises(VersionMalformed):
        return_draft(session, version, words=" \u200b \n", revision=version.revision, actor=other, at=AT)
    return_draft(session, version, words="Too little\nmilk.", revision=version.revision, actor=other, at=AT)
    said = session.scalars(select(KitVersionComment).where(KitVersionComment.version_id == version.id)).one()
    assert (said.returned, said.body, said.author_id) == (True, "Too little\nmilk.", other.id)
    assert version.submitted_at is None


def test_a_draft_is_a_copy_of_any_version_with_its_substitutes(session: Session, author: Actor) -> None:
    source = a_draft(session, author)
    milk, buckwheat = (line.item_id for line in lines_of(session, source))
    spare = an_item(session)
    session.add(
        KitSubstitute(
            version_id=source.id,
            item_id=milk,
            substitute_id=spare.id,
            for_packs=2,
            substitute_packs=3,
            reason_kk="Сүт жоқ",
            reason_ru="Нет молока",
            reason_en="No milk",
            valid_from=SOON,
        )
    )
    session.flush()
    copy = draft_version(session, the_kit(session), source=source, actor=author, at=AT)
    assert [(line.item_id, line.packs) for line in lines_of(session, copy)] == [(milk, 7), (buckwheat, 2)]
    taken = session.scalars(select(KitSubstitute).where(KitSubstitute.version_id == copy.id)).one()
    assert (taken.substitute_id, taken.for_packs, taken.reason_kk, taken.valid_from) == (spare.id, 2, "Сүт жоқ", SOON)
    set_lines(session, copy, lines=[LineWish("BUCKW", 1)], revision=copy.revision, actor=author, at=AT)
    assert session.scalar(select(func.count()).where(KitSubstitute.version_id == copy.id)) == 0
    assert session.scalar(select(func.count()).where(KitSubstitute.version_id == source.id)) == 1
    with pytest.raises(VersionMalformed):
        draft_version(session, the_kit(session, "HYG"), source=source, actor=author, at=AT)


def test_a_draft_begins_in_the_nearest_free_quarter(session: Session, author: Actor) -> None:
    fix_standards(session, quarter=Quarter(2026, 4), at=AT)
    an_approved_version(session, effective_from=Quarter(2027, 1))
    assert draft_version(session, the_kit(session), actor=author, at=AT).effective_from == Quarter(2027, 2)
    assert draft_version(session, the_kit(session, "HYG"), actor=author, at=AT).effective_from == Quarter(2027, 1)


def test_bad_33_a_version_begins_neither_in_the_past_nor_in_a_fixed_or_taken_quarter(
    session: Session, author: Actor, other: Actor
) -> None:
    for quarter in (Quarter(2026, 3), Quarter(2019, 1)):
        with pytest.raises(QuarterTaken, match="has passed"):
            a_submitted_draft(session, author, effective_from=quarter)
    waiting = a_submitted_draft(session, author, effective_from=Quarter(2026, 4))
    fix_standards(session, quarter=Quarter(2026, 4), at=AT)
    with pytest.raises(QuarterTaken, match="frozen"):
        approve(session, waiting, other)
    rival = a_submitted_draft(session, author)
    an_approved_version(session)
    with pytest.raises(QuarterTaken, match="begins in that quarter already"):
        approve(session, rival, other)
    with pytest.raises(QuarterTaken, match="begins in that quarter already"):
        a_submitted_draft(session, author)
