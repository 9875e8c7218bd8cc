"""Kinds of sets as data: opened by one person, activated by another, never changed once families rely on them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from catalog.errors import (
    KitCodeTaken,
    KitFixed,
    KitMalformed,
    KitNotReady,
    KitsOverlap,
    KitStateTaken,
    NotYourDraft,
    SecondPersonNeeded,
)
from catalog.models import Item, KitKind, KitKindAuthor
from catalog.queries.sizes import list_sizes
from catalog.rules.kits import free_bit, is_size, may_fit_one_child, sizes_written
from catalog.services.kits import KitDefinition, activate_kit, add_sizes, deactivate_kit, edit_kit, open_kit
from core.actors import Actor
from core.audit import AuditEntry
from core.i18n import use_language
from tests.conftest import signed_in_client
from tests.support.catalogue import a_kit_kind, an_item
from tests.support.client import InspectingClient
from tests.support.people import an_actor
from tests.support.standards import AT, a_submitted_draft

UNIFORM = KitDefinition(
    code="UNI",
    name_kk="Мектеп формасы",
    name_ru="Школьная форма",
    name_en="School uniform",
    age_from_months=72,
    age_to_months=216,
    interval_quarters=4,
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with use_language("en"):
        yield


@pytest.fixture
def author(session: Session) -> Actor:
    return an_actor(session, role=Role.MINISTRY, login="author")


@pytest.fixture
def other(session: Session) -> Actor:
    return an_actor(session, role=Role.MINISTRY, login="other")


@pytest.fixture
def client(app: Flask, session: Session, author: Actor) -> InspectingClient:
    return signed_in_client(app, session, author)


def test_a_kind_is_opened_with_its_packed_set_a_group_of_its_own_and_the_next_bit(
    session: Session, author: Actor
) -> None:
    kit = open_kit(session, UNIFORM, actor=author, at=AT)
    item = session.get_one(Item, kit.item_id)
    assert (item.code, item.kind, item.name_kk) == ("UNI", "packed_kit", "Мектеп формасы")
    assert (kit.voucher_bit, kit.group, kit.is_active, kit.activated_at) == (8, "uni", False, None)
    supplies = open_kit(session, replace(UNIFORM, code="SCH"), actor=author, at=AT)
    assert supplies.voucher_bit == 16
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "catalog.open_kit")).first()
    assert entry is not None
    assert (entry.subject, entry.subject_id) == ("kit", "UNI")


def test_a_group_of_its_own_is_never_anothers(session: Session, author: Actor) -> None:
    kit = open_kit(session, replace(UNIFORM, code="FOOD"), actor=author, at=AT)
    assert kit.group == "food_"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"code": "uni"}, "capital Latin letters"),
        ({"code": "U"}, "capital Latin letters"),
        ({"code": "U|1"}, "capital Latin letters"),
        ({"code": "ШКОЛА"}, "capital Latin letters"),
        ({"name_kk": " \u200b"}, "Enter the name in Kazakh"),
        ({"name_en": "x" * 201}, "Enter the name in Kazakh"),
        ({"age_from_months": 216}, "must be below"),
        ({"age_from_months": -1}, "must be below"),
        ({"age_to_months": 5000}, "must be below"),
        ({"interval_quarters": 0}, "1 to 40"),
        ({"interval_quarters": 41}, "1 to 40"),
        ({"for_award": "rich"}, "who may get"),
        ({"for_sex": "cat"}, "who may get"),
        ({"group": "Food!"}, "small Latin letters"),
    ],
)
def test_bad_what_cannot_stand_is_refused_in_words(
    session: Session, author: Actor, wrong: dict[str, object], words: str
) -> None:
    with pytest.raises(KitMalformed) as refusal:
        open_kit(session, replace(UNIFORM, **wrong), actor=author, at=AT)  # type: ignore[arg-type]  # wrong on purpose
    assert words in str(refusal.value.message)


@pytest.mark.parametrize("code", ["F13", "HONEY"])
def test_a_code_of_another_set_or_item_is_refused(session: Session, author: Actor, code: str) -> None:
    with pytest.raises(KitCodeTaken):
        open_kit(session, replace(UNIFORM, code=code), actor=author, at=AT)
    kit = open_kit(session, UNIFORM, actor=author, at=AT)
    with pytest.raises(KitCodeTaken):
        edit_kit(session, kit, replace(UNIFORM, code=code), actor=author, at=AT)


@pytest.mark.parametrize("role", [Role.REGION, Role.DISTRICT, Role.AUDITOR, Role.ADMINISTRATOR])
def test_sec_21_only_the_ministry_defines_sets(session: Session, role: Role) -> None:
    scope = {Role.REGION: (ScopeKind.REGION, 110000000), Role.DISTRICT: (ScopeKind.DISTRICT, 113200000)}
    kind, number = scope.get(role, (ScopeKind.COUNTRY, 0))
    with pytest.raises(NotYourDraft):
        open_kit(session, UNIFORM, actor=an_actor(session, role=role, scope_kind=kind, scope_id=number), at=AT)


def test_until_papers_name_it_a_kind_may_be_changed(session: Session, author: Actor, other: Actor) -> None:
    kit = open_kit(session, UNIFORM, actor=author, at=AT)
    changed = replace(UNIFORM, code="FORMA", age_to_months=204, for_sex="female", name_en="Dress")
    edit_kit(session, kit, changed, actor=other, at=AT)
    assert (kit.code, kit.age_to_months, kit.for_sex, kit.voucher_bit) == ("FORMA", 204, "female", 8)
    item = session.get_one(Item, kit.item_id)
    assert (item.code, item.name_en, item.revision) == ("FORMA", "Dress", 2)
    a_submitted_draft(session, author, kit="FORMA")
    with pytest.raises(KitFixed):
        edit_kit(session, kit, UNIFORM, actor=other, at=AT)


def test_sec_25_whoever_defined_a_kind_does_not_switch_it(session: Session, author: Actor, other: Actor) -> None:
    kit = a_kit_kind(session, code="UNI", ages=(72, 216), is_active=False)
    session.add(KitKindAuthor(kit_kind_id=kit.id, user_id=author.id))
    session.flush()
    with pytest.raises(SecondPersonNeeded):
        activate_kit(session, kit, actor=author, at=AT)
    activate_kit(session, kit, actor=other, at=AT)
    assert (kit.is_active, kit.activated_by_id, kit.activated_at) == (True, other.id, AT)
    with pytest.raises(SecondPersonNeeded):
        deactivate_kit(session, kit, actor=author, at=AT)
    deactivate_kit(session, kit, actor=other, at=AT)
    assert not kit.is_active


def test_sec_25_whoever_changed_a_kind_does_not_activate_it(session: Session, author: Actor, other: Actor) -> None:
    kit = open_kit(session, UNIFORM, actor=author, at=AT)
    edit_kit(session, kit, UNIFORM, actor=other, at=AT)
    sizer = an_actor(session, role=Role.MINISTRY)
    add_sizes(session, kit, ["122"], actor=sizer, at=AT)
    for one in (author, other, sizer):  # neither a later edit nor a size makes the first author a second person
        with pytest.raises(SecondPersonNeeded):
            activate_kit(session, kit, actor=one, at=AT)
    assert kit.created_by_id == author.id
    with pytest.raises(KitNotReady):
        activate_kit(session, kit, actor=an_actor(session, role=Role.MINISTRY), at=AT)


def test_sec_25_an_author_does_not_activate_a_kind_even_by_sql(session: Session, author: Actor, other: Actor) -> None:
    kit = open_kit(session, UNIFORM, actor=author, at=AT)
    activating = update(KitKind).where(KitKind.id == kit.id)
    with pytest.raises(DBAPIError, match="does not activate it"), session.begin_nested():
        session.execute(activating.values(is_active=True, activated_by_id=author.id, activated_at=AT))
    for forgetting in (delete(KitKindAuthor), update(KitKindAuthor).values(user_id=other.id)):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(forgetting)
    session.execute(activating.values(is_active=True, activated_by_id=other.id, activated_at=AT))


def test_sec_25_an_author_sees_no_button_but_who_may_activate(
    app: Flask, session: Session, client: InspectingClient, other: Actor
) -> None:
    client.send_form("/catalog/kits/new", **fields())
    page = client.get("/catalog/kits/UNI").get_data(as_text=True)
    assert "Another person of the ministry activates it." in page
    assert "/catalog/kits/UNI/activate" not in page
    assert "/catalog/kits/UNI/edit" in page
    second = signed_in_client(app, session, other)
    page = second.get("/catalog/kits/UNI").get_data(as_text=True)
    assert "/catalog/kits/UNI/activate" in page
    assert "Another person" not in page
    second.send_form("/catalog/kits/UNI/add-sizes", sizes="122")
    assert "/catalog/kits/UNI/activate" not in second.get("/catalog/kits/UNI").get_data(as_text=True)


def test_a_kind_without_an_approved_standard_is_not_given_out(session: Session, author: Actor, other: Actor) -> None:
    kit = open_kit(session, UNIFORM, actor=author, at=AT)
    a_submitted_draft(session, author, kit="UNI")
    with pytest.raises(KitNotReady):
        activate_kit(session, kit, actor=other, at=AT)


def test_no_two_active_kinds_of_a_group_fit_one_child(session: Session, other: Actor) -> None:
    kit = a_kit_kind(session, code="F46", group="food", ages=(48, 72), is_active=False)
    with pytest.raises(KitsOverlap) as refusal:
        activate_kit(session, kit, actor=other, at=AT)
    assert "F36" in str(refusal.value.message)
    next_to = a_kit_kind(session, code="F67", group="food", ages=(72, 84), is_active=False)
    activate_kit(session, next_to, actor=other, at=AT)
    girls = a_kit_kind(session, code="GIRL", group="wear", ages=(72, 84), is_active=False, for_sex="female")
    boys = a_kit_kind(session, code="BOY", group="wear", ages=(72, 84), is_active=False, for_sex="male")
    activate_kit(session, girls, actor=other, at=AT)
    activate_kit(session, boys, actor=other, at=AT)
    deactivate_kit(session, session.scalars(select(KitKind).where(KitKind.code == "F36")).one(), actor=other, at=AT)
    activate_kit(session, kit, actor=other, at=AT)


def test_ages_that_touch_do_not_meet() -> None:
    def of(first: int, last: int, award: str = "any", sex: str = "any") -> KitKind:
        return KitKind(age_from_months=first, age_to_months=last, for_award=award, for_sex=sex)

    assert not may_fit_one_child(of(12, 36), of(36, 72))
    assert may_fit_one_child(of(12, 37), of(36, 72))
    assert not may_fit_one_child(of(12, 72, sex="male"), of(12, 72, sex="female"))
    assert not may_fit_one_child(of(12, 72, award="conditional"), of(12, 72, award="unconditional"))
    assert may_fit_one_child(of(12, 72, award="conditional", sex="male"), of(12, 72))


def test_the_next_bit_is_the_lowest_free_one_until_there_is_none() -> None:
    assert [free_bit(taken) for taken in (0, 7, 0b1011)] == [1, 8, 4]
    assert free_bit((1 << 30) - 1) is None


def test_sizes_are_items_that_follow_their_kind(session: Session, author: Actor, other: Actor) -> None:
    kit = open_kit(session, UNIFORM, actor=author, at=AT)
    assert add_sizes(session, kit, ["134", "98"], actor=other, at=AT) == 2
    assert add_sizes(session, kit, ["98", "140"], actor=other, at=AT) == 1
    assert [(one.code, one.name_en) for one in list_sizes(session, kit)] == [
        ("UNI-98", "School uniform, 98"),
        ("UNI-134", "School uniform, 134"),
        ("UNI-140", "School uniform, 140"),
    ]
    edit_kit(session, kit, replace(UNIFORM, code="FORMA", name_en="Dress"), actor=author, at=AT)
    assert [one.code for one in list_sizes(session, kit)] == ["FORMA-98", "FORMA-134", "FORMA-140"]
    assert {one.name_en.partition(",")[0] for one in list_sizes(session, kit)} == {"Dress"}


def test_bad_sizes_that_cannot_stand_in_a_code_are_refused(session: Session, author: Actor) -> None:
    kit = open_kit(session, UNIFORM, actor=author, at=AT)
    for wrong in ([], ["12 2"], ["x"], ["Ұ"], ["1" * 13], ["-"], [str(number) for number in range(61)]):
        with pytest.raises(KitMalformed):
            add_sizes(session, kit, wrong, actor=author, at=AT)
    an_item(session, code="UNI-122")
    with pytest.raises(KitCodeTaken):
        add_sizes(session, kit, ["122"], actor=author, at=AT)


def test_sizes_are_read_as_people_write_them() -> None:
    assert sizes_written(" 122,128; xl\n122 ") == ["122", "128", "XL"]
    assert all(map(is_size, ("122", "122-128", "XL", "32/34", "7.5")))


def test_twice_is_told(session: Session, author: Actor, other: Actor) -> None:
    kit = open_kit(session, UNIFORM, actor=author, at=AT)
    with pytest.raises(KitStateTaken):
        deactivate_kit(session, kit, actor=other, at=AT)
    with pytest.raises(KitStateTaken):
        activate_kit(session, session.scalars(select(KitKind).where(KitKind.code == "F13")).one(), actor=other, at=AT)


def test_the_database_refuses_to_redefine_a_kind_that_was_activated(session: Session) -> None:
    for change in ({"age_to_months": 84}, {"for_sex": "male"}, {"voucher_bit": 64}, {"group": "x"}):
        with pytest.raises(DBAPIError, match="keeps its definition"), session.begin_nested():
            session.execute(update(KitKind).where(KitKind.code == "F36").values(change))
    session.execute(update(KitKind).where(KitKind.code == "F36").values(is_active=False))
    with pytest.raises(DBAPIError, match="keeps its definition"), session.begin_nested():
        session.execute(delete(KitKind).where(KitKind.code == "F36"))


def fields(**changes: str) -> dict[str, str]:
    return {
        "code": "uni",
        "name_kk": "Мектеп формасы",
        "name_ru": "Школьная форма",
        "name_en": "School uniform",
        "from_years": "6",
        "from_months": "",
        "until_years": "18",
        "until_months": "0",
        "interval_quarters": "4",
        "group": "",
        "for_award": "any",
        "for_sex": "any",
        **changes,
    }


def test_a_kind_is_opened_changed_and_activated_by_pages(
    app: Flask, session: Session, client: InspectingClient, other: Actor
) -> None:
    made = client.send_form("/catalog/kits/new", **fields())
    assert made.headers["Location"].endswith("/catalog/kits/UNI")
    page = client.get("/catalog/kits").get_data(as_text=True)
    assert "from 6 years to under 18 years" in page
    assert "once a year" in page
    assert "not activated yet" in page
    changed = client.send_form("/catalog/kits/UNI/edit", **fields(from_months="6", for_sex="female"))
    assert changed.status_code == 303
    assert client.send_form("/catalog/kits/UNI/add-sizes", sizes="122, 128").status_code == 303
    assert "Write each size" in client.send_form("/catalog/kits/UNI/add-sizes", sizes="Ұ").get_data(as_text=True)
    assert "There are already: 122, 128" in client.get("/catalog/kits/UNI/add-sizes").get_data(as_text=True)
    page = client.get("/catalog/kits/UNI").get_data(as_text=True)
    assert "from 78 months to under 216 months" in page
    assert "girls" in page
    refused = client.send_form("/catalog/kits/UNI/activate").get_data(as_text=True)
    assert "author defined this kind of set." in refused
    second = signed_in_client(app, session, other)
    not_ready = second.send_form("/catalog/kits/UNI/activate").get_data(as_text=True)
    assert "No version of the standard of UNI is approved." in not_ready
    assert second.send_form("/catalog/kits/HYG/deactivate").status_code == 303
    assert "switched off" in second.get("/catalog/kits").get_data(as_text=True)


def test_what_was_typed_stays_and_each_mistake_is_told_beside_it(client: InspectingClient) -> None:
    wrong = fields(code="", name_ru="", from_years="six", interval_quarters="")
    page = client.send_form("/catalog/kits/new", **wrong).get_data(as_text=True)
    for words in ("Enter the code.", "Enter the name in Russian.", "Enter a whole number.", "1 to 40"):
        assert words in page
    assert 'value="six"' in page
    assert "Мектеп формасы" in page


def test_a_retired_word_of_a_kind_is_no_item_of_another(session: Session, author: Actor) -> None:
    an_item(session, code="UNI")
    with pytest.raises(KitCodeTaken):
        open_kit(session, UNIFORM, actor=author, at=AT)
