"""The command that prints vouchers: issues what is missing, one file per district, within rights."""

import re
from pathlib import Path

import pypdf
import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.crypto import FieldKeys
from distribution.models import SigningKey, Voucher
from distribution.values.signing_keys import KeyPurpose
from territory.models import District
from tests.support.families import (
    AKKOL,
    ARSHALY,
    QUARTER,
    a_family,
    a_ministry,
    a_point,
    an_approved_roster,
    packed_kits,
)
from tests.support.people import an_actor
from tests.support.vouchers import TODDLER, a_scene, a_supervisor


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["distribution", *words, "--language", "en"])
    return result.exit_code, result.output


def test_vouchers_are_issued_and_printed_by_district(
    app: Flask, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    scene = a_scene(session, keys, families=7)
    district = session.get_one(District, scene.voucher.district_id)
    session.execute(delete(Voucher))
    actor = a_supervisor(session, district.id)
    session.commit()
    file, folder = tmp_path / "sheets.pdf", tmp_path / "all"
    named = ("print-vouchers", str(QUARTER), "--actor", actor.login)
    code, said = run(app, *named, "--district", district.kato, "--out", str(file))
    assert (code, said.endswith("vouchers: 7\n")) == (0, True)
    assert len(pypdf.PdfReader(file).pages) == 2
    assert len(session.scalars(select(Voucher)).all()) == 7
    code, _ = run(app, *named, "--all", str(folder))
    assert code == 0
    assert [one.name for one in folder.iterdir()] == [f"vouchers-{QUARTER}-{district.kato}.pdf"]


def test_other_districts_and_half_named_targets_are_refused(
    app: Flask, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    scene = a_scene(session, keys)
    kato = session.get_one(District, scene.voucher.district_id).kato
    stranger = a_supervisor(session, ARSHALY)
    session.commit()
    named = ("print-vouchers", str(QUARTER), "--actor", stranger.login)
    code, said = run(app, *named, "--district", kato, "--out", str(tmp_path / "x.pdf"))
    assert code == 1
    assert "no such district" in said
    assert list(tmp_path.iterdir()) == []
    assert run(app, *named, "--district", kato)[0] == 2
    assert run(app, *named, "--all", str(tmp_path / "none"))[0] == 1


@pytest.mark.parametrize(
    ("role", "scope_kind"),
    [
        (Role.SUPPLIER, ScopeKind.SUPPLIER),
        (Role.OPERATOR, ScopeKind.PLACE),
        (Role.ADMINISTRATOR, ScopeKind.COUNTRY),
    ],
)
def test_sec_20_the_command_issues_nothing_for_who_may_not_print(
    app: Flask, session: Session, keys: FieldKeys, tmp_path: Path, role: Role, scope_kind: ScopeKind
) -> None:
    scene = a_scene(session, keys, families=2)
    kato = session.get_one(District, scene.voucher.district_id).kato
    session.execute(delete(Voucher).where(Voucher.id == scene.voucher.id))
    scope_id = {ScopeKind.PLACE: scene.point.id, ScopeKind.COUNTRY: 0}.get(scope_kind, 1)
    actor = an_actor(session, role=role, scope_kind=scope_kind, scope_id=scope_id)
    session.commit()
    named = ("print-vouchers", str(QUARTER), "--actor", actor.login)
    for target in (("--all", str(tmp_path)), ("--district", kato, "--out", str(tmp_path / "x.pdf"))):
        code, said = run(app, *named, *target)
        assert (code, "may not issue vouchers" in said) == (1, True)
    assert len(session.scalars(select(Voucher)).all()) == 1
    assert list(tmp_path.iterdir()) == []


def test_all_districts_are_printed_in_kato_order_whatever_their_names(
    app: Flask, session: Session, keys: FieldKeys, tmp_path: Path
) -> None:
    wanted = [(AKKOL, "Я"), (ARSHALY, "А")]
    for district_id, name in wanted:
        session.get_one(District, district_id).set_names(name, name, name)
        point = a_point(session, district_id=district_id)
        a_family(session, births=[TODDLER], district_id=district_id)
        for kit in ("F13", "HYG"):
            packed_kits(session, point, kit, 1)
    an_approved_roster(session, keys)
    actor = a_ministry(session)
    session.commit()
    code, said = run(app, "print-vouchers", str(QUARTER), "--actor", actor.login, "--all", str(tmp_path))
    assert code == 0
    assert re.findall(r"-(\d{9})\.pdf", said) == [session.get_one(District, one).kato for one, _ in wanted]


def test_a_new_signing_key_is_the_ministrys_step(app: Flask, session: Session, keys: FieldKeys) -> None:
    a_scene(session, keys)
    supervisor = a_supervisor(session)
    session.commit()
    assert run(app, "renew-signing-key", str(QUARTER), "--actor", supervisor.login)[0] == 1
    assert len(session.scalars(select(SigningKey).where(SigningKey.purpose == KeyPurpose.VOUCHER)).all()) == 1
