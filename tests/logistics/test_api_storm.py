"""One act of a program, sent eight times at one moment: it happens once, and all are told the same (ECO-07)."""

import uuid
from functools import partial

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind, TokenScope
from core.database import Database
from core.web.models import AnsweredRequest
from logistics.models import Transfer
from tests.support.client import InspectingClient
from tests.support.goods import a_place, balance_of, receive, some_districts
from tests.support.moments import at_once
from tests.support.people import an_actor
from tests.support.programs import a_program
from warehouses.values import PlaceKind

SENDERS = 8


def test_eco_07_of_eight_at_once_one_acts_and_all_get_its_answer(only_app: Flask, fresh_database: Database) -> None:
    only_app.extensions["database"] = fresh_database
    with Session(fresh_database.writers, expire_on_commit=False) as session:
        district = some_districts(session)[0]
        source = a_place(session, kind=PlaceKind.REGIONAL, region_id=district.region_id)
        target = a_place(session, kind=PlaceKind.DISTRICT, district_id=district.id)
        lot = receive(session, source, 30)
        keeper = an_actor(session, role=Role.STOREKEEPER, scope_kind=ScopeKind.PLACE, scope_id=source.id)
        body = {"source": source.code, "target": target.code, "lines": [{"lot": lot.id, "packs": 10}]}
        programs = [a_program(only_app, session, keeper, scope=TokenScope.WRITE) for _ in range(SENDERS)]
    key = str(uuid.uuid4())

    def send(program: InspectingClient) -> tuple[int, str, bool]:
        answer = program.post("/api/v1/transfers", json=body, headers={"Idempotency-Key": key})
        return answer.status_code, answer.text, "Idempotency-Replayed" in answer.headers

    sent = at_once([partial(send, program) for program in programs])
    answers = [one for one in sent if isinstance(one, tuple)]
    assert len(answers) == SENDERS, sent
    assert len({(status, text) for status, text, _ in answers}) == 1, answers
    assert [again for _, _, again in answers].count(False) == 1
    with fresh_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Transfer)) == 1
        assert session.scalar(select(func.count()).select_from(AnsweredRequest)) == 1
        assert balance_of(session, source, lot) == (20, 0)
