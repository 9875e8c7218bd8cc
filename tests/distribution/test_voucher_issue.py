"""Issue and replacement of vouchers, and the keys that sign them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.audit import AuditEntry
from core.crypto import FieldKeys, secret_hash
from distribution.errors import NoSigningKey, NotYourStep, VoucherReplaced
from distribution.models import AssistanceCase, Child, SigningKey, Voucher
from distribution.queries.signing_keys import list_token_keys
from distribution.rules.tokens import Claims, verified_claims
from distribution.rules.vouchers import expiry_of, masked_name, shuffled_indices
from distribution.services.scans import check_scan
from distribution.services.signing_keys import ask_withdrawal, make_signing_key, withdraw_signing_key
from distribution.services.vouchers import issue_vouchers, reissue_voucher
from distribution.values import ScanWay
from distribution.values.signing_keys import KeyPurpose
from tests.support.families import (
    AKKOL,
    ARSHALY,
    AT,
    QUARTER,
    a_family,
    a_ministry,
    a_point,
    an_approved_roster,
    packed_kits,
)
from tests.support.people import an_actor
from tests.support.vouchers import NOON, OLDER, TODDLER, a_scene


def claims_of(session: Session, voucher: Voucher) -> Claims:
    return verified_claims(voucher.token, lambda kid: list_token_keys(session, kid))


def test_sec_44_every_family_gets_one_voucher_with_a_secret_of_its_own(session: Session, keys: FieldKeys) -> None:
    scene = a_scene(session, keys, families=12)
    claims = [claims_of(session, voucher) for voucher in scene.vouchers]
    assert len(scene.vouchers) == len({one.secret for one in claims}) == 12
    assert sorted(one.idx for one in claims) == list(range(12))
    for voucher, one in zip(scene.vouchers, claims, strict=True):
        assert voucher.secret_hash == secret_hash(one.secret)
        assert (one.cycle, one.point, one.kit_bits, one.rev) == (8107, scene.point.id, 7, 0)
        assert one.expires == int(expiry_of(QUARTER).timestamp())
    assert issue_vouchers(session, quarter=QUARTER, actor=a_ministry(session), at=NOON, keys=keys) == 0


def test_the_expiry_is_the_end_of_the_thirtieth_day_after_the_quarter() -> None:
    assert expiry_of(QUARTER).isoformat() == "2027-01-30T18:59:59+00:00"


def test_places_in_the_status_list_are_no_order_of_families() -> None:
    indices = shuffled_indices(100, 500)
    assert sorted(indices) == list(range(100, 600))
    assert list(indices) != sorted(indices)


def test_a_supplementary_roster_adds_to_the_voucher_that_a_family_has(session: Session, keys: FieldKeys) -> None:
    scene = a_scene(session, keys, births=[TODDLER])
    case = session.scalars(select(AssistanceCase).join(Voucher, Voucher.family_id == AssistanceCase.family_id)).one()
    session.add(
        Child(
            case_id=case.id, iin_index=b"another", iin_sealed=b"", name="Нұрай", sort="нұрай", search_text="нурай",
            birth_on=OLDER, sex="female",
        )
    )  # fmt: skip
    a_family(session, births=[OLDER], guardian="Жаңа Отбасы")
    an_approved_roster(session, keys)
    assert issue_vouchers(session, quarter=QUARTER, actor=a_ministry(session), at=NOON, keys=keys) == 1
    assert len(scene.sets(session)) == 4
    first, new = session.scalars(select(Voucher).order_by(Voucher.id))
    assert first.token == scene.voucher.token
    assert (first.idx, new.idx) == (0, 1)


def test_sec_44_a_reprint_revokes_the_earlier_print(session: Session, keys: FieldKeys) -> None:
    scene = a_scene(session, keys)
    old = claims_of(session, scene.voucher)
    new_voucher = reissue_voucher(session, scene.voucher, at=NOON, actor_id=scene.operator.id, keys=keys)
    new = claims_of(session, new_voucher)
    assert (new.idx, new.rev) == (old.idx, old.rev + 1)
    assert new.secret != old.secret

    def answer(token: str) -> str:
        return check_scan(
            session,
            scanned_text=token,
            way=ScanWay.CAMERA,
            point_id=scene.point.id,
            operator=scene.operator,
            at=NOON,
        ).verdict.answer

    assert answer(scene.voucher.token) == "revoked"
    assert answer(new_voucher.token) == "ok"
    with pytest.raises(VoucherReplaced):
        reissue_voucher(session, scene.voucher, at=NOON, actor_id=scene.operator.id, keys=keys)


def test_keys_are_sealed_and_one_of_several_under_one_id_verifies(session: Session, keys: FieldKeys) -> None:
    scene = a_scene(session, keys)
    first = session.scalars(select(SigningKey).where(SigningKey.purpose == KeyPurpose.VOUCHER)).one()
    assert first.private_sealed != keys.open_key(first.private_sealed)
    second = make_signing_key(session, quarter=QUARTER, at=AT, actor_id=None, keys=keys)
    second.kid = first.kid
    session.flush()
    assert claims_of(session, scene.voucher).cycle == QUARTER.ordinal
    one, other = a_ministry(session), a_ministry(session)
    ask_withdrawal(session, first, reason="Жоғалды", actor_id=one.id, at=NOON)
    withdraw_signing_key(session, first, actor_id=other.id, at=NOON)
    session.refresh(first)
    with pytest.raises(NoSigningKey):
        ask_withdrawal(session, first, reason="Жоғалды", actor_id=one.id, at=NOON)
    result = check_scan(
        session,
        scanned_text=scene.voucher.token,
        way=ScanWay.CAMERA,
        point_id=scene.point.id,
        operator=scene.operator,
        at=NOON,
    )
    assert result.verdict.answer == "bad_signature"
    actions = set(session.scalars(select(AuditEntry.action)))
    assert {"signing_key.made", "signing_key.withdrawn", "vouchers.issued"} <= actions


def test_names_on_paper_are_masked() -> None:
    assert masked_name("Серікова Асель Маратқызы") == "Се••• А."
    assert masked_name("Ли") == "Ли•••"
    assert masked_name("") == ""


def _due(session: Session, district_id: int) -> None:
    point = a_point(session, district_id=district_id)
    a_family(session, births=[TODDLER], district_id=district_id)
    for kit in ("F13", "HYG"):
        packed_kits(session, point, kit, 1)


@pytest.mark.parametrize(
    ("role", "scope_kind", "scope_id"),
    [
        (Role.SUPPLIER, ScopeKind.SUPPLIER, 1),
        (Role.OPERATOR, ScopeKind.PLACE, 1),
        (Role.ADMINISTRATOR, ScopeKind.COUNTRY, 0),
        (Role.AUDITOR, ScopeKind.COUNTRY, 0),
    ],
)
def test_sec_20_who_may_not_print_issues_nothing(
    session: Session, keys: FieldKeys, role: Role, scope_kind: ScopeKind, scope_id: int
) -> None:
    _due(session, AKKOL)
    an_approved_roster(session, keys)
    actor = an_actor(session, role=role, scope_kind=scope_kind, scope_id=scope_id)
    with pytest.raises(NotYourStep):
        issue_vouchers(session, quarter=QUARTER, actor=actor, at=NOON, keys=keys)
    assert session.scalars(select(Voucher)).all() == []


def test_sec_20_a_district_issues_the_vouchers_of_its_own_families(session: Session, keys: FieldKeys) -> None:
    for district_id in (AKKOL, ARSHALY):
        _due(session, district_id)
    an_approved_roster(session, keys)
    actor = an_actor(session, role=Role.DISTRICT, scope_kind=ScopeKind.DISTRICT, scope_id=ARSHALY)
    assert issue_vouchers(session, quarter=QUARTER, actor=actor, at=NOON, keys=keys) == 1
    assert [voucher.district_id for voucher in session.scalars(select(Voucher))] == [ARSHALY]
