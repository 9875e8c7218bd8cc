"""Journals that were entered before, under whatever name and in whatever bytes."""

from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from tests.support.journals import DAY, as_of, written
from tests.warehouses.test_journals import login, place, run
from warehouses.models import Place

__all__ = ["login", "place"]


def test_the_same_rows_in_another_file_are_refused(
    app: Flask, session: Session, place: Place, login: str, tmp_path: Path
) -> None:
    rows = [
        (DAY, DAY, place.code, "F13", "A", "in", 10, "", ""),
        (DAY, DAY, place.code, "F13", "B", "in", 3, "", ""),
    ]
    assert run(app, written(tmp_path / "j.csv", rows), "--actor", login).exit_code == 0
    other = [
        ("01.03.2026", "", place.code.lower(), "f13", lot, "IN", packs, " ", "") for lot, packs in (("B", 3), ("A", 10))
    ]
    again = run(app, written(tmp_path / "other.csv", other), "--actor", login)
    assert again.exit_code == 1
    assert "from the file j.csv. Nothing was written twice" in again.output
    assert as_of(session, DAY, place) == {("F13", "A"): 10, ("F13", "B"): 3}
    more = [*other, ("02.03.2026", "", place.code, "F13", "A", "in", 1, "", "")]
    assert run(app, written(tmp_path / "more.csv", more), "--actor", login).exit_code == 0
