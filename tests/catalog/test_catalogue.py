"""Sets, versions and items on both engines."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.errors import NoVersionInForce
from catalog.models import KitKind, KitLine, KitVersion
from catalog.queries.kits import get_kit
from catalog.queries.versions import find_version_in_force, version_in_force
from catalog.services.contents import seal_content
from core.clock import now
from core.quarters import Quarter
from tests.conftest import SignIn
from tests.support.people import an_actor


def a_version(session: Session, kit: KitKind, *, number: int, effective_from: Quarter, approved: bool) -> KitVersion:
    author, other = (an_actor(session, role=Role.MINISTRY) for _ in range(2))
    version = KitVersion(
        kit_kind_id=kit.id,
        number=number,
        status="draft",
        effective_from=effective_from,
        legal_document_kk="Бұйрық",
        legal_document_ru="Приказ",
        legal_document_en="Order",
        legal_number="1",
        legal_on=date(2026, 1, 5),
        drafted_by_id=author.id,
    )
    session.add(version)
    session.flush()
    session.add(KitLine(version_id=version.id, position=1, item_id=_any_component(session), packs=3))
    session.flush()
    if approved:
        version.submitted_by_id, version.submitted_at = author.id, now()
        seal_content(session, version)
        version.status, version.approved_by_id, version.approved_at = "approved", other.id, now()
        session.flush()
    return version


def _any_component(session: Session) -> int:
    return session.scalars(select(KitLine.item_id).order_by(KitLine.item_id)).first() or 0


def test_in_force_is_the_approved_version_with_the_latest_quarter_up_to_it(session: Session) -> None:
    kit = get_kit(session, "F13")
    a_version(session, kit, number=2, effective_from=Quarter(2026, 2), approved=True)
    a_version(session, kit, number=3, effective_from=Quarter(2026, 3), approved=False)
    a_version(session, kit, number=4, effective_from=Quarter(2027, 1), approved=True)
    numbers = {
        quarter: version_in_force(session, kit, Quarter.parse(quarter)).number
        for quarter in ("2020-Q1", "2026-Q1", "2026-Q2", "2026-Q4", "2027-Q1", "2030-Q4")
    }
    assert numbers == {"2020-Q1": 1, "2026-Q1": 1, "2026-Q2": 2, "2026-Q4": 2, "2027-Q1": 4, "2030-Q4": 4}
    assert find_version_in_force(session, kit, Quarter(2019, 4)) is None
    with pytest.raises(NoVersionInForce):
        version_in_force(session, kit, Quarter(2019, 4))


def test_two_approved_versions_never_share_a_quarter(session: Session) -> None:
    kit = get_kit(session, "F13")
    a_version(session, kit, number=2, effective_from=Quarter(2026, 2), approved=True)
    with pytest.raises(IntegrityError):
        a_version(session, kit, number=3, effective_from=Quarter(2026, 2), approved=True)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE kit_version SET legal_number = '2'",
        "UPDATE kit_version SET status = 'draft', approved_at = NULL",
        "DELETE FROM kit_version",
        "UPDATE kit_line SET packs = 9",
        "DELETE FROM kit_line",
        "INSERT INTO kit_line (version_id, position, item_id, packs) SELECT 1, 99, 20, 1",
    ],
)
def test_an_approved_version_cannot_be_changed_even_by_sql(session: Session, change: str) -> None:
    with pytest.raises(DatabaseError, match="never changes"):
        session.execute(text(change))


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_pages_of_the_catalogue_are_shown_in_three_languages(sign_in: SignIn, language: str) -> None:
    browser = sign_in(Role.AUDITOR, language=language)
    for path in ("kits", "kits/F36", "kits/HYG?quarter=2020-Q1", "items", "items/MILK25", "items/TBRUSH", "items/F13"):
        assert browser.get(f"/catalog/{path}").status_code == 200, path
    for path in ("kits/XXX", "kits/F13?quarter=soon", "items/XXX"):
        assert browser.get(f"/catalog/{path}").status_code == 404, path
    assert 'class="empty"' in browser.get("/catalog/kits/F13?quarter=2019-Q4").get_data(as_text=True)


@pytest.mark.parametrize("typed", ["сут", "СҮТ", "молоко", "Milk", "сүт"])
def test_ux_79_items_are_found_in_any_language_and_without_kazakh_letters(sign_in: SignIn, typed: str) -> None:
    shown = sign_in(Role.AUDITOR).get("/catalog/items", query_string={"q": typed}).get_data(as_text=True)
    assert "/catalog/items/MILK25" in shown
    assert "/catalog/items/TBRUSH" not in shown


def test_ux_40_the_list_of_items_lives_in_its_address(sign_in: SignIn) -> None:
    browser = sign_in(Role.AUDITOR, language="kk")
    shown = browser.get("/catalog/items?kind=component&kit=HYG&sort=-name").get_data(as_text=True)
    names = [code for code in ("TPASTE", "TBRUSH", "SOAP", "SHAMP", "POWDER", "CREAM") if f"/items/{code}" in shown]
    assert len(names) == 6
    assert "/items/MILK25" not in shown
    assert "kind=component" in shown
    assert browser.get("/catalog/items?sort=nothing").status_code == 400


def test_ux_79_items_stand_in_the_order_of_the_kazakh_alphabet(sign_in: SignIn) -> None:
    shown = sign_in(Role.AUDITOR, language="kk").get("/catalog/items").get_data(as_text=True)
    places = [shown.index(f"/items/{code}") for code in ("HEMAT", "CORNG", "SUNOIL", "BUCKW", "PEARLB")]
    assert places == sorted(places)  # Г Ж К Қ … І: after Ы
