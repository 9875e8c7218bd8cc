"""The commands `import-registry`, `confirm-import`, `discard-import`, as they are typed."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role
from distribution.models import Child, RegistryBatch
from tests.support.people import an_actor
from tests.support.registry_files import a_row, registry_file

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, session: Session) -> Run:
    for login in ("clerk", "chief"):
        an_actor(session, role=Role.MINISTRY, login=login)
    an_actor(session, role=Role.AUDITOR, login="auditor")
    session.commit()

    def type_in(*words: str | Path, language: str = "en") -> Result:
        return app.test_cli_runner().invoke(args=["distribution", *map(str, words), "--language", language])

    return type_in


def test_a_dry_run_needs_nobody_writes_nothing_and_reports_every_remark(
    run: Run, session: Session, tmp_path: Path
) -> None:
    rows = [a_row(1), a_row(2, award_status="ok"), None, a_row(3, birth_date="", child_name="А?")]
    report = tmp_path / "report.csv"
    ended = run("import-registry", registry_file(tmp_path, rows), "--dry-run", "--report", report)
    assert ended.exit_code == 0, ended.output
    for line in ("Rows: 3", "Accepted: 2", "Refused: 1", "award_status_unknown: 1", "nothing was written"):
        assert line in ended.output
    with report.open(encoding="utf-8", newline="") as file:
        said = list(csv.DictReader(file))
    assert list(said[0]) == ["row", "reason", "message"]
    assert [(line["row"], line["reason"]) for line in said] == [
        ("3", "award_status_unknown"),
        ("5", "birth_date_from_iin"),
        ("5", "name_letter_lost"),
    ]
    assert all(line["message"] for line in said)
    assert session.scalar(select(func.count()).select_from(RegistryBatch)) == 0


def test_an_import_is_staged_by_one_and_confirmed_by_another(run: Run, session: Session, tmp_path: Path) -> None:
    file, report = registry_file(tmp_path, [a_row(1), a_row(2, award_status="ok")]), tmp_path / "r.csv"
    staged = run("import-registry", file, "--actor", "clerk", "--report", report)
    assert staged.exit_code == 0, staged.output
    batch_id = session.scalar(select(RegistryBatch.id))
    assert f"flask distribution confirm-import {batch_id} --actor LOGIN" in staged.output
    assert "3,award_status_unknown," in report.read_text("utf-8")
    own = run("confirm-import", str(batch_id), "--actor", "clerk")
    assert (own.exit_code, "another person" in own.output) == (1, True)
    confirmed = run("confirm-import", str(batch_id), "--actor", "chief")
    assert confirmed.exit_code == 0, confirmed.output
    assert "New children: 1" in confirmed.output
    assert session.scalar(select(func.count()).select_from(Child)) == 1
    again = run("import-registry", file, "--actor", "chief")
    assert (again.exit_code, "already loaded" in again.output) == (1, True)


def test_a_staged_import_is_discarded_and_may_come_again(run: Run, session: Session, tmp_path: Path) -> None:
    file = registry_file(tmp_path, [a_row(1)])
    assert run("import-registry", file, "--actor", "clerk").exit_code == 0
    batch_id = session.scalar(select(RegistryBatch.id))
    assert run("discard-import", str(batch_id), "--actor", "clerk").exit_code == 0
    assert run("confirm-import", str(batch_id), "--actor", "chief").exit_code == 1
    assert run("import-registry", file, "--actor", "clerk").exit_code == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--actor", "nobody"), "There is no active user"),
        (("--actor", "auditor"), "may not do this"),
        ((), "--actor LOGIN"),
    ],
)
def test_who_acts_is_asked_and_checked(run: Run, tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    ended = run("import-registry", registry_file(tmp_path, [a_row(1)]), *words)
    assert ended.exit_code != 0
    assert sentence in ended.output


@pytest.mark.parametrize(
    ("language", "sentence"), [("kk", "бұл файл кесте емес"), ("ru", "Этот файл не таблица"), ("en", "not a table")]
)
@pytest.mark.parametrize("words", [("--dry-run",), ("--actor", "clerk")])
def test_a_bad_file_ends_with_one_sentence_and_no_traceback(
    run: Run, tmp_path: Path, words: tuple[str, ...], language: str, sentence: str
) -> None:
    path = tmp_path / "registry.csv"
    path.write_bytes(b"%PDF-1.4")
    ended = run("import-registry", path, *words, language=language)
    assert ended.exit_code == 1
    assert sentence in ended.output
    assert "Traceback" not in ended.output
