"""The commands `import-items` and `export-items`, as they are typed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.models import Item, ItemBatch
from tests.support.item_files import an_item_row, items_csv
from tests.support.people import an_actor

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, session: Session) -> Run:
    an_actor(session, role=Role.MINISTRY, login="clerk")
    an_actor(session, role=Role.AUDITOR, login="auditor")
    session.commit()

    def type_in(*words: str | Path, language: str = "en") -> Result:
        return app.test_cli_runner().invoke(args=["catalog", *map(str, words), "--language", language])

    return type_in


def test_items_are_looked_at_then_brought_in(run: Run, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_bytes(items_csv([an_item_row("A"), an_item_row("B", pack_net="0")]))
    looked = run("import-items", file, "--dry-run")
    assert looked.exit_code == 0, looked.output
    assert "New items: 1" in looked.output
    assert "  3: Enter the net content" in looked.output
    assert session.scalar(select(func.count()).select_from(ItemBatch)) == 0
    done = run("import-items", file, "--actor", "clerk")
    assert done.exit_code == 0, done.output
    assert "took effect" in done.output
    assert session.scalar(select(Item.code).where(Item.code == "A")) == "A"
    again = run("import-items", file, "--actor", "clerk")
    assert (again.exit_code, "already loaded" in again.output) == (1, True)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_eco_11_what_is_exported_is_imported_without_change(
    run: Run, tmp_path: Path, ending: str, language: str
) -> None:
    file = tmp_path / f"items.{ending}"
    assert run("export-items", file, language=language).exit_code == 0
    looked = run("import-items", file, "--dry-run")
    assert looked.exit_code == 0, looked.output
    for line in ("New items: 0", "Changed items: 0", "Refused: 0"):
        assert line in looked.output


@pytest.mark.parametrize(
    ("words", "content", "sentence"),
    [
        (("--actor", "nobody"), items_csv([an_item_row("A")]), "no active user"),
        (("--actor", "auditor"), items_csv([an_item_row("A")]), "the right catalog.edit_items is missing"),
        ((), items_csv([an_item_row("A")]), "--actor LOGIN"),
        (("--dry-run",), b"%PDF-1.4", "not a table"),
        (("--dry-run",), b"x;y\n1;2\n", "«Code of the item» is missing"),
    ],
)
def test_refusals_are_told_in_words(
    run: Run, session: Session, tmp_path: Path, words: tuple[str, ...], content: bytes, sentence: str
) -> None:
    file = tmp_path / "items.csv"
    file.write_bytes(content)
    ended = run("import-items", file, *words)
    assert ended.exit_code != 0
    assert sentence in ended.output
    assert "Traceback" not in ended.output
    assert session.scalar(select(func.count()).select_from(ItemBatch)) == 0
