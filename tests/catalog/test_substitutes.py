"""Substitutes of drafts: added, removed, judged before approval, and sealed with the version."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.errors import (
    DraftChanged,
    NotYourDraft,
    SubstituteRefused,
    SubstituteUnknown,
    VersionApproved,
    VersionMalformed,
    VersionSubmitted,
)
from catalog.models import Item, ItemNutrient, KitSubstitute, KitVersion
from catalog.queries.contents import content_of
from catalog.queries.coverage import find_coverage
from catalog.queries.substitutes import list_substitutes, submission_faults
from catalog.services.approvals import approve_version, submit_draft, withdraw_draft
from catalog.services.substitutes import SubstituteWish, add_substitute, remove_substitute
from catalog.services.versions import draft_version, set_lines
from catalog.values import LineWish, Nutrient
from core.actors import Actor
from core.audit import AuditEntry
from core.quarters import Quarter
from tests.conftest import SignIn
from tests.support.catalogue import an_item
from tests.support.people import an_actor
from tests.support.standards import AT, a_draft

WISH = SubstituteWish("MILK25", "OATFL", 2, 1, "Сүт жоқ", "Молока нет", "No milk")


@pytest.fixture
def author(session: Session) -> Actor:
    return an_actor(session, role=Role.MINISTRY)


@pytest.fixture
def draft(session: Session, author: Actor) -> KitVersion:
    return a_draft(session, author)


def a_food(session: Session, code: str) -> Item:
    """Add an item that is something to eat."""
    item = an_item(session, code=code)
    session.add(ItemNutrient(item_id=item.id, nutrient=Nutrient.ENERGY, milli=50_000))
    session.flush()
    return item


def add(session: Session, draft: KitVersion, author: Actor, wish: SubstituteWish = WISH) -> KitSubstitute:
    return add_substitute(session, draft, wish=wish, revision=draft.revision, actor=author, at=AT)


def test_a_substitute_is_added_and_removed_and_leaves_a_trace(
    session: Session, draft: KitVersion, author: Actor
) -> None:
    row = add(session, draft, author)
    content = content_of(session, draft)
    assert [(one.item, one.substitute.code, one.for_packs, one.substitute_packs) for one in content.substitutes] == [
        ("MILK25", "OATFL", 2, 1)
    ]
    remove_substitute(session, draft, row.id, revision=draft.revision, actor=author, at=AT)
    assert list_substitutes(session, draft) == []
    with pytest.raises(SubstituteUnknown):
        remove_substitute(session, draft, row.id, revision=draft.revision, actor=author, at=AT)
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("%substitute"))).all()
    assert sorted(acts) == ["catalog.add_substitute", "catalog.remove_substitute"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"for_packs": 0}, "whole number from 1 to 999"),
        ({"substitute_packs": 1000}, "whole number from 1 to 999"),
        ({"for_packs": 8}, "nothing could ever stand in"),
        ({"item": "PUREE"}, "PUREE is no line"),
        ({"item": "NOTHING"}, "no item with the code NOTHING"),
        ({"substitute": "MILK25"}, "does not stand in for itself"),
        ({"substitute": "F36"}, "is a packed set"),
        ({"substitute": "SOAP"}, "Food is replaced by food"),
        ({"valid_until": Quarter(2026, 4)}, "before the version is in force"),
        ({"valid_from": Quarter(2027, 3), "valid_until": Quarter(2027, 2)}, "ends before it begins"),
        ({"reason_kk": " \u200b"}, "reason in the three languages"),
        ({"reason_en": "x" * 301}, "300 characters"),
    ],
)
def test_what_cannot_stand_is_refused(
    session: Session, draft: KitVersion, author: Actor, change: dict[str, object], expected: str
) -> None:
    with pytest.raises(SubstituteRefused, match=expected.replace("ends", "would end")):
        add(session, draft, author, replace(WISH, **change))  # type: ignore[arg-type]  # named in the table above


def test_a_retired_substitute_is_refused_and_blocks_what_was_drafted_before(
    session: Session, draft: KitVersion, author: Actor
) -> None:
    kefir = a_food(session, "KEFIR")
    add(session, draft, author, replace(WISH, substitute="KEFIR"))
    assert submission_faults(session, draft) == []
    kefir.retired_at = AT
    session.flush()
    assert ["KEFIR is retired" in str(fault) for fault in submission_faults(session, draft)] == [True]
    with pytest.raises(VersionMalformed, match="KEFIR is retired"):
        submit_draft(session, draft, revision=draft.revision, actor=author, at=AT)
    bread = a_food(session, "BREAD")
    bread.retired_at = AT
    session.flush()
    with pytest.raises(SubstituteRefused, match="BREAD is retired"):
        add(session, draft, author, replace(WISH, substitute="BREAD"))


def test_a_substitute_retired_after_submission_blocks_the_approval(
    session: Session, draft: KitVersion, author: Actor
) -> None:
    kefir = a_food(session, "KEFIR")
    add(session, draft, author, replace(WISH, substitute="KEFIR"))
    submitted = submit_draft(session, draft, revision=draft.revision, actor=author, at=AT)
    kefir.retired_at = AT
    session.flush()
    second = an_actor(session, role=Role.MINISTRY)
    with pytest.raises(VersionMalformed, match="KEFIR is retired"):
        approve_version(session, submitted, seen=submitted.content_hash or "", actor=second, at=AT)


def test_a_size_of_an_item_is_no_substitute(session: Session, draft: KitVersion, author: Actor) -> None:
    milk = session.scalars(select(Item).where(Item.code == "MILK25")).one()
    size = an_item(session, code="MILK25-S")
    size.variant_of_id, size.variant = milk.id, "S"
    session.flush()
    with pytest.raises(SubstituteRefused, match="is a size of MILK25"):
        add(session, draft, author, replace(WISH, substitute="MILK25-S"))


def test_fewer_packs_of_a_line_make_its_substitute_unfit(session: Session, draft: KitVersion, author: Actor) -> None:
    add(session, draft, author)
    lines = [LineWish("MILK25", 1), LineWish("BUCKW", 1)]
    set_lines(session, draft, lines=lines, revision=draft.revision, actor=author, at=AT)
    with pytest.raises(VersionMalformed, match="nothing could ever stand in"):
        submit_draft(session, draft, revision=draft.revision, actor=author, at=AT)


def test_only_an_open_draft_takes_substitutes_and_only_from_who_looked_at_it(
    session: Session, draft: KitVersion, author: Actor
) -> None:
    with pytest.raises(DraftChanged):
        add_substitute(session, draft, wish=WISH, revision=draft.revision - 1, actor=author, at=AT)
    with pytest.raises(NotYourDraft):
        add(session, draft, an_actor(session, role=Role.REGION))
    add(session, draft, author)
    with pytest.raises(SubstituteRefused, match="already"):
        add(session, draft, author)
    submitted = submit_draft(session, draft, revision=draft.revision, actor=author, at=AT)
    with pytest.raises(VersionSubmitted):
        add(session, submitted, author, replace(WISH, substitute="PEAS"))
    withdraw_draft(session, submitted, revision=submitted.revision, actor=author, at=AT)
    submitted = submit_draft(session, draft, revision=draft.revision, actor=author, at=AT)
    second = an_actor(session, role=Role.MINISTRY)
    approved = approve_version(session, submitted, seen=submitted.content_hash or "", actor=second, at=AT)
    with pytest.raises(VersionApproved):
        add(session, approved, author, replace(WISH, substitute="PEAS"))
    with pytest.raises(DatabaseError, match="never changes"):
        session.execute(text("UPDATE kit_substitute SET for_packs = 1"))


def test_a_copied_draft_keeps_its_substitutes(session: Session, draft: KitVersion, author: Actor) -> None:
    add(session, draft, author)
    copy = draft_version(session, draft.kit_kind, source=draft, actor=author, at=AT)
    assert [row.substitute.code for row in list_substitutes(session, copy)] == ["OATFL"]


def test_the_effect_of_every_substitute_is_reckoned_by_the_norm_that_rules(
    session: Session, draft: KitVersion, author: Actor
) -> None:
    add(session, draft, author)
    (effect,) = find_coverage(session, content_of(session, draft)).effects
    assert (effect.packs, effect.substitute_packs) == (6, 3)
    assert (effect.brings, effect.takes) == (("gluten",), ())  # one pack of milk stays
    calcium = next(one for one in effect.nutrients if one.nutrient == "ca_mg")
    assert calcium.difference is not None
    assert calcium.difference < 0


def test_the_page_shows_adds_and_removes_substitutes(sign_in: SignIn, session: Session, draft: KitVersion) -> None:
    browser, page = sign_in(Role.MINISTRY), f"/catalog/kits/F13/versions/{draft.number}/substitutes"
    fields = {
        "item": "MILK25",
        "substitute": "OATFL",
        "for_packs": "2",
        "substitute_packs": "1",
        "reason_kk": "Сүт жоқ",
        "reason_ru": "Молока нет",
        "reason_en": "No <milk>",
        "valid_from": "",
        "valid_until": str(draft.effective_from.next()),
        "revision": str(draft.revision),
    }
    refused = browser.send_form(page, **{**fields, "for_packs": "0"}).get_data(as_text=True)
    assert "whole number from 1 to 999" in refused
    assert "No &lt;milk&gt;" in refused
    assert browser.send_form(page, **fields).location == page
    shown = browser.get(page).get_data(as_text=True)
    assert "brings gluten" in shown
    assert "No &lt;milk&gt;" in shown
    session.expire_all()
    (row,) = list_substitutes(session, draft)
    removal = f"{page}/{row.id}/remove"
    stale = browser.send_button(removal, page=page, revision="1")
    assert stale.location == page
    assert len(list_substitutes(session, draft)) == 1
    browser.send_button(removal, page=page, revision=str(draft.revision))
    session.expire_all()
    assert list_substitutes(session, draft) == []


def test_sec_29_whoever_may_not_draft_sees_no_form_and_changes_nothing(
    sign_in: SignIn, session: Session, draft: KitVersion
) -> None:
    browser, page = sign_in(Role.REGION), f"/catalog/kits/F13/versions/{draft.number}/substitutes"
    assert '<form class="form"' not in browser.get(page).get_data(as_text=True)
    browser.post_with_token(page, item="MILK25", substitute="OATFL", for_packs="2", substitute_packs="1")
    assert list_substitutes(session, draft) == []
    assert browser.post_with_token(f"{page}/1/remove", revision="1").status_code == 404
