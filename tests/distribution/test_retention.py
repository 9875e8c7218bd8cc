"""People of cases that ended long ago are emptied; totals, rows and the trail stay."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from distribution.models import (
    Allotment,
    AssistanceCase,
    CaseEvent,
    Child,
    CommissionReview,
    Family,
    FamilyProxy,
    PastCase,
    PastChild,
    PastFamily,
    RosterLine,
)
from distribution.queries.eligibility import count_eligible
from distribution.services.cases import take_act
from distribution.services.children import add_child, rename_child
from distribution.services.families import FamilyFacts, change_family
from distribution.services.proxies import ProxyFacts, add_proxy
from distribution.services.retention import empty_people
from distribution.values.cases import CaseAct, StepFacts
from tests.support.cases import AT, DAY, an_application, an_iin, an_officer, awarded
from tests.support.families import AKKOL, QUARTER, a_family, a_ministry, a_point, an_approved_roster

MUCH_LATER = datetime(2032, 1, 10, 6, 0, tzinfo=UTC)
TABLES = (Family, AssistanceCase, Child, PastFamily, PastCase, PastChild, CaseEvent, RosterLine, Allotment)


def a_whole_life(session: Session, keys: FieldKeys) -> AssistanceCase:
    """Enter a family with everything that can be known of it; its award ends with the quarter."""
    officer = an_officer(session)
    case = an_application(session, keys, officer)
    child = add_child(session, case.id, iin=an_iin(date(2023, 7, 19)), name="Дана", actor=officer, at=AT, keys=keys)
    rename_child(session, child.id, name="Данагүл", why="куәлік", actor=officer, at=AT)
    facts = FamilyFacts("Айгүл Басқа", AKKOL, "Ақкөл", "+77017778899", "Құпия көше, 7")
    change_family(session, case.family_id, facts=facts, why="тұрмыс", actor=officer, at=AT, keys=keys)
    proxy = ProxyFacts(an_iin(), "Серік Сенім", "ҚҰЖАТ-9", DAY, DAY + timedelta(days=300))
    add_proxy(session, case.family_id, facts=proxy, actor=officer, at=AT, keys=keys)
    awarded(session, case, officer, award_to=QUARTER.last_day)
    return case


def test_sec_51_people_go_and_totals_stay(session: Session, keys: FieldKeys) -> None:
    a_point(session)
    case = a_whole_life(session, keys)
    an_approved_roster(session, keys)
    before = {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in TABLES}
    figures = count_eligible(session, QUARTER)
    assert figures
    assert not empty_people(session, actor=a_ministry(session), at=AT).families
    emptied = empty_people(session, actor=a_ministry(session), at=MUCH_LATER)
    assert (emptied.families, emptied.children) == (1, 1)
    after = {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in TABLES}
    assert after == before
    assert count_eligible(session, QUARTER) == figures
    family, child = session.get_one(Family, case.family_id), session.scalars(select(Child)).one()
    assert (family.guardian_name, family.settlement, family.phone_sealed, family.address_sealed) == ("", "", b"", None)
    assert (child.name, child.iin_sealed, child.birth_on) == ("", b"", date(2023, 7, 2))
    assert session.get_one(AssistanceCase, case.id).case_no == f"#{case.id}"
    for past in session.scalars(select(PastFamily)):
        assert (past.guardian_name, past.phone_sealed, past.address_sealed) == ("", b"", None)
    assert {past.name for past in session.scalars(select(PastChild))} == {""}
    assert session.scalars(select(FamilyProxy)).one().document_sealed == b""
    assert session.scalars(select(CommissionReview)).one().findings == ""
    assert not empty_people(session, actor=a_ministry(session), at=MUCH_LATER).families


def test_sec_51_who_may_still_need_it_is_kept(session: Session, keys: FieldKeys) -> None:
    officer = an_officer(session)
    a_family(session, births=[date(2023, 1, 1)])  # goes on
    a_family(session, births=[date(2023, 1, 1)], status="suspended")
    ended = awarded(session, an_application(session, keys, officer), officer, award_to=DAY + timedelta(days=30))
    second = an_application(session, keys, officer)
    take_act(session, second.id, CaseAct.WITHDRAW, StepFacts(DAY), actor=officer, at=MUCH_LATER - timedelta(days=100))
    assert empty_people(session, actor=a_ministry(session), at=MUCH_LATER).families == 1
    names = {row.id: row.guardian_name for row in session.scalars(select(Family))}
    assert names[ended.family_id] == ""
    assert names[second.family_id] != ""
