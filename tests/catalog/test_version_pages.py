"""Pages of versions: drafted, written, compared, commented on, returned, approved; all without JavaScript."""

import re

import pytest
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.models import KitVersion
from catalog.queries.lines import list_lines
from catalog.queries.versions import get_version
from tests.conftest import SignIn
from tests.support.client import InspectingClient
from tests.support.people import an_actor
from tests.support.standards import a_draft, a_submitted_draft, an_approved_version

DRAFT = "/catalog/kits/F13/versions/2"


@pytest.fixture
def draft(session: Session) -> KitVersion:
    version = a_draft(session, an_actor(session, role=Role.MINISTRY))
    session.commit()
    return version


def fields_of(version: KitVersion, **changes: str) -> dict[str, str]:
    """Return the fields of the line editor as it is first shown."""
    return {
        "revision": str(version.revision),
        "lines-0-item": "MILK25",
        "lines-0-packs": "7",
        "lines-1-item": "BUCKW",
        "lines-1-packs": "2",
        "added_item": "",
        "added_packs": "1",
        "pasted": "",
        **changes,
    }


def order_of(page: str) -> list[str]:
    """Return the codes of the lines in the order in which the editor shows them."""
    return [part.split('"')[0] for part in page.split('-item" type="hidden" value="')[1:]]


def after(browser: InspectingClient, address: str, **fields: str) -> str:
    """Return the page that a step leads to; it is the version's, whatever came of the step."""
    answer = browser.post_with_token(address, **fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, DRAFT), answer.text[:300]
    return browser.get(DRAFT).text


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_of_a_version_is_shown(session: Session, sign_in: SignIn, language: str) -> None:
    author = an_actor(session, role=Role.MINISTRY)
    a_submitted_draft(session, author)
    an_approved_version(session)
    a_draft(session, author)
    session.commit()
    browser = sign_in(Role.MINISTRY, language=language)
    for path in (
        "/catalog/kits/F13",
        "/catalog/kits/F13/versions/new?source=3",
        "/catalog/kits/F13/versions/1",
        "/catalog/kits/F13/versions/2",
        "/catalog/kits/F13/versions/3",
        "/catalog/kits/F13/versions/4",
        "/catalog/kits/F13/versions/4/edit",
        "/catalog/kits/F13/versions/4/lines",
        "/catalog/kits/F13/versions/2/return",
        "/catalog/kits/F13/versions/2/comments",
        "/catalog/kits/F13/compare",
        "/catalog/kits/F13/compare?left=1&right=4",
        "/catalog/kits/HYG/compare",
    ):
        assert browser.get(path).status_code == 200, path
    for path in ("/catalog/kits/F13/versions/99", "/catalog/kits/F13/compare?left=99", "/catalog/kits/X/compare"):
        assert browser.get(path).status_code == 404, path


def test_a_version_goes_from_draft_to_approved_in_the_browser(session: Session, sign_in: SignIn) -> None:
    author, approver = sign_in(Role.MINISTRY), sign_in(Role.MINISTRY)
    begun = author.post_with_token("/catalog/kits/F13/versions/new", source="1")
    assert begun.headers["Location"].endswith("/catalog/kits/F13/versions/2/edit")
    words = {
        "revision": "1",
        "effective_from": str(get_version(session, "F13", 2).effective_from),
        "legal_document_kk": "Бұйрық",
        "legal_document_ru": "Приказ",
        "legal_document_en": "Order",
        "legal_number": "7",
        "legal_on": "2026-11-02",
        "change_note_kk": "Сүт көп",
        "change_note_ru": "Больше молока",
        "change_note_en": "More milk",
    }
    assert author.post_with_token(f"{DRAFT}/edit", **words).status_code == 303
    assert author.post_with_token(f"{DRAFT}/submit", revision="2").status_code == 303
    session.expire_all()
    seen = get_version(session, "F13", 2).content_hash or ""
    assert "Another person of the ministry approves it." in after(author, f"{DRAFT}/approve", seen=seen)
    assert f'action="{DRAFT}/approve"' not in author.get(DRAFT).text
    assert "submitted this anew" in after(approver, f"{DRAFT}/approve", seen="0" * 64)
    assert approver.post_with_token(f"{DRAFT}/approve", seen=seen).status_code == 303
    session.expire_all()
    assert get_version(session, "F13", 2).status == "approved"
    for step in ("approve", "submit", "withdraw", "discard", "return"):
        assert "approved this version on 20" in after(approver, f"{DRAFT}/{step}"), step
    assert re.search(r'<a href="http[^"]*/standards/F13/2">http', approver.get(DRAFT).text)


def test_ux_67_who_comes_late_is_told_on_the_page_of_the_version(
    session: Session, sign_in: SignIn, draft: KitVersion
) -> None:
    author, other = sign_in(Role.MINISTRY), sign_in(Role.MINISTRY)
    assert "This draft is not submitted." in after(author, f"{DRAFT}/return", words="Why?")
    assert "Submitted." in after(author, f"{DRAFT}/submit", revision=str(draft.revision))
    assert "submitted this draft on 20" in after(other, f"{DRAFT}/submit", revision=str(draft.revision))
    assert "Returned" in after(other, f"{DRAFT}/return", words="Why?", revision=str(draft.revision + 1))
    assert "It is no longer submitted." in after(other, f"{DRAFT}/approve", seen="0" * 64)
    assert "It is no longer submitted." in after(author, f"{DRAFT}/withdraw", revision=str(draft.revision))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("kk", "Нұсқа ол тоқсанда басталмайды"),
        ("ru", "Версия не может начаться в этом квартале"),
        ("en", "A version cannot begin in that quarter"),
    ],
)
def test_a_quarter_that_has_passed_is_refused_in_the_language_of_the_page(
    sign_in: SignIn, draft: KitVersion, language: str, said: str
) -> None:
    browser = sign_in(Role.MINISTRY, language=language)
    words = {"revision": str(draft.revision), "effective_from": "2020-Q1"}
    shown = browser.post_with_token(f"{DRAFT}/edit", **words).get_data(as_text=True)
    assert said in shown
    assert "Not a valid" not in shown


@pytest.mark.parametrize("field", ["status", "approved_by_id", "number", "kit_kind_id", "content_hash"])
def test_sec_23_fields_that_no_page_asks_for_are_refused(
    session: Session, sign_in: SignIn, draft: KitVersion, field: str
) -> None:
    browser, revision = sign_in(Role.MINISTRY), str(draft.revision)
    for step in ("submit", "withdraw", "discard", "edit", "lines", "return", "comments"):
        assert browser.post_with_token(f"{DRAFT}/{step}", **{"revision": revision, field: "1"}).status_code == 400, step
    assert browser.post_with_token(f"{DRAFT}/approve", **{"seen": "x", field: "1"}).status_code == 400
    assert get_version(session, "F13", 2).status == "draft"


@pytest.mark.parametrize("role", [Role.REGION, Role.AUDITOR, Role.STOREKEEPER])
def test_sec_12_what_the_ministry_does_does_not_exist_for_others(
    sign_in: SignIn, draft: KitVersion, role: Role
) -> None:
    del draft
    browser = sign_in(role)
    for step in ("edit", "lines", "return"):
        assert browser.get(f"{DRAFT}/{step}").status_code == 404, step
    for step in ("submit", "withdraw", "approve", "discard", "lines"):
        assert browser.post_with_token(f"{DRAFT}/{step}").status_code == 404, step
    shown = browser.get(DRAFT).get_data(as_text=True)
    assert f'action="{DRAFT}/submit"' not in shown
    assert (f"{DRAFT}/comments" in shown) == (role == Role.REGION)


@pytest.mark.parametrize("state", ["draft", "own", "other", "approved"])
def test_a_version_has_exactly_one_main_button(session: Session, sign_in: SignIn, state: str) -> None:
    author = an_actor(session, role=Role.MINISTRY)
    if state == "approved":
        an_approved_version(session)
    elif state == "draft":
        a_draft(session, author)
    else:
        a_submitted_draft(session, author)
    session.commit()
    shown = sign_in(Role.MINISTRY).get(DRAFT).get_data(as_text=True)
    head = shown.split('class="page-actions"')[1].split("</header>")[0]
    assert head.count('class="button"') == 1
    assert shown.count('class="button"') == 1
    expected = {"draft": "/submit", "own": "/approve", "other": "/approve", "approved": "/paper.pdf"}[state]
    assert expected in head


def test_ux_67_a_refused_change_keeps_what_was_typed(session: Session, sign_in: SignIn, draft: KitVersion) -> None:
    browser = sign_in(Role.MINISTRY)
    for packs in ("0", "1000", "-1", "1.5", "many", ""):
        answer = browser.post_with_token(
            f"{DRAFT}/lines", **fields_of(draft, **{"lines-1-packs": packs, "act": "save"})
        )
        shown = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert "Line 2: Enter a whole number of packs from 1 to 999." in shown
        assert 'role="alert"' in shown
    assert [(line.item, line.packs) for line in list_lines(session, draft)] == [("MILK25", 7), ("BUCKW", 2)]


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("down-0", ["BUCKW", "MILK25"]),
        ("up-1", ["BUCKW", "MILK25"]),
        ("up-0", ["MILK25", "BUCKW"]),
        ("remove-0", ["BUCKW"]),
        ("remove-9", ["MILK25", "BUCKW"]),
        ("up-x", ["MILK25", "BUCKW"]),
        ("nothing", ["MILK25", "BUCKW"]),
    ],
)
def test_lines_are_moved_and_removed_without_javascript_and_count_once_saved(
    session: Session, sign_in: SignIn, draft: KitVersion, act: str, expected: list[str]
) -> None:
    shown = sign_in(Role.MINISTRY).post_with_token(f"{DRAFT}/lines", **fields_of(draft, act=act)).get_data(as_text=True)
    assert order_of(shown) == expected
    assert [line.item for line in list_lines(session, draft)] == ["MILK25", "BUCKW"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [("бал", "HONEY"), ("HONEY", "HONEY"), ("honey", "HONEY"), ("сүт 2,5", ""), ("", "Enter the item"), ("F36", "set")],
)
def test_an_item_is_added_by_name_in_any_language_or_by_code(
    sign_in: SignIn, draft: KitVersion, typed: str, said: str
) -> None:
    fields = fields_of(draft, added_item=typed, added_packs="3", act="add")
    shown = sign_in(Role.MINISTRY).post_with_token(f"{DRAFT}/lines", **fields).get_data(as_text=True)
    if said == "HONEY":
        assert order_of(shown) == ["MILK25", "BUCKW", "HONEY"]
    else:
        assert order_of(shown) == ["MILK25", "BUCKW"]
        assert said in shown


def test_rows_pasted_from_a_table_are_shown_before_they_replace_the_lines(
    session: Session, sign_in: SignIn, draft: KitVersion
) -> None:
    browser = sign_in(Role.MINISTRY)
    pasted = "Item\tPacks\nHONEY\t2\r\nКаша\t1\nсүт 2,5% (ультрапастерленген)\t4\nHONEY\t9\nBUCKW\tx"
    shown = browser.post_with_token(f"{DRAFT}/lines", **fields_of(draft, pasted=pasted, act="read")).get_data(
        as_text=True
    )
    assert order_of(shown) == ["MILK25", "BUCKW"]
    for words in ("2 rows were understood", "3 rows were not", "No item has this code or name.", "stands in row 2"):
        assert words in shown, words
    assert 'value="replace"' not in shown
    shown = browser.post_with_token(f"{DRAFT}/lines", **fields_of(draft, pasted=pasted, act="replace")).text
    assert order_of(shown) == ["MILK25", "BUCKW"]
    assert "Correct the rows that were not understood, then replace the lines." in shown
    assert "Каша" in shown.split("<textarea")[1]
    shown = browser.post_with_token(f"{DRAFT}/lines", **fields_of(draft, pasted=pasted, act="append")).text
    assert order_of(shown) == ["MILK25", "BUCKW", "HONEY"]
    left = shown.split("<textarea")[1].split("</textarea>")[0]
    assert left.split(">")[1].strip().splitlines() == ["Каша\t1", "HONEY\t9", "BUCKW\tx"]
    whole = "HONEY\t2\nMILK25\t4"
    shown = browser.post_with_token(f"{DRAFT}/lines", **fields_of(draft, pasted=whole, act="read")).text
    assert 'value="replace"' in shown
    shown = browser.post_with_token(f"{DRAFT}/lines", **fields_of(draft, pasted=whole, act="replace")).text
    assert order_of(shown) == ["HONEY", "MILK25"]
    assert "data-unsaved hidden" not in " ".join(shown.split())
    saved = {"revision": str(draft.revision), "added_item": "", "added_packs": "1", "pasted": "", "act": "save"}
    saved |= {"lines-0-item": "HONEY", "lines-0-packs": "2", "lines-1-item": "MILK25", "lines-1-packs": "4"}
    assert browser.post_with_token(f"{DRAFT}/lines", **saved).status_code == 303
    assert [(line.item, line.packs) for line in list_lines(session, draft)] == [("HONEY", 2), ("MILK25", 4)]


def test_ux_67_lines_that_somebody_changed_meanwhile_are_shown_beside_ones_own(
    session: Session, sign_in: SignIn, draft: KitVersion
) -> None:
    browser = sign_in(Role.MINISTRY)
    theirs = fields_of(draft, **{"lines-0-packs": "5", "act": "save"})
    assert browser.post_with_token(f"{DRAFT}/lines", **theirs).status_code == 303
    mine = fields_of(draft, **{"lines-1-packs": "9", "act": "save"})
    answer = browser.post_with_token(f"{DRAFT}/lines", **mine)
    shown = " ".join(answer.text.split())
    assert answer.status_code == 200
    assert "after you opened it. What you typed still stands here" in shown
    for side, packs in (("Saved by others", 5), ("On this page", 7), ("Saved by others", 2), ("On this page", 9)):
        assert re.search(rf'data-label="{side}"><span class="number">{packs}<|data-label="{side}">{packs}<', shown), (
            side
        )
    revision = str(draft.revision + 1)
    assert f'name="revision" type="hidden" value="{revision}"' in shown
    taken = browser.post_with_token(f"{DRAFT}/lines", **{**mine, "act": "theirs", "revision": revision}).text
    assert 'name="lines-0-packs" type="text" value="5"' in taken
    assert browser.post_with_token(f"{DRAFT}/lines", **{**mine, "revision": revision}).status_code == 303
    assert [(line.item, line.packs) for line in list_lines(session, draft)] == [("MILK25", 7), ("BUCKW", 9)]


def test_a_comparison_says_every_difference_in_a_word(session: Session, sign_in: SignIn, draft: KitVersion) -> None:
    del draft
    shown = " ".join(
        sign_in(Role.MINISTRY).get("/catalog/kits/F13/compare?left=1&right=2").get_data(as_text=True).split()
    )
    for word in ("<span>added</span>", "<span>removed</span>", "<span>changed</span>", "Weight, kg", "Cost", "Energy"):
        assert word in shown, word
    assert "+" in shown
    assert "−" in shown
    same = sign_in(Role.MINISTRY).get("/catalog/kits/F13/compare?left=1&right=1").get_data(as_text=True)
    assert "0 lines differ." in same
    assert "<span>added</span>" not in same


def test_sec_29_what_people_write_is_never_markup(session: Session, sign_in: SignIn) -> None:
    nasty = '"><script>alert(1)</script>{{ 7*7 }}<img src=x onerror=alert(2)>'
    browser = sign_in(Role.MINISTRY)
    version = a_submitted_draft(session, an_actor(session, role=Role.MINISTRY))
    session.commit()
    assert browser.post_with_token(f"{DRAFT}/comments", words=nasty).status_code == 303
    assert browser.post_with_token(f"{DRAFT}/return", words=nasty, revision=str(version.revision)).status_code == 303
    fields = fields_of(version, pasted=nasty, added_item=nasty, act="read") | {"revision": "9"}
    pages = [browser.get(DRAFT), browser.get(f"{DRAFT}/comments"), browser.post_with_token(f"{DRAFT}/lines", **fields)]
    for answer in pages:
        shown = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "{{ 7*7 }}" in shown


def test_bad_43_comments_keep_no_hidden_signs(session: Session, sign_in: SignIn, draft: KitVersion) -> None:
    del draft
    browser: InspectingClient = sign_in(Role.MINISTRY)
    assert (
        browser.post_with_token(f"{DRAFT}/comments", words="м\u200bо\u202eл\x00око\n\n" + "а\u0301" * 500).status_code
        == 303
    )
    shown = browser.get(DRAFT).get_data(as_text=True)
    assert "мол око" in shown
    assert "\u202e" not in shown
    assert browser.post_with_token(f"{DRAFT}/comments", words="\u200b\u202e").status_code == 200
    assert browser.post_with_token(f"{DRAFT}/comments", words="a" * 2001).status_code == 200
