"""What the database itself refuses about versions, whoever writes and however; and who wins when two come at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.errors import QuarterTaken, SecondPersonNeeded, VersionApproved
from catalog.models import FixedQuarter, KitLine, KitVersion, KitVersionAuthor
from catalog.queries.versions import get_version
from catalog.services.approvals import approve_version, withdraw_draft
from catalog.services.comments import comment_version
from catalog.services.contents import seal_content
from catalog.services.refusals import told_refusals
from catalog.services.versions import fix_standards
from core.actors import Actor
from core.database import Database
from core.errors import Problem
from core.quarters import Quarter
from tests.support.catalogue import a_kit_kind, an_item
from tests.support.moments import at_once, writing
from tests.support.people import an_actor
from tests.support.standards import (
    AT,
    SOON,
    a_draft,
    a_submitted_draft,
    an_approved_version,
    approved_beside_draft,
)


@pytest.fixture
def author(session: Session) -> Actor:
    return an_actor(session, role=Role.MINISTRY)


@pytest.fixture
def other(session: Session) -> Actor:
    return an_actor(session, role=Role.MINISTRY)


def approve_by_sql(session: Session, version: KitVersion, user_id: int | None) -> None:
    session.flush()
    session.execute(
        text("UPDATE kit_version SET status = 'approved', approved_at = :at, approved_by_id = :by WHERE id = :id"),
        {"at": "2026-11-20 09:00:00+00:00", "by": user_id, "id": version.id},
    )


@pytest.mark.parametrize("quarter", [Quarter(2026, 4), Quarter(2027, 1)])
def test_a_version_of_a_fixed_quarter_or_before_is_refused_even_by_sql(
    session: Session, author: Actor, other: Actor, quarter: Quarter
) -> None:
    version = a_submitted_draft(session, author, effective_from=quarter)
    fix_standards(session, quarter=Quarter(2027, 1), at=AT)
    with pytest.raises(DatabaseError, match="are fixed"):
        approve_by_sql(session, version, other.id)


def test_no_version_is_put_in_approved_at_once(session: Session, author: Actor) -> None:
    version = a_draft(session, author)
    with pytest.raises(DatabaseError, match="begins as a draft"):
        session.execute(
            text(
                "INSERT INTO kit_version (kit_kind_id, number, status, effective_from, legal_document_kk,"
                " legal_document_ru, legal_document_en, legal_number, legal_on, approved_at)"
                " SELECT kit_kind_id, 99, 'approved', effective_from, 'a', 'a', 'a', '1', legal_on, :at"
                " FROM kit_version WHERE id = :id"
            ),
            {"id": version.id, "at": "2026-11-20 09:00:00+00:00"},
        )


def test_a_later_quarter_is_open_when_an_earlier_one_is_fixed(session: Session, author: Actor, other: Actor) -> None:
    fix_standards(session, quarter=Quarter(2026, 4), at=AT)
    approve_by_sql(session, a_submitted_draft(session, author, effective_from=SOON), other.id)


def test_sec_25_an_author_does_not_approve_even_by_sql(session: Session, author: Actor, other: Actor) -> None:
    version = a_submitted_draft(session, author)
    session.add(KitVersionAuthor(version_id=version.id, user_id=other.id))
    with pytest.raises(DatabaseError, match="does not approve it"):
        approve_by_sql(session, version, other.id)


def test_sec_25_whoever_submits_does_not_approve_even_by_sql(session: Session, author: Actor, other: Actor) -> None:
    version = a_draft(session, author)
    session.execute(text("DELETE FROM kit_version_author WHERE version_id = :id"), {"id": version.id})
    version.submitted_by_id, version.submitted_at = other.id, AT
    seal_content(session, version)
    with pytest.raises(DatabaseError, match="does not approve it"), session.begin_nested():
        approve_by_sql(session, version, other.id)
    with pytest.raises(IntegrityError, match="second_person"):  # who drafted is held twice
        approve_by_sql(session, version, author.id)


@pytest.mark.parametrize("lacks", ["approver", "submission", "content_hash", "content", "lines", "drafter"])
def test_sec_25_no_version_is_approved_by_nobody_or_unseen(
    session: Session, author: Actor, other: Actor, lacks: str
) -> None:
    version = a_draft(session, author) if lacks == "submission" else a_submitted_draft(session, author)
    if lacks in ("content_hash", "content"):
        session.execute(text(f"UPDATE kit_version SET {lacks} = NULL WHERE id = :id"), {"id": version.id})
    if lacks == "lines":
        session.execute(text("DELETE FROM kit_line WHERE version_id = :id"), {"id": version.id})
    if lacks == "drafter":
        columns = "kit_kind_id, effective_from, legal_document_kk, legal_document_ru, legal_document_en, legal_on"
        words = f"INSERT INTO kit_version ({columns}, number, status, legal_number) SELECT {columns}, 99, 'draft', '1'"
        session.execute(text(f"{words} FROM kit_version WHERE id = :id"), {"id": version.id})
        version = session.scalars(select(KitVersion).where(KitVersion.number == 99)).one()
        session.add(KitLine(version_id=version.id, position=1, item_id=an_item(session).id, packs=1))
    sentence = "without lines" if lacks == "lines" else "by a second person"
    with pytest.raises(DatabaseError, match=sentence):
        approve_by_sql(session, version, None if lacks == "approver" else other.id)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM kit_version_author WHERE version_id = :id",
        "UPDATE kit_version_author SET user_id = :other WHERE version_id = :id",
        "UPDATE kit_version SET drafted_by_id = NULL WHERE id = :id",
        "UPDATE kit_version SET drafted_by_id = :other WHERE id = :id",
        "UPDATE kit_version SET submitted_by_id = NULL, submitted_at = NULL WHERE id = :id",
    ],
)
@pytest.mark.parametrize("state", ["submitted", "withdrawn"])
def test_sec_25_who_wrote_in_a_submitted_draft_is_never_forgotten(
    session: Session, author: Actor, other: Actor, state: str, change: str
) -> None:
    version = a_submitted_draft(session, author)
    if state == "withdrawn":
        withdraw_draft(session, version, revision=version.revision, actor=author, at=AT)
    with pytest.raises(DatabaseError, match="stays on record"):
        session.execute(text(change), {"id": version.id, "other": other.id})


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE kit_version SET content = NULL WHERE id = :id",
        "UPDATE kit_version SET content_hash = 'x' WHERE id = :id",
        "UPDATE kit_version SET change_note_ru = 'x' WHERE id = :id",
        "UPDATE kit_version SET effective_from = 9999 WHERE id = :id",
        "UPDATE kit_version SET revision = revision + 1 WHERE id = :id",
        "DELETE FROM kit_version WHERE id = :id",
        "UPDATE kit_line SET packs = 9 WHERE version_id = :id",
        "DELETE FROM kit_line WHERE version_id = :id",
        "INSERT INTO kit_line (version_id, position, item_id, packs) SELECT :id, 99, max(id), 1 FROM item",
        "INSERT INTO kit_substitute SELECT :id + 99, :id, min(id), max(id), 1, 1, 'a', 'a', 'a', 1, 2 FROM item",
        "UPDATE kit_substitute SET item_id = substitute_id, substitute_id = item_id WHERE version_id = :id",
        "DELETE FROM kit_substitute WHERE version_id = :id",
        "UPDATE kit_line SET version_id = :id, position = 99 WHERE version_id = :draft",
        "UPDATE kit_line SET version_id = :draft, position = 99 WHERE version_id = :id",
        "UPDATE kit_substitute SET version_id = :id WHERE version_id = :draft",
        "UPDATE kit_substitute SET version_id = :draft, item_id = 1 WHERE version_id = :id",
    ],
)
def test_what_is_approved_and_sealed_is_refused_every_change(session: Session, author: Actor, change: str) -> None:
    version, draft = approved_beside_draft(session, author)
    with pytest.raises(DatabaseError, match="never changes"):
        session.execute(text(change), {"id": version.id} | ({"draft": draft.id} if ":draft" in change else {}))


def a_first_version(session: Session) -> KitVersion:
    """Return a version as one that was approved before contents were kept."""
    kind = a_kit_kind(session, effective_from=None)
    version = KitVersion(
        kit_kind_id=kind.id, number=1, status="draft", effective_from=SOON, legal_document_kk="Қ",
        legal_document_ru="П", legal_document_en="R", legal_number="1", legal_on=AT.date(),
    )  # fmt: skip
    session.add(version)
    session.flush()
    session.add(KitLine(version_id=version.id, position=1, item_id=an_item(session).id, packs=1))
    approve_by_sql(session, version, None)
    return version


def test_content_that_was_never_kept_is_written_once_and_nothing_else(session: Session) -> None:
    version = a_first_version(session)
    session.execute(
        text("UPDATE kit_version SET content = '{}', content_hash = 'x' WHERE id = :id"), {"id": version.id}
    )
    with pytest.raises(DatabaseError, match="never changes"):
        session.execute(text("UPDATE kit_version SET content = '{1}' WHERE id = :id"), {"id": version.id})


@pytest.mark.parametrize("change", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
@pytest.mark.parametrize(("table", "column"), [("kit_version_comment", "body"), ("fixed_quarter", "quarter")])
def test_comments_and_fixed_quarters_are_only_added(
    session: Session, author: Actor, change: str, table: str, column: str
) -> None:
    comment_version(session, a_draft(session, author), words="Why?", actor=author, at=AT)
    fix_standards(session, quarter=SOON, at=AT)
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(change.format(table, column)))


def test_fixing_a_quarter_twice_is_as_good_as_once(session: Session) -> None:
    fix_standards(session, quarter=SOON, at=AT)
    fix_standards(session, quarter=SOON, at=AT + timedelta(days=1))
    assert session.scalars(select(FixedQuarter.fixed_at).where(FixedQuarter.quarter == SOON)).one() == AT


@pytest.mark.parametrize("words", ["fixed", "taken", "author", "approved"])
def test_bad_41_what_the_database_refuses_is_told_as_a_sentence(
    session: Session, author: Actor, other: Actor, words: str
) -> None:
    version = a_submitted_draft(session, author)
    expected: type[Problem] = QuarterTaken
    if words == "fixed":
        fix_standards(session, quarter=SOON, at=AT)
    elif words == "taken":
        an_approved_version(session)
    elif words == "author":
        expected = SecondPersonNeeded
        session.add(KitVersionAuthor(version_id=version.id, user_id=other.id))
    else:
        expected, version = VersionApproved, an_approved_version(session)
    with pytest.raises(expected), told_refusals(session):
        approve_by_sql(session, version, other.id)


def test_an_unknown_refusal_stays_what_it_is(session: Session) -> None:
    an_item(session, code="TWICE")
    with pytest.raises(IntegrityError), told_refusals(session):
        session.execute(text("INSERT INTO kit_line (version_id, position, item_id, packs) VALUES (0, 1, 0, 0)"))


def approve_in(unit: Session, number: int, actor: Actor) -> None:
    version = get_version(unit, "F13", number)
    approve_version(unit, version, seen=version.content_hash or "", actor=actor, at=AT)


def approving(database: Database, number: int, actor: Actor) -> Callable[[], None]:
    return writing(database, lambda unit: approve_in(unit, number, actor))


def broken_off(database: Database, act: Callable[[Session], None]) -> None:
    with database.writing() as unit:
        act(unit)
        raise KeyboardInterrupt


def test_bad_41_of_two_approvers_at_the_same_moment_one_is_told_who_was_first(fresh_database: Database) -> None:
    with fresh_database.writing() as unit:
        author, *others = (an_actor(unit, role=Role.MINISTRY) for _ in range(3))
        number = a_submitted_draft(unit, author).number
    raised = at_once([approving(fresh_database, number, actor) for actor in others])
    assert sorted(type(one).__name__ for one in raised) == ["NoneType", "VersionApproved"]
    with fresh_database.reading() as unit:
        assert get_version(unit, "F13", number).status == "approved"


def test_of_two_versions_of_one_quarter_approved_at_the_same_moment_one_is_refused(fresh_database: Database) -> None:
    with fresh_database.writing() as unit:
        author, *others = (an_actor(unit, role=Role.MINISTRY) for _ in range(3))
        numbers = [a_submitted_draft(unit, author).number for _ in range(2)]
    acts = [approving(fresh_database, number, actor) for number, actor in zip(numbers, others, strict=True)]
    assert sorted(type(one).__name__ for one in at_once(acts)) == ["NoneType", "QuarterTaken"]


def test_an_approval_that_breaks_off_in_the_middle_leaves_nothing_behind(fresh_database: Database) -> None:
    with fresh_database.writing() as unit:
        author, other = (an_actor(unit, role=Role.MINISTRY) for _ in range(2))
        number = a_submitted_draft(unit, author).number
    with pytest.raises(KeyboardInterrupt):
        broken_off(fresh_database, lambda unit: approve_in(unit, number, other))
    with fresh_database.reading() as unit:
        kept = get_version(unit, "F13", number)
        assert (kept.status, kept.approved_by_id) == ("draft", None)
        assert kept.submitted_at == AT


@pytest.mark.parametrize("turn", range(3))
def test_a_freeze_and_an_approval_at_the_same_moment_never_both_count(fresh_database: Database, turn: int) -> None:
    del turn
    with fresh_database.writing() as unit:
        author, other = (an_actor(unit, role=Role.MINISTRY) for _ in range(2))
        number = a_submitted_draft(unit, author).number

    def freeze() -> None:
        with fresh_database.writing() as unit:
            seen.append(get_version(unit, "F13", number).status)
            fix_standards(unit, quarter=SOON, at=AT)
            unit.expire_all()
            seen.append(get_version(unit, "F13", number).status)

    seen: list[str] = []
    raised = at_once([freeze, approving(fresh_database, number, other)])
    assert raised[0] is None
    with fresh_database.reading() as unit:
        approved = get_version(unit, "F13", number).status == "approved"
    assert approved == (raised[1] is None)
    assert approved == (seen[-1] == "approved")  # an approval that the freeze did not see was refused
