"""The demonstration: a whole quarter by the services that people use, and never on top of real data."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.demonstration import story
from app.demonstration.mark import Mark, read_mark, write_mark
from app.factory import create_app
from catalog.models import Item, KitKind, KitVersion
from config import Settings
from core.database import Database
from distribution.models import Allotment, Device, HandOverLine, Incident, Lease, Receipt, Voucher
from tests.support.families import a_family
from warehouses.queries import list_wrong_balances

ROWS = 400


@pytest.fixture
def installation(fresh_database: Database, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """Give an application on a database and a folder of its own, as a first start finds them."""
    app = create_app(replace(settings, data_dir=tmp_path / "data"), fresh_database)
    with app.app_context():
        yield app


def silent(_: str) -> None:
    """Say nothing."""


def test_ux_103_a_quarter_goes_from_registry_to_hand_over_and_every_balance_is_proved(installation: Flask) -> None:
    story.load(silent, rows=ROWS)
    with installation.extensions["database"].reading() as session:
        assert not list_wrong_balances(session)
        vouchers = session.scalar(select(func.count()).select_from(Voucher)) or 0
        allotted = session.scalar(select(func.count()).select_from(Allotment)) or 0
        given = session.scalar(select(func.count()).where(HandOverLine.reversed_at.is_(None))) or 0
        kits = {kit.code: kit.is_active for kit in session.scalars(select(KitKind))}
        states = sorted(
            (version.kit_kind.code, version.number, version.status, version.submitted_at is not None)
            for version in session.scalars(select(KitVersion).where(KitVersion.number > 1))
        )
        sizes = session.scalar(select(func.count()).where(Item.variant_of_id.is_not(None))) or 0
        replaced = session.scalar(select(func.count()).where(Item.replaced_by_id.is_not(None))) or 0
        unusual = (
            session.scalars(select(Voucher.revoked_reason).where(Voucher.revoked_at.is_not(None))).all(),
            session.scalar(select(func.count()).where(Voucher.suspended_at.is_not(None))),
            session.scalars(select(Incident.kind).where(Incident.status == "open")).all(),
            session.scalar(select(func.count()).select_from(Receipt)),
            session.scalar(select(func.count()).where(HandOverLine.reversal_reason.like("%қайтарды"))),
            session.scalar(select(func.count()).select_from(Lease).join(Device).where(Lease.closed_at.is_(None))),
        )
    assert kits == {"F13": True, "F36": True, "HYG": True, "SCH": False, "UNI": False}
    assert states == [("F13", 2, "draft", True), ("F36", 2, "approved", True)]
    assert (sizes, replaced) == (32, 1)
    assert unusual == (["damaged"], 1, ["no_stock"], 1, 1, 1)
    assert 0 < vouchers < allotted
    assert 0 < given < allotted
    mark = read_mark(installation.extensions["settings"].data_dir)
    assert mark is not None
    assert mark.finished
    assert {role for _, role in mark.people} >= {"administrator", "ministry", "storekeeper", "operator", "supplier"}


def test_bad_16_a_demonstration_never_loads_where_families_or_movements_exist(installation: Flask) -> None:
    with installation.extensions["database"].writing() as session:
        a_family(session, births=[])
    with pytest.raises(story.DatabaseInUse):
        story.load(silent, rows=ROWS)
    assert read_mark(installation.extensions["settings"].data_dir) is None


def test_an_interrupted_demonstration_is_erased_and_only_a_demonstration(installation: Flask) -> None:
    folder = installation.extensions["settings"].data_dir
    with pytest.raises(story.NoDemonstration):
        story.erase()
    folder.mkdir()
    write_mark(folder, Mark(finished=False, password="of no use"))
    with installation.extensions["database"].writing() as session:
        a_family(session, births=[])
    assert story.is_unfinished()
    story.erase()
    assert not story.is_unfinished()
    assert story.is_empty(installation.extensions["database"])


def test_bad_16_a_production_installation_takes_no_demonstration(
    fresh_database: Database, settings: Settings, tmp_path: Path
) -> None:
    production = replace(settings, data_dir=tmp_path, production=True, base_url="https://toptama.example")
    with create_app(production, fresh_database).app_context():
        with pytest.raises(story.NotInProduction):
            story.load(silent, rows=ROWS)
        with pytest.raises(story.NotInProduction):
            story.erase()
