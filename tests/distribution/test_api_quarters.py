"""The steps of a quarter by programs: told, drawn, allotted as long work, signed by another, reserved, published."""

import hashlib
import uuid
from datetime import date

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import TokenScope
from core.crypto import FieldKeys
from distribution.models import Allotment
from distribution.services.announcements import announce
from distribution.services.rosters import freeze_roster
from tests.support.families import AT, QUARTER, a_family, a_ministry, a_point, packed_kits
from tests.support.jobs import do_the_jobs
from tests.support.programs import a_program, post

OF_QUARTER = f"quarters/{QUARTER}"
V1 = f"/api/v1/{OF_QUARTER}"
CHILDREN = [date(2024, 5, 6), date(2024, 6, 7), date(2024, 7, 8)]


def test_a_quarter_of_too_few_sets_goes_its_way_by_programs(app: Flask, session: Session, keys: FieldKeys) -> None:
    point = a_point(session)
    for birth in CHILDREN:
        a_family(session, births=[birth])
    packed_kits(session, point, "F13", 2)
    packed_kits(session, point, "HYG", 3)
    first, second = a_ministry(session), a_ministry(session)
    roster = freeze_roster(session, quarter=QUARTER, actor=first, at=AT, keys=keys)
    announce(session, roster=roster, seed_source="the draw of Sunday", announced={}, actor=first, at=AT)
    session.commit()
    one, other = (a_program(app, session, actor, scope=TokenScope.WRITE) for actor in (first, second))
    assert post(one, f"{OF_QUARTER}/rosters/1/announce", {"seed_source": "another draw"})[1]["code"] == "step_taken"
    status, drawn = post(one, f"{OF_QUARTER}/rosters/1/draw", {"seed": "04 17 23"})
    assert (status, drawn["seed"], drawn["seed_source"]) == (200, "04 17 23", "the draw of Sunday")
    status, work = post(one, f"{OF_QUARTER}/rosters/1/allot", {})
    assert status == 202
    do_the_jobs(app)
    assert one.get(work["address"]).get_json()["state"] == "done"
    assert post(one, f"{OF_QUARTER}/rosters/1/approve")[1]["code"] == "second_person_needed"
    status, approved = post(other, f"{OF_QUARTER}/rosters/1/approve")
    assert (status, approved["sets"]) == (200, {"F13": 2, "HYG": 3})
    assert post(one, f"{OF_QUARTER}/reserve")[1] == {"sets": {"F13": 2, "HYG": 3}, "lacks": []}
    assert post(one, f"{OF_QUARTER}/rosters/1/publish")[0] == 202
    do_the_jobs(app)
    published = one.get(f"{V1}/publications").get_json()["publications"]
    assert [publication["stage"] for publication in published] == ["draw"]
    told = one.get(V1).get_json()
    figures = {kit["kit"]: (kit["need"], kit["granted"], kit["reserved"]) for kit in told["kits"]}
    assert figures["F13"] == (3, 2, 2)


def test_sec_25_who_reads_only_takes_no_step(app: Flask, session: Session, keys: FieldKeys) -> None:
    a_point(session)
    a_family(session, births=CHILDREN[:1])
    ministry = a_ministry(session)
    freeze_roster(session, quarter=QUARTER, actor=ministry, at=AT, keys=keys)
    session.commit()
    reader = a_program(app, session, ministry)
    assert post(reader, f"{OF_QUARTER}/rosters/1/announce", {"seed_source": "the draw of Sunday"})[0] == 403
    assert reader.get(V1).get_json()["rosters"][0]["announced_at"] is None


def test_a_quarter_begins_and_ends_by_programs(app: Flask, session: Session) -> None:
    point = a_point(session)
    a_family(session, births=CHILDREN[:1])
    packed_kits(session, point, "F13", 1)
    packed_kits(session, point, "HYG", 1)
    first, second = a_ministry(session), a_ministry(session)
    session.commit()
    one, other = (a_program(app, session, actor, scope=TokenScope.WRITE) for actor in (first, second))
    assert post(one, f"{OF_QUARTER}/freeze")[0] == 202
    do_the_jobs(app)
    assert post(one, f"{OF_QUARTER}/rosters/1/allot", {"seed": "04 17", "seed_source": "the draw of Sunday"})[0] == 202
    do_the_jobs(app)
    assert post(one, f"{OF_QUARTER}/close", {})[1]["code"] in {"roster_unfinished", "close_too_early"}
    post(other, f"{OF_QUARTER}/rosters/1/approve")
    post(one, f"{OF_QUARTER}/reserve")
    assert post(one, f"{OF_QUARTER}/transfer-plans")[0] == 202
    do_the_jobs(app)
    plans = one.get(f"{V1}/transfer-plans").get_json()["plans"]
    assert one.get(f"/api/v1/transfer-plans/{plans[0]['id']}").get_json()["moves"] == []
    number = session.scalars(select(Allotment.id).where(Allotment.quarter == QUARTER)).first()
    why = one.get(f"/api/v1/allotments/{number}/why").get_json()
    assert (why["kit"] in {"F13", "HYG"}, why["status"], why["steps"][-1]["tone"]) == (True, "granted", "ok")
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    drop = {"allotments": [number], "reason": "moved_away"}
    assert one.post("/api/v1/allotments/drop", json=drop, headers=headers).get_json() == {
        "dropped": 1,
        "moved_up": [],
        "free": 1,
    }
    assert post(one, f"{OF_QUARTER}/close", {"early": True})[0] == 202
    do_the_jobs(app)
    report = one.get(f"{V1}/report")
    assert report.headers["ETag"] == f'"{hashlib.sha256(report.data).hexdigest()}"'
    assert one.get(V1).get_json()["closed_at"]
