"""The command that prints vouchers: issues what is missing, one file per district, within rights."""

from pathlib import Path

import pypdf
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.crypto import FieldKeys
from distribution.models import SigningKey, Voucher
from territory.models import District
from tests.support.families import ARSHALY, QUARTER
from tests.support.vouchers import a_scene, a_supervisor


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


def test_a_new_signing_key_is_the_ministrys_step(app: Flask, session: Session, keys: FieldKeys) -> None:
    a_scene(session, keys)
    supervisor = a_supervisor(session)
    session.commit()
    assert run(app, "renew-signing-key", str(QUARTER), "--actor", supervisor.login)[0] == 1
    assert len(session.scalars(select(SigningKey)).all()) == 1
