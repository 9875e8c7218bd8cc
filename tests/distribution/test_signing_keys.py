"""Keys of quarters: the set that the root signs, withdrawal by two people, the status list (SEC-44)."""

import base64
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.values import Role
from config import Settings
from core.crypto import FieldKeys
from distribution.errors import SecondPersonNeeded
from distribution.errors.signing_keys import KeySetUnacceptable, NoKeySet, RootKeyMissing, WithdrawalUnasked
from distribution.models import SigningKey, Voucher
from distribution.queries.signing_keys import list_token_keys, list_withdrawn_prints
from distribution.rules.cose import ES256, KEY_BYTES
from distribution.rules.key_sets import KeySetRefused, payload_of, print_of, read_key_set, signed_by_root
from distribution.rules.status_lists import MEDIA_TYPE, StatusList, StatusListRefused, VoucherState, read_list
from distribution.rules.tokens import Claims, verified_claims
from distribution.services.hand_overs import hand_over
from distribution.services.key_sets import accept_key_set, draft_key_set, renew_key_set, written_key_set
from distribution.services.root_keys import make_root_key, own_root_key, read_root_key
from distribution.services.signing_keys import (
    ask_withdrawal,
    make_signing_key,
    open_sealing_keys,
    open_signer,
    refuse_withdrawal,
    sealing_key,
    withdraw_signing_key,
)
from distribution.services.status_lists import written_status_list
from distribution.services.vouchers import reissue_voucher
from distribution.values.signing_keys import KeyAlgorithm, KeyPurpose
from tests.conftest import SignIn
from tests.support.families import QUARTER, a_ministry
from tests.support.vouchers import NOON, a_scene

ROOT = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
ROOT_PUBLIC = ROOT.public_key().public_bytes_raw()
BASE = "https://toptama.example"


def keys_of(session: Session) -> dict[str, SigningKey]:
    return {key.purpose: key for key in session.scalars(select(SigningKey).order_by(SigningKey.id))}


def read_states(session: Session, keys: FieldKeys) -> StatusList:
    written = written_status_list(session, QUARTER, keys, NOON, base_url=BASE)
    status = keys_of(session)[KeyPurpose.STATUS]
    return read_list(written, [(status.kid, status.public_key)])


def test_sec_42_a_quarter_has_a_key_for_each_purpose_and_no_other(session: Session, keys: FieldKeys) -> None:
    a_scene(session, keys)
    made = keys_of(session)
    assert set(made) == set(KeyPurpose)
    assert len({key.public_key for key in made.values()}) == len(KeyPurpose)
    sealing = sealing_key(session, quarter=QUARTER, at=NOON, actor_id=None, keys=keys)
    assert len(sealing.public_key) == KEY_BYTES[ES256]
    opened = open_sealing_keys(session, sealing.kid, keys)
    assert [isinstance(key, EllipticCurvePrivateKey) for key in opened] == [True]
    made[KeyPurpose.STATUS].kid = made[KeyPurpose.VOUCHER].kid
    session.flush()
    shared = list_token_keys(session, made[KeyPurpose.VOUCHER].kid)
    assert [key.public for key in shared] == [made[KeyPurpose.VOUCHER].public_key], (
        "a key of one purpose is none of another"
    )


def test_es256_signs_vouchers_as_eddsa_does(session: Session, keys: FieldKeys) -> None:
    made = make_signing_key(session, quarter=QUARTER, at=NOON, actor_id=None, keys=keys, algorithm=KeyAlgorithm.ES256)
    signer = open_signer(session, quarter=QUARTER, at=NOON, actor_id=None, keys=keys)
    claims = Claims(1_801_000_000, bytes(8), QUARTER.ordinal, 1, 7, 3, 0)
    token = signer.sign(claims)
    assert signer.key_id == made.kid
    assert verified_claims(token, lambda kid: list_token_keys(session, kid)) == claims


def test_sec_42_only_a_newer_set_signed_by_the_root_counts(session: Session, keys: FieldKeys) -> None:
    with pytest.raises(NoKeySet):
        draft_key_set(session, at=NOON)
    a_scene(session, keys)
    with pytest.raises(NoKeySet):
        written_key_set(session)
    draft = draft_key_set(session, at=NOON)
    stranger = Ed25519PrivateKey.generate()
    with pytest.raises(KeySetUnacceptable):
        accept_key_set(session, signed_by_root(payload_of(draft), stranger), root=ROOT_PUBLIC, actor_id=None, at=NOON)
    first = signed_by_root(payload_of(draft), ROOT)
    accept_key_set(session, first, root=ROOT_PUBLIC, actor_id=None, at=NOON)
    assert written_key_set(session) == first
    assert {key.purpose for key in read_key_set(first, ROOT_PUBLIC).keys} == {"voucher", "status", "receipt"}
    with pytest.raises(KeySetUnacceptable):
        accept_key_set(session, first, root=ROOT_PUBLIC, actor_id=None, at=NOON)
    assert renew_key_set(session, ROOT, actor_id=None, at=NOON).version == 2
    for broken in (b"", first[:-1], first + b"\x00", b"\xd2" + first, first.replace(b"status", b"statuz")):
        with pytest.raises(KeySetRefused):
            read_key_set(broken, ROOT_PUBLIC)
    with pytest.raises(KeySetRefused):
        signed_by_root(b"\xa0", ROOT)


def test_sec_42_two_people_withdraw_a_key_and_it_leaves_the_next_set(session: Session, keys: FieldKeys) -> None:
    a_scene(session, keys)
    key = keys_of(session)[KeyPurpose.VOUCHER]
    old = signed_by_root(payload_of(draft_key_set(session, at=NOON)), ROOT)
    one, other = a_ministry(session), a_ministry(session)
    with pytest.raises(WithdrawalUnasked):
        withdraw_signing_key(session, key, actor_id=other.id, at=NOON)
    ask_withdrawal(session, key, reason="Кілт сыртқа шықты", actor_id=one.id, at=NOON)
    session.refresh(key)
    with pytest.raises(SecondPersonNeeded):
        withdraw_signing_key(session, key, actor_id=one.id, at=NOON)
    with pytest.raises(WithdrawalUnasked):
        ask_withdrawal(session, key, reason="тағы", actor_id=other.id, at=NOON)
    refuse_withdrawal(session, key, actor_id=one.id, at=NOON)
    ask_withdrawal(session, key, reason="Кілт сыртқа шықты", actor_id=one.id, at=NOON)
    session.refresh(key)
    withdraw_signing_key(session, key, actor_id=other.id, at=NOON)
    assert list_withdrawn_prints(session) == [print_of(key.public_key)]
    assert {told.purpose for told in draft_key_set(session, at=NOON).keys} == {"status", "receipt"}
    with pytest.raises(KeySetUnacceptable):
        accept_key_set(session, old, root=ROOT_PUBLIC, actor_id=None, at=NOON)


def test_the_status_list_tells_what_became_of_each_voucher(session: Session, keys: FieldKeys) -> None:
    scene = a_scene(session, keys, families=5)
    given, partly, held, again, gone = scene.vouchers
    for voucher, sets in ((given, scene.sets(session, given)), (partly, scene.sets(session, partly)[:1])):
        hand_over(session, scene.asked(session, voucher=voucher, sets=sets), operator=scene.operator, at=NOON)
    session.execute(update(Voucher).where(Voucher.id == held.id).values(suspended_at=NOON))
    session.execute(update(Voucher).where(Voucher.id == gone.id).values(revoked_at=NOON))
    reissue_voucher(session, again, at=NOON, actor_id=scene.operator.id, keys=keys)
    listed = read_states(session, keys)
    states = [listed.state_of(voucher.idx) for voucher in scene.vouchers]
    valid = VoucherState.VALID
    assert states == [VoucherState.HANDED_OVER, valid, VoucherState.SUSPENDED, valid, VoucherState.REVOKED]
    assert listed.state_of(10_000) is valid
    assert listed.subject == f"{BASE}/open/status/{QUARTER}"
    voucher_key = keys_of(session)[KeyPurpose.VOUCHER]
    written = written_status_list(session, QUARTER, keys, NOON, base_url=BASE)
    with pytest.raises(StatusListRefused):
        read_list(written, [(voucher_key.kid, voucher_key.public_key)])


def test_the_public_files_of_keys_answer_unchanged_when_asked_again(
    app: Flask, session: Session, keys: FieldKeys, sign_in: SignIn
) -> None:
    del sign_in
    client = app.test_client()
    assert client.get("/open/keys").status_code == 404
    assert client.get(f"/open/status/{QUARTER}").status_code == 404
    a_scene(session, keys)
    renew_key_set(session, ROOT, actor_id=None, at=NOON)
    session.commit()
    for path, kind in (("/open/keys", "application/cose"), (f"/open/status/{QUARTER}", MEDIA_TYPE)):
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "public" in answer.headers["Cache-Control"]
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) in {(304, b""), (200, again.data)}
    assert client.get("/open/status/2019-Q1").status_code == 404


def test_sec_42_the_pages_of_keys_lead_two_people_through_a_withdrawal(
    session: Session, keys: FieldKeys, sign_in: SignIn, settings: Settings
) -> None:
    a_scene(session, keys)
    key = keys_of(session)[KeyPurpose.VOUCHER]
    session.commit()
    one, other = sign_in(Role.MINISTRY), sign_in(Role.MINISTRY)
    assert "Not signed yet" in one.get("/distribution/keys").text
    draft = one.get("/distribution/keys/draft").data
    signed = signed_by_root(draft, own_root_key(settings.data_dir))
    refused = one.send_form("/distribution/keys/accept", file=(BytesIO(draft), "set"))
    assert "did not sign" in refused.text
    assert one.send_form("/distribution/keys/accept", file=(BytesIO(signed), "set")).status_code == 303
    assert "In the signed set" in one.get("/distribution/keys").text
    assert one.send_form(f"/distribution/keys/{key.id}/ask", reason="Lost laptop").status_code == 303
    assert "Another person approves it." in one.get("/distribution/keys").text
    assert other.send_button(f"/distribution/keys/{key.id}/withdraw", page="/distribution/keys").status_code == 303
    session.expire_all()
    assert key.withdrawn_at is not None
    assert sign_in(Role.AUDITOR).get("/distribution/keys").status_code == 404


def test_sec_42_a_root_key_is_its_owners_and_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "root.pem"
    public = make_root_key(file, "алтын кілт")
    assert file.stat().st_mode & 0o077 == 0
    assert read_root_key(file, "алтын кілт").public_key().public_bytes_raw() == public
    for wrong in ("", "басқа"):
        with pytest.raises(RootKeyMissing):
            read_root_key(file, wrong)
    with pytest.raises(FileExistsError):
        make_root_key(file, "")
    own = own_root_key(tmp_path / "data").private_bytes_raw()
    assert own_root_key(tmp_path / "data").private_bytes_raw() == own


def test_sec_42_commands_carry_a_set_to_the_root_and_back(
    app: Flask, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    a_scene(session, keys)
    login = a_ministry(session).login
    session.commit()
    runner = app.test_cli_runner()

    def run(*words: str) -> str:
        result = runner.invoke(args=["distribution", *words, "--language", "en"])
        assert result.exit_code == 0, result.output
        return result.output

    root, draft, signed = (str(tmp_path / name) for name in ("root", "draft", "signed"))
    told = run("make-root-key", root, "--passphrase", "x")
    assert len(base64.urlsafe_b64decode(told.strip().removeprefix("ROOT_KEY=") + "=")) == 32
    run("write-key-set", draft, "--actor", login)
    shown = run("sign-key-set", draft, "--root", root, "--out", signed, "--passphrase", "x", "--yes")
    assert print_of(keys_of(session)[KeyPurpose.VOUCHER].public_key) in shown
    refused = runner.invoke(args=["distribution", "accept-key-set", signed, "--actor", login, "--language", "en"])
    assert "did not sign" in refused.output, "this server believes another root"
    assert "Set 1 counts" in run("renew-key-set", "--actor", login)
    run("renew-signing-key", str(QUARTER), "--algorithm", "ES256", "--actor", login)
    assert keys_of(session)[KeyPurpose.VOUCHER].algorithm == KeyAlgorithm.ES256
    key = keys_of(session)[KeyPurpose.RECEIPT]
    run("ask-key-withdrawal", str(key.id), "--reason", "Lost", "--actor", login)
    assert runner.invoke(args=["distribution", "withdraw-key", str(key.id), "--actor", login]).exit_code == 1
    run("withdraw-key", str(key.id), "--actor", a_ministry(session).login)
    assert "withdrawn" in run("list-keys")
