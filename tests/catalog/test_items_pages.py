"""Pages of items: the list, one item, the forms, two people at once, hostile names."""

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.queries.items import facts_of, find_item, get_item
from catalog.services.items import edit_item, enter_item, retire_item
from catalog.values import NUTRIENTS
from core.clock import now
from tests.catalog.test_items import RICE
from tests.conftest import SignIn
from tests.support.people import an_actor

TYPED = {
    "code": "oil1",
    "name_kk": "Күнбағыс майы 1 л",
    "name_ru": "Масло подсолнечное 1 л",
    "name_en": "Sunflower oil 1 l",
    "pack_net": "1 000",
    "pack_unit": "ml",
    "pack_grams": "920",
    "storage_min_c": "\u22125",
    "storage_max_c": "20",
    "shelf_life_days": "540",
    "allergens": ["mustard"],
    "may_contain": ["sesame", "soy"],
    "nutrients-kcal": "884",
    "nutrients-fat_g": "99,9",
    "nutrient_source": "SR26 04506",
    "gtins": "4006381333931\r\n96385074",
    "hs_code": "1512 19",
    "price": "480,50",
    "note": "glass",
}


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_an_item_is_entered_on_its_page_and_every_fact_arrives(sign_in: SignIn, session: Session) -> None:
    browser = sign_in(Role.MINISTRY)
    sent = browser.send_form("/catalog/items/new", **TYPED)
    assert (sent.status_code, sent.location) == (303, "/catalog/items/OIL1")
    facts = facts_of(get_item(session, "OIL1"))
    assert (facts.pack_net, facts.pack_grams, facts.storage_min_c) == (1000, 920, -5)
    assert (facts.allergens, facts.may_contain) == (("mustard",), ("sesame", "soy"))
    assert facts.nutrients == {"kcal": 884_000, "fat_g": 99_900}
    assert (facts.gtins, facts.reference_price_tiyn) == (("4006381333931", "96385074"), 48_050)
    for language in ("kk", "ru", "en"):
        shown = sign_in(Role.AUDITOR, language=language).get("/catalog/items/OIL1").get_data(as_text=True)
        assert "4006381333931" in shown
        assert "SR26 04506" in shown


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("gtins", "4006381333932", "the last one is 1, not 2"),
        ("nutrients-protein_g", "101", "from 0 to 100 g"),
        ("nutrients-carb_g", "1,2345", "at most 3 digits"),
        ("nutrients-carb_g", "99", "more than 100 g in 100 g"),
        ("pack_net", "9" * 5000, "whole number"),
        ("pack_net", "-4", "whole number from 1"),
        ("pack_net", "١٢", "whole number in figures"),
        ("pack_unit", "kg", "Choose the unit"),
        ("code", "СҮТ1", "Latin letters"),
        ("code", "milk25", "code of another item"),
        ("storage_max_c", "-30", "Swap them"),
        ("storage_max_c", "", "both ends"),
        ("shelf_life_days", "0", "from 1 to"),
        ("allergens", "gold", "There is no allergen gold"),
        ("may_contain", "mustard", "The item contains mustard"),
        ("price", "1e3", "Write a figure"),
        ("name_kk", "\u200b\u202e", "Enter the name in Kazakh"),
        ("name_ru", "ы" * 301, "Shorten this to 300"),
        ("hs_code", "=1+1", "digits and spaces"),
        ("nutrient_source", " ", "Name the source"),
        ("variant_of", "MILK25", "Enter the size"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_what_was_typed_stays(
    sign_in: SignIn, session: Session, field: str, typed: str, sentence: str
) -> None:
    sent = sign_in(Role.MINISTRY).send_form("/catalog/items/new", **{**TYPED, field: typed})
    shown = sent.get_data(as_text=True)
    assert sent.status_code == 200
    assert sentence in text_of(shown)
    assert 'aria-invalid="true"' in shown or "field-wrong" in shown
    assert "Sunflower oil 1 l" in shown
    assert find_item(session, "OIL1") is None


def test_ux_67_who_saves_second_sees_what_changed_and_keeps_what_was_typed(sign_in: SignIn, session: Session) -> None:
    ministry = an_actor(session, role=Role.MINISTRY)
    item = enter_item(session, RICE, actor=ministry, at=now())
    before = facts_of(item)
    session.commit()
    browser = sign_in(Role.MINISTRY)
    opened = browser.get("/catalog/items/RICE5/edit").get_data(as_text=True)
    form = fields_in(opened)
    changed = replace(before, shelf_life_days=360, nutrients={**RICE.nutrients, "ca_mg": 3_000})
    edit_item(session, item, changed, revision=1, actor=ministry, at=now())
    session.commit()
    refused = browser.post("/catalog/items/RICE5/edit", data={**form, "note": "in bags"}).get_data(as_text=True)
    assert "Асель Серік changed this item on" in refused
    merged = fields_in(refused)
    assert (merged["note"], merged["shelf_life_days"], merged["nutrients-ca_mg"]) == ("in bags", "360", "3")
    assert browser.post("/catalog/items/RICE5/edit", data=merged).status_code == 303
    session.expire_all()
    stored = facts_of(get_item(session, "RICE5"))
    assert (stored.note, stored.shelf_life_days, stored.nutrients["ca_mg"]) == ("in bags", 360, 3_000)


def fields_in(html: str) -> dict[str, str | list[str]]:
    """Return what a browser would send of the last form of a page."""
    form = html[html.rindex('<form class="form"') :]
    found: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if said.get("type") in {"radio", "checkbox"}:
            if " checked" not in tag:
                continue
            if said["type"] == "checkbox":
                found.setdefault(said["name"], [])
                kept = found[said["name"]]
                assert isinstance(kept, list)
                kept.append(unescape(said["value"]))
                continue
        found[said["name"]] = unescape(said.get("value", ""))
    for name, body in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\r?\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(body)
    return found


def test_opening_a_form_and_saving_it_changes_nothing(sign_in: SignIn, session: Session) -> None:
    browser = sign_in(Role.MINISTRY, language="kk")
    before = {code: facts_of(get_item(session, code)) for code in ("MILK25", "BISC", "TBRUSH", "F13", "PUREE")}
    for code, facts in before.items():
        opened = fields_in(browser.get(f"/catalog/items/{code}/edit").get_data(as_text=True))
        assert browser.post(f"/catalog/items/{code}/edit", data=opened).status_code == 303, code
        session.expire_all()
        assert facts_of(get_item(session, code)) == facts
        assert get_item(session, code).revision == 1


def test_an_item_is_retired_and_restored_on_its_pages(sign_in: SignIn, session: Session) -> None:
    browser = sign_in(Role.MINISTRY)
    page = "/catalog/items/MILK25/retire"
    shown = browser.get(page).get_data(as_text=True)
    assert "Standards in force or to come count on this item" in shown
    opened = fields_in(shown)
    refused = browser.post(page, data={**opened, "replacement": ""})
    assert "Name the item that replaces it" in refused.get_data(as_text=True)
    opened = fields_in(refused.get_data(as_text=True))
    assert browser.post(page, data={**opened, "replacement": "PUREE"}).status_code == 303
    shown = browser.get("/catalog/items/MILK25").get_data(as_text=True)
    assert "/catalog/items/PUREE" in shown
    assert "/catalog/items/MILK25" in browser.get("/catalog/items?state=retired").get_data(as_text=True)
    assert "/catalog/items/MILK25" not in browser.get("/catalog/items?state=current").get_data(as_text=True)
    assert "/catalog/items/MILK25" in browser.get("/catalog/items/PUREE").get_data(as_text=True)
    restored = browser.send_button("/catalog/items/MILK25/restore", page="/catalog/items/MILK25")
    assert restored.status_code == 303
    session.expire_all()
    assert get_item(session, "MILK25").retired_at is None


def test_ux_44_the_page_of_an_item_shows_its_nutrients_with_units_and_source(sign_in: SignIn, session: Session) -> None:
    ministry = an_actor(session, role=Role.MINISTRY)
    enter_item(session, RICE, actor=ministry, at=now())
    session.commit()
    shown = text_of(sign_in(Role.AUDITOR, language="ru").get("/catalog/items/RICE5").get_data(as_text=True))
    for name, amount in (("kcal", "358"), ("protein_g", "6,5"), ("fat_g", "0,52")):
        named = next(one for code, one in NUTRIENTS.items() if code == name)
        assert f"{named.name.render('ru')} {amount} {named.unit.render('ru')}" in shown


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{ 7 * 7 }}", "%s %d %%", '"><img src=x onerror=x>'])
def test_sec_29_a_hostile_name_is_only_a_name_on_every_page(sign_in: SignIn, session: Session, name: str) -> None:
    ministry = an_actor(session, role=Role.MINISTRY)
    hostile = replace(RICE, name_kk=name, name_ru=name, name_en=name, note=name, nutrient_source=name)
    item = enter_item(session, hostile, actor=ministry, at=now())
    enter_item(
        session, replace(hostile, code="SIZE", variant_of="RICE5", variant=name, gtins=()), actor=ministry, at=now()
    )
    other = enter_item(session, replace(hostile, code="OTHER", gtins=()), actor=ministry, at=now())
    retire_item(session, other, replacement="RICE5", revision=1, actor=ministry, at=now())
    edit_item(session, item, replace(facts_of(item), note=""), revision=1, actor=ministry, at=now())
    session.commit()
    browser = sign_in(Role.MINISTRY)
    for path in ("", "/RICE5", "/SIZE", "/OTHER", "/RICE5/edit", "/SIZE/retire", "?q=%3Cscript%3E", "/MILK25/retire"):
        shown = browser.get(f"/catalog/items{path}")
        assert shown.status_code == 200
        assert "<script>alert" not in shown.get_data(as_text=True)
        assert "<img src=x" not in shown.get_data(as_text=True)
    assert f"<h1> {name} </h1>" in unescape(
        " ".join(browser.get("/catalog/items/RICE5").get_data(as_text=True).split())
    )


@pytest.mark.parametrize("sort", ["name;select", "-name desc", "id", "name'", "--"])
def test_bad_12_an_unknown_order_is_refused(sign_in: SignIn, sort: str) -> None:
    assert sign_in(Role.AUDITOR).get("/catalog/items", query_string={"sort": sort}).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {"q": "' OR 1=1--"},
        {"q": '");--'},
        {"q": "\u202e"},
        {"kind": "' OR 1=1--"},
        {"kit": "'; DROP TABLE item; --"},
        {"allergen": "%;_"},
        {"state": "x", "unit": "\ud800".encode("utf-8", "surrogatepass")},
    ],
)
def test_bad_12_words_of_a_search_are_only_words(sign_in: SignIn, query: dict[str, str]) -> None:
    shown = sign_in(Role.AUDITOR).get("/catalog/items", query_string=query)
    assert shown.status_code == 200


def test_bad_43_a_search_for_what_nobody_can_type_is_answered_in_words(sign_in: SignIn) -> None:
    assert sign_in(Role.AUDITOR).get("/catalog/items", query_string={"q": "\x00"}).status_code in {200, 400}


@pytest.mark.parametrize("typed", ["4870000000005", "487 0000 000005", "rice5", "RICE", "длиннозерный", "узын данди"])
def test_ux_79_an_item_is_found_by_name_code_or_trade_number(sign_in: SignIn, session: Session, typed: str) -> None:
    enter_item(session, RICE, actor=an_actor(session, role=Role.MINISTRY), at=now())
    session.commit()
    shown = sign_in(Role.AUDITOR).get("/catalog/items", query_string={"q": typed}).get_data(as_text=True)
    assert "/catalog/items/RICE5" in shown
    assert "/catalog/items/TBRUSH" not in shown


def test_ux_42_the_export_has_every_item_that_is_filtered_and_every_fact(sign_in: SignIn, session: Session) -> None:
    enter_item(session, RICE, actor=an_actor(session, role=Role.MINISTRY), at=now())
    session.commit()
    browser = sign_in(Role.AUDITOR)
    file = browser.get("/catalog/items?format=csv&unit=g&columns=code").get_data(as_text=True)
    lines = file.splitlines()
    shown = browser.get("/catalog/items?unit=g").get_data(as_text=True)
    assert len(lines) - 1 == shown.count('<th scope="row">')
    assert "4870000000005" in file
    assert "protein_g" in lines[0]


def test_only_the_ministry_edits_items(sign_in: SignIn) -> None:
    for role in (Role.AUDITOR, Role.STOREKEEPER, Role.REGION):
        browser = sign_in(role)
        assert "/catalog/items/new" not in browser.get("/catalog/items").get_data(as_text=True)
        for path in ("new", "MILK25/edit", "MILK25/retire"):
            assert browser.get(f"/catalog/items/{path}").status_code == 404, (role, path)


@pytest.mark.parametrize("field", ["id", "kind", "retired_at", "replaced_by_id", "created_by", "status"])
def test_sec_23_a_field_that_the_page_does_not_ask_for_is_refused(
    sign_in: SignIn, session: Session, field: str
) -> None:
    sent = sign_in(Role.MINISTRY).send_form("/catalog/items/new", **{**TYPED, field: "packed_kit"})
    assert sent.status_code == 400
    assert find_item(session, "OIL1") is None


def test_ux_40_sizes_stand_behind_their_item_until_they_are_asked_for(sign_in: SignIn, session: Session) -> None:
    clerk = an_actor(session, role=Role.MINISTRY)
    enter_item(session, replace(RICE, code="COAT", gtins=()), actor=clerk, at=now())
    for size in ("122", "128"):
        sized = replace(RICE, code=f"COAT-{size}", gtins=(), variant_of="COAT", variant=size)
        enter_item(session, sized, actor=clerk, at=now())
    session.commit()
    browser = sign_in(Role.AUDITOR, language="en")
    shown = browser.get("/catalog/items").get_data(as_text=True)
    assert "2 sizes" in shown
    assert "/catalog/items/COAT-122" not in shown
    for address in ("/catalog/items?sizes=all", "/catalog/items?q=coat-122"):
        assert "/catalog/items/COAT-122" in browser.get(address).get_data(as_text=True)
    assert "COAT-128" not in browser.get("/catalog/items?format=csv").get_data(as_text=True)
    assert "COAT-128" in browser.get("/catalog/items?sizes=all&format=csv").get_data(as_text=True)
