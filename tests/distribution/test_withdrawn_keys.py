"""After a key was withdrawn: its vouchers are replaced, part by part, once each, and the families are counted."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role
from core.crypto import FieldKeys
from distribution.models import SigningKey, Voucher
from distribution.queries.signing_keys import list_token_keys
from distribution.queries.withdrawn_keys import count_held
from distribution.rules.cose import EDDSA, ES256
from distribution.rules.tokens import beginning_of, opened_token, verified_claims
from distribution.services import reissuing
from distribution.services.reissuing import reissue_some
from distribution.services.signing_keys import ask_withdrawal, make_signing_key, withdraw_signing_key
from distribution.services.vouchers import reissue_voucher
from distribution.values.signing_keys import KeyAlgorithm, KeyPurpose
from tests.conftest import SignIn
from tests.support.families import QUARTER, a_ministry
from tests.support.jobs import do_the_jobs
from tests.support.vouchers import NOON, Scene, a_scene, a_scene_of_today


def a_withdrawn_key(session: Session, scene: Scene) -> SigningKey:
    key = session.scalars(select(SigningKey).where(SigningKey.purpose == KeyPurpose.VOUCHER)).one()
    ask_withdrawal(
        session, key, reason="Кілт сыртқа шықты", actor_id=a_ministry(session).id, at=scene.voucher.issued_at
    )
    session.refresh(key)
    withdraw_signing_key(session, key, actor_id=a_ministry(session).id, at=scene.voucher.issued_at)
    session.refresh(key)
    return key


def live_of(session: Session) -> list[Voucher]:
    return list(session.scalars(select(Voucher).where(Voucher.revoked_at.is_(None)).order_by(Voucher.idx)))


@pytest.mark.parametrize(("algorithm", "number"), [(KeyAlgorithm.EDDSA, EDDSA), (KeyAlgorithm.ES256, ES256)])
def test_sec_42_a_token_begins_as_its_key_says(
    session: Session, keys: FieldKeys, algorithm: KeyAlgorithm, number: int
) -> None:
    key = make_signing_key(session, quarter=QUARTER, at=NOON, actor_id=None, keys=keys, algorithm=algorithm)
    voucher = a_scene(session, keys, families=1).voucher
    assert opened_token(voucher.token).key_id == key.kid
    assert voucher.token.startswith(beginning_of(key.kid, number))
    other = bytes(byte ^ 1 for byte in key.kid)
    assert not voucher.token.startswith(beginning_of(other, number))


def test_sec_42_vouchers_of_a_withdrawn_key_are_replaced_part_by_part_and_once(
    session: Session, keys: FieldKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = a_scene(session, keys, families=5)
    key = a_withdrawn_key(session, scene)
    person = a_ministry(session)
    reissue_voucher(session, scene.vouchers[1], at=scene.voucher.issued_at, actor_id=person.id, keys=keys)
    assert count_held(session, [key], at=NOON) == {key.id: 4}
    monkeypatch.setattr(reissuing, "AT_ONCE", 3)
    done = [reissue_some(session, key, actor=person, at=NOON, keys=keys) for _ in range(3)]
    assert done == [3, 1, 0]
    assert count_held(session, [key], at=NOON) == {key.id: 0}
    live = live_of(session)
    assert [(one.idx, one.family_id, one.rev) for one in live] == [
        (one.idx, one.family_id, 1) for one in sorted(scene.vouchers, key=lambda one: one.idx)
    ]
    for one in live:
        claims = verified_claims(one.token, lambda kid: list_token_keys(session, kid))
        assert (claims.idx, claims.rev, claims.kit_bits) == (one.idx, 1, scene.voucher.kit_bits)
    reasons = select(func.count()).where(Voucher.revoked_reason == "key")
    assert session.scalar(reasons) == 4


def test_sec_42_the_page_of_a_withdrawn_key_replaces_its_vouchers(
    app: Flask, session: Session, keys: FieldKeys, sign_in: SignIn
) -> None:
    scene = a_scene_of_today(session, keys, families=3)
    key = a_withdrawn_key(session, scene)
    session.commit()
    ministry = sign_in(Role.MINISTRY)
    assert "3 families still hold its voucher" in ministry.get("/distribution/keys").text
    assert ministry.send_form(f"/distribution/keys/{key.id}/reissue").status_code == 303
    do_the_jobs(app)
    session.expire_all()
    assert {one.rev for one in live_of(session)} == {1}
    assert "No family holds a voucher" in ministry.get(f"/distribution/keys/{key.id}/reissue").text
    assert "still hold" not in ministry.get("/distribution/keys").text
    runner = app.test_cli_runner()
    words = ["distribution", "reissue-key-vouchers", str(key.id), "--actor", a_ministry(session).login]
    session.commit()
    assert "Vouchers replaced: 0" in runner.invoke(args=[*words, "--language", "en"]).output
