"""A packed lot is held against the version in force: by a query, on a page, by a command."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.errors import NoVersionInForce
from catalog.queries.compositions import list_composition_faults
from catalog.queries.kits import get_kit
from catalog.services.approvals import approve_version, submit_draft
from catalog.services.substitutes import SubstituteWish, add_substitute
from core.quarters import Quarter
from tests.conftest import SignIn
from tests.support.people import an_actor
from tests.support.standards import AT, SOON, a_draft

F13 = {"MILK25": 2, "BISC": 1, "CORNG": 1, "BABYC": 2, "PUREE": 12}


def test_the_version_in_force_in_the_quarter_counts_with_its_substitutes(session: Session) -> None:
    author, second = an_actor(session, role=Role.MINISTRY), an_actor(session, role=Role.MINISTRY)
    draft = a_draft(session, author)
    wish = SubstituteWish("MILK25", "OATFL", 3, 1, "себеп", "причина", "reason")
    add_substitute(session, draft, wish=wish, revision=draft.revision, actor=author, at=AT)
    submitted = submit_draft(session, draft, revision=draft.revision, actor=author, at=AT)
    approve_version(session, submitted, seen=submitted.content_hash or "", actor=second, at=AT)
    kit = get_kit(session, "F13")
    assert list_composition_faults(session, kit, Quarter(2026, 4), F13) == []
    assert [one.kind for one in list_composition_faults(session, kit, SOON, F13)] == ["stranger"] * 4
    assert list_composition_faults(session, kit, SOON, {"MILK25": 4, "OATFL": 1, "BUCKW": 2}) == []
    assert list_composition_faults(session, kit, SOON, {"MILK25": 5, "OATFL": 1, "BUCKW": 2})
    with pytest.raises(NoVersionInForce):
        list_composition_faults(session, kit, Quarter(2019, 4), F13)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_page_checks_a_lot_and_keeps_nothing(sign_in: SignIn, language: str) -> None:
    browser, page = sign_in(Role.STOREKEEPER, language=language), "/catalog/kits/F13/versions/1/composition"
    packs = {f"packs_{code}": str(number) for code, number in F13.items()}
    right = browser.send_form(page, **packs, quarter="2020-Q1").get_data(as_text=True)
    assert "message-ok" in right
    wrong = browser.send_form(page, **{**packs, "packs_PUREE": "11"}, quarter="2020-Q1").get_data(as_text=True)
    assert "message-refused" in wrong
    assert "PUREE: 11" in wrong or "PUREE: 12" in wrong
    assert "error" in browser.send_form(page, **{**packs, "packs_PUREE": "x"}, quarter="2020-Q1").get_data(as_text=True)
    assert browser.get("/catalog/kits/F13/versions/9/composition").status_code == 404


def test_a_command_checks_a_lot(app: Flask) -> None:
    runner, english = app.test_cli_runner(), ["--language", "en"]
    given = [f"{code}={number}" for code, number in F13.items()]
    right = runner.invoke(args=["catalog", "check-composition", "f13", "2026-Q4", *given, *english])
    assert (right.exit_code, right.output.strip()) == (0, "This is what the version and its substitutes allow.")
    wrong = runner.invoke(args=["catalog", "check-composition", "F13", "2026-Q4", *given, "MILK25=1", *english])
    assert wrong.exit_code == 1
    assert "MILK25: 3 in place of 2." in wrong.output
    for words in (["F13", "soon", "MILK25=1"], ["F13", "2026-Q4", "MILK25"], ["XXX", "2026-Q4", "MILK25=1"]):
        assert runner.invoke(args=["catalog", "check-composition", *words, *english]).exit_code in {1, 2}
