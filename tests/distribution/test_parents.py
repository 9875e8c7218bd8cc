"""Families look their voucher up: one answer for wrong and unknown, no name, limits, and what guessing would bring."""

import random
import re
from math import log2

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from core.base32 import write_code
from core.clock import now, today
from core.crypto import FieldKeys, secret_hash
from core.web.models import AttemptCounter
from distribution.models import Child, Family
from distribution.queries.parents import find_family_voucher
from distribution.rules.parents import CODE_BITS, hits_per_day
from distribution.services.hand_overs import hand_over
from distribution.services.voucher_states import suspend_voucher
from distribution.services.vouchers import reissue_voucher
from tests.conftest import on_one_engine
from tests.support.client import InspectingClient
from tests.support.vouchers import Scene, a_scene_of_today, a_supervisor, code_of

UNKNOWN = write_code(b"\x01" * 8)
WRONG_YEAR = today(now()).year - 12
LIVE = 3_000_000
"""Live codes at once, by the reckoning of the expectation."""


@pytest.fixture
def scene(session: Session, keys: FieldKeys) -> Scene:
    scene = a_scene_of_today(session, keys)
    scene.point.address_en, scene.point.hours = "12 Peace Street", "09:00-18:00"
    session.commit()
    return scene


@pytest.fixture
def year(session: Session, scene: Scene) -> int:
    return session.scalars(select(Child.birth_on).order_by(Child.birth_on)).all()[0].year


def asked(client: InspectingClient, code: str, year: int | str) -> str:
    client.set_cookie("language", "en")
    assert client.send_form("/p/code", code=code).status_code == 303
    answer = client.send_form("/p/birth", year=year)
    assert answer.status_code == 303, answer.status_code
    return client.get(answer.headers["Location"]).text


def without_tokens(page: str) -> str:
    return re.sub(r'name="csrf_token"\s+value="[^"]*"', "", page)


def test_ux_98_code_and_year_tell_how_it_stands_where_when_and_what_to_bring(
    client: InspectingClient, scene: Scene, year: int
) -> None:
    page = asked(client, code_of(scene.voucher).lower().replace("-", " "), year)
    for part in ("Ready to collect", "12 Peace Street", "09:00-18:00", "your identity document", "What you get"):
        assert part in page
    for name in ("Әлиева", "Гүлназ", "Әл•••", scene.voucher.token):
        assert name not in page


def test_ux_97_ux_66_the_start_page_says_it_all_and_each_page_asks_one_question(client: InspectingClient) -> None:
    client.set_cookie("language", "en")
    start = client.get("/p").text
    for part in ("What you need", "It takes one minute", "By telephone", "1414"):
        assert part in start
    assert start.count('class="button') == 1
    assert client.get("/p/birth").headers["Location"] == client.get("/p/answer").headers["Location"] == "/p/code"
    assert client.get("/p/code").text.count('type="text"') == 1


def test_sec_62_wrong_and_unknown_are_the_same_bytes(client: InspectingClient, scene: Scene, year: int) -> None:
    wrong = asked(client, code_of(scene.voucher), WRONG_YEAR)
    unknown = asked(client, UNKNOWN, year)
    neither = asked(client, UNKNOWN, WRONG_YEAR)
    assert without_tokens(wrong) == without_tokens(unknown) == without_tokens(neither)
    assert "No voucher fits" in wrong


def test_sec_62_wrong_and_unknown_make_the_same_statements(session: Session, scene: Scene, year: int) -> None:
    said: list[str] = []
    connection = session.connection()

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    told, on = [], today(now())
    for secret, born in ((b"\x01" * 8, year), (scene.voucher.secret_hash, WRONG_YEAR)):
        said.clear()
        hashed = secret_hash(secret) if len(secret) == 8 else secret
        assert find_family_voucher(session, hashed, year=born, on=on) is None
        told.append(list(said))
    event.remove(connection, "before_cursor_execute", note)
    assert told[0] == told[1]
    assert len(told[0]) == 2


def test_ux_98_a_code_that_nobody_can_have_issued_is_told_before_anything_is_looked_up(
    client: InspectingClient, session: Session, scene: Scene
) -> None:
    client.set_cookie("language", "en")
    right = code_of(scene.voucher)
    mistyped = right[:-1] + ("0" if right[-1] != "0" else "1")
    assert "A symbol of the code is wrong" in client.send_form("/p/code", code=mistyped).text
    assert "four digits" in typed_year(client, right, "23").lower()
    assert session.scalars(select(AttemptCounter)).all() == []


def typed_year(client: InspectingClient, code: str, year: str) -> str:
    client.send_form("/p/code", code=code)
    return client.send_form("/p/birth", year=year).text


@pytest.mark.parametrize("code", ["own", "unknown"])
def test_sec_62_years_of_one_code_are_tried_six_times_an_hour_whether_it_exists_or_not(
    client: InspectingClient, scene: Scene, code: str
) -> None:
    typed = code_of(scene.voucher) if code == "own" else UNKNOWN
    for number in range(6):
        asked(client, typed, WRONG_YEAR - number % 3)
    client.send_form("/p/code", code=typed)
    assert client.send_form("/p/birth", year=WRONG_YEAR).status_code == 429


@on_one_engine
def test_sec_62_an_address_looks_up_ten_times_a_minute(client: InspectingClient, scene: Scene) -> None:
    codes = [write_code(bytes([number] * 8)) for number in range(11)]
    for code in codes[:10]:
        asked(client, code, WRONG_YEAR)
    client.send_form("/p/code", code=codes[10])
    assert client.send_form("/p/birth", year=WRONG_YEAR).status_code == 429
    assert client.send_form("/v", code=codes[10]).status_code == 429


def test_ux_98_what_happened_is_told(
    client: InspectingClient, session: Session, keys: FieldKeys, scene: Scene, year: int
) -> None:
    actor, one = a_supervisor(session), scene.voucher
    suspend_voucher(session, one.id, reason="Lost", actor=actor, at=now())
    session.commit()
    assert "On hold" in asked(client, code_of(one), year)
    new = reissue_voucher(session, one, at=now(), actor_id=actor.id, keys=keys)
    session.commit()
    assert "Replaced by a newer one" in asked(client, code_of(one), year)
    request = scene.asked(session, voucher=new, sets=scene.sets(session, new)[:1])
    hand_over(session, request, operator=scene.operator, at=now())
    session.commit()
    page = asked(client, code_of(new), year)
    assert "Partly collected" in page
    assert "Last collected on" in page


def test_ux_98_nothing_that_was_typed_stands_in_an_address_or_in_the_session(
    app: Flask, client: InspectingClient, session: Session, scene: Scene, year: int
) -> None:
    asked(client, code_of(scene.voucher), year)
    with client.session_transaction() as kept:
        content = str(dict(kept))
    for typed in (code_of(scene.voucher), code_of(scene.voucher).replace("-", "")):
        assert typed not in content
    assert client.get("/p").status_code == 200
    assert client.get("/p/answer").headers["Location"] == "/p/code"


def test_sec_62_guessing_is_hopeless_by_the_reckoning_and_by_trying() -> None:
    for letters, addresses, expected in ((8, 1, 0.05), (8, 10_000, 510), (10, 10_000, 0.53), (16, 10_000, 6e-10)):
        bits = letters * log2(31)
        told = hits_per_day(bits=bits, live_codes=LIVE, tries_per_minute=10, addresses=addresses)
        assert told == pytest.approx(expected, rel=0.1)
    ours = hits_per_day(bits=CODE_BITS, live_codes=LIVE, tries_per_minute=10, addresses=10_000)
    assert ours < 1e-4
    chance = random.Random(62)
    space, live = 1 << 16, frozenset(range(0, 1 << 16, 64))
    tries = 10 * 24 * 60 * 5
    hits = sum(chance.randrange(space) in live for _ in range(tries))
    reckoned = hits_per_day(bits=16, live_codes=len(live), tries_per_minute=10, addresses=5)
    assert hits == pytest.approx(reckoned, rel=0.1)


def test_ux_98_the_voucher_on_a_phone_speaks_the_familys_language_unless_another_was_chosen(
    client: InspectingClient, session: Session, scene: Scene
) -> None:
    session.get_one(Family, scene.voucher.family_id).language = "ru"
    session.commit()
    client.delete_cookie("language")
    assert '<html lang="ru">' in client.send_form("/v", code=code_of(scene.voucher)).text
    client.set_cookie("language", "en")
    assert '<html lang="en">' in client.send_form("/v", code=code_of(scene.voucher)).text
