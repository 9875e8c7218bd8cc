"""The queue of leads: searched by a job, decided side by side, on to the next; told before vouchers are printed."""

import re

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.database import BoundDatabase
from distribution.models import Lead
from distribution.values.leads import LeadStatus
from tests.conftest import SignIn
from tests.distribution.test_leads import a_child, search
from tests.support.families import AKKOL, ARSHALY
from tests.support.jobs import do_the_jobs

QUEUE = "/distribution/leads"


def test_a_search_is_a_job_and_its_leads_are_decided_one_after_the_other(
    app: Flask, session: Session, sign_in: SignIn
) -> None:
    for name in ("Ахметова Әсел", "Ахметова Асел", "Бекмұратов Темірлан", "Бекмуратов Темирлан"):
        a_child(session, name)
    client = sign_in(Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=AKKOL)
    assert "was not searched yet" in client.get(QUEUE).text
    assert client.send_button(f"{QUEUE}/find", page=QUEUE).status_code == 303
    do_the_jobs(app)
    session.expire_all()
    first, second = session.scalars(select(Lead).order_by(Lead.score.desc(), Lead.id)).all()
    page = client.get(QUEUE).text
    assert page.index(f"{QUEUE}/{first.id}/decide") < page.index(f"{QUEUE}/{second.id}/decide")
    shown = client.get(f"{QUEUE}/{first.id}/decide").text
    assert "Both live in one district." in shown
    assert "Choose how you decide." in client.send_form(f"{QUEUE}/{first.id}/decide").text
    assert "2 possible doubles wait to be decided" in client.get("/distribution/vouchers/print").text
    assert "2 possible doubles wait for decisions" in client.get("/").text
    answer = client.send_form(f"{QUEUE}/{first.id}/decide", decision="same", note="One birth certificate")
    assert answer.location.endswith(f"{QUEUE}/{second.id}/decide")
    assert client.send_form(f"{QUEUE}/{second.id}/decide", decision="different").location.endswith(QUEUE)
    assert "Nothing to decide" in client.get(QUEUE).text
    told = client.get(f"{QUEUE}/{first.id}").text
    assert "One birth certificate" in told
    assert "a double" in told
    again = client.send_button(f"{QUEUE}/{first.id}/reopen", page=f"{QUEUE}/{first.id}")
    assert again.location.endswith(f"{QUEUE}/{first.id}")
    session.expire_all()
    assert session.get_one(Lead, first.id).status == LeadStatus.OPEN


def test_ux_68_a_decision_sent_twice_or_from_two_tabs_is_taken_once(
    database: BoundDatabase, session: Session, sign_in: SignIn
) -> None:
    a_child(session, "Ахметова Әсел")
    a_child(session, "Ахметова Асел")
    search(database, session)
    lead = session.scalars(select(Lead)).one()
    client = sign_in(Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=AKKOL)
    address = f"{QUEUE}/{lead.id}/decide"
    assert client.send_form(address, decision="same").status_code == 303
    assert client.post_with_token(address, decision="different").status_code in {200, 400}
    session.expire_all()
    assert session.get_one(Lead, lead.id).decision == "same"


def test_sec_22_a_lead_across_districts_tells_little_of_the_far_family(
    database: BoundDatabase, session: Session, sign_in: SignIn
) -> None:
    a_child(session, "Ахметова Әсел", guardian="Ахметова Сәуле")
    a_child(session, "Ахметова Асел", district_id=ARSHALY, guardian="Ахметова Раушан")
    search(database, session)
    lead = session.scalars(select(Lead)).one()
    near = sign_in(Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=ARSHALY)
    page = near.get(f"{QUEUE}/{lead.id}").text
    assert "Ахметова Раушан" in page
    assert "Сәуле" not in page
    assert "Әсел" not in page
    far = sign_in(Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=AKKOL)
    assert far.get(f"{QUEUE}/{lead.id}").status_code == 404
    auditor = sign_in(Role.AUDITOR).get(f"{QUEUE}/{lead.id}").text
    assert "Раушан" not in auditor


def test_ux_87_the_counts_of_the_queue_are_its_rows(database: BoundDatabase, session: Session, sign_in: SignIn) -> None:
    for name in ("Ахметова Әсел", "Ахметова Асел", "Бекмұратов Темірлан", "Бекмуратов Темирлан"):
        a_child(session, name)
    search(database, session)
    client = sign_in(Role.MINISTRY)
    for address in (QUEUE, f"{QUEUE}?kind=same_child", f"{QUEUE}?status=all", f"{QUEUE}?status=gone"):
        page = client.get(address).text
        chips = re.findall(r'aria-current="[a-z]+"[^>]*>.*?</a>', page, re.DOTALL)
        counts = {int(found) for chip in chips for found in re.findall(r">\s*(\d+)\s*<", chip)}
        rows = len(re.findall(r'<th scope="row">', page))
        assert not counts or counts == {rows}, address
    lines = client.get(f"{QUEUE}?format=csv").text.strip().splitlines()
    assert len(lines) == 1 + 2
