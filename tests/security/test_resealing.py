"""Keys are changed while everybody works: nothing fails, nothing is lost, the earlier key is not needed (SEC-42)."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Session

from app import schema
from app.factory import create_app
from config import Settings, WrongSettings, read_settings
from core.clock import now
from core.crypto import FieldKeys, KeyNumberWrong, SealedOtherwise
from core.database import BoundDatabase, Database
from core.resealing import count_sealed_earlier, list_sealed_columns, reseal
from core.stored_files import opened_file, store_file
from distribution.models import Child, Family, PastFamily, SigningKey
from distribution.services.signing_keys import opened_private
from tests.conftest import FIELD_KEY, INDEX_KEY
from tests.support.client import InspectingClient, hidden_fields
from tests.support.families import a_family, a_ministry
from tests.support.vouchers import a_scene

NEXT = "2:the next field key, of random signs 7Xq2"
NEW = FieldKeys(field_key=NEXT, index_key=INDEX_KEY, earlier=[FIELD_KEY])
ONLY_NEW = FieldKeys(field_key=NEXT, index_key=INDEX_KEY)
_PAGE = b"a page of names" * 1000


def test_sec_42_a_sealed_value_tells_its_key_and_its_purpose(keys: FieldKeys) -> None:
    sealed = keys.seal("870412300415")
    assert (sealed[0], NEW.seal("870412300415")[0]) == (1, 2)
    assert NEW.open(sealed) == NEW.open(NEW.seal("870412300415")) == "870412300415"
    with pytest.raises(SealedOtherwise):
        ONLY_NEW.open(sealed)
    with pytest.raises(InvalidTag):
        NEW.open_key(sealed)
    with pytest.raises(InvalidTag):
        NEW.open(b"\x02" + sealed[1:])
    for wrong in ("0:key", "256:key", "1:key"):
        with pytest.raises(KeyNumberWrong):
            FieldKeys(field_key=wrong, index_key=INDEX_KEY, earlier=[FIELD_KEY])


def test_sec_42_every_column_that_is_sealed_is_sealed_again() -> None:
    told = {(one.table, one.column) for one in list_sealed_columns(schema.all_tables())}
    named = {
        (table.name, column.name)
        for table in schema.all_tables().sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and "sealed" in column.name
    }
    assert named - told == {("device_event", "sealed")}, "devices seal those to a key of the quarter"


def test_sec_42_a_new_field_key_takes_over_while_families_are_entered(
    fresh_database: Database, keys: FieldKeys, tmp_path: Path
) -> None:
    tables, failed = schema.all_tables(), list[BaseException]()
    with fresh_database.writing() as session:
        a_scene(session, keys, families=3)
        for one in session.scalars(select(Family)):
            one.guardian_iin_sealed, one.phone_sealed = keys.seal("870412300415"), keys.seal("+77010000000")
        session.flush()
        _a_past_state(session)
        path = tmp_path / "file"
        path.write_bytes(_PAGE)
        stored = store_file(session, path, name="a.csv", keys=keys, actor_id=a_ministry(session).id, at=now()).id

    def work() -> None:
        try:
            for _ in range(5):
                _enter_and_read(fresh_database)
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    other = threading.Thread(target=work)
    other.start()
    list(reseal(fresh_database, tables, NEW, batch=2))
    other.join()
    list(reseal(fresh_database, tables, NEW))
    assert failed == []
    with fresh_database.reading() as session:
        assert count_sealed_earlier(session, tables, NEW) == {}
        for family in session.scalars(select(Family)):
            ONLY_NEW.open(family.guardian_iin_sealed)
            ONLY_NEW.open(family.phone_sealed)
        assert all(len(ONLY_NEW.open(child.iin_sealed)) in {0, 12} for child in session.scalars(select(Child)))
        for key in session.scalars(select(SigningKey)):
            opened_private(key, ONLY_NEW)
        with opened_file(session, stored, ONLY_NEW) as path:
            assert path.read_bytes() == _PAGE


def _a_past_state(session: Session) -> None:
    """Add what the first family was before; such rows never change otherwise."""
    family = session.scalars(select(Family).order_by(Family.id)).first()
    names = [column.name for column in PastFamily.__table__.columns if column.name in Family.__table__.columns]
    past = {name: getattr(family, name) for name in names if name != "id"}
    session.add(
        PastFamily(
            **past, family_id=family.id if family else 0, until_at=now(), why="", actor_id=a_ministry(session).id
        )
    )
    session.flush()


def _enter_and_read(database: Database) -> None:
    """Do what people do meanwhile: change a family, enter another, read them all."""
    with database.writing() as session:
        row = session.scalars(select(Family).order_by(Family.id)).first()
        assert row is not None
        row.phone_sealed = NEW.seal("+77010000000")
        a_family(session, births=[])
    with database.reading() as session:
        for one in session.scalars(select(Family)):
            NEW.open(one.guardian_iin_sealed)
            NEW.open(one.phone_sealed)


def test_sec_42_a_run_that_was_stopped_goes_on_and_the_command_says_when_it_is_done(
    app: Flask, session: Session, keys: FieldKeys, settings: Settings, database: BoundDatabase
) -> None:
    a_scene(session, keys, families=2)
    session.commit()
    told = replace(settings, field_key=NEXT, field_key_fallbacks=(FIELD_KEY,))
    runner = create_app(told, database).test_cli_runner()
    next(reseal(database, schema.all_tables(), NEW, batch=1))
    left = runner.invoke(args=["reseal", "--check"])
    assert (left.exit_code, "under an earlier key" in left.output) == (1, True)
    done = runner.invoke(args=["reseal"])
    assert done.exit_code == 0, done.output
    assert "FIELD_KEY_FALLBACKS may be emptied" in runner.invoke(args=["reseal", "--check"]).output


def test_sec_42_a_form_that_was_open_when_the_secret_changed_is_taken(
    app: Flask, settings: Settings, database: BoundDatabase
) -> None:
    del app
    later = replace(
        settings, secret_key="the next secret key 0123456789 xyz", secret_key_fallbacks=(settings.secret_key,)
    )
    forgetful = replace(later, secret_key_fallbacks=())
    clients = []
    for told in (settings, forgetful, later):
        flask = create_app(told, database)
        flask.test_client_class = InspectingClient
        clients.append(flask.test_client())
    fields = hidden_fields(clients[0].get("/accounts/sign-in").get_data(as_text=True))
    answers = []
    for client in clients[1:]:
        client._cookies = clients[0]._cookies
        form = {"login": "nobody", "password": "wrong", **fields}
        answers.append(client.post("/accounts/sign-in", data=form).status_code)
    assert answers == [403, 200], "refused without the earlier secret, taken with it"


def test_sec_42_fallbacks_and_the_root_key_are_settings(tmp_path: Path) -> None:
    secret = "3kf9QxPzR7vTnB2mWcY8sLdHgJ6a-"
    names = ("SECRET_KEY", "FIELD_KEY", "INDEX_KEY", "BACKUP_KEY")
    given = {"DATA_DIR": str(tmp_path), **{name: f"{name}-{secret}" for name in names}}
    read = read_settings({**given, "FIELD_KEY": f"2:new-{secret}", "FIELD_KEY_FALLBACKS": f"old-{secret}"})
    assert read.field_key_fallbacks == (f"old-{secret}",)
    assert secret not in str(read.masked())
    for wrong in (
        {"FIELD_KEY_FALLBACKS": f"old-{secret}"},
        {"SECRET_KEY_FALLBACKS": "changeme"},
        {"SECRET_KEY_FALLBACKS": given["SECRET_KEY"]},
        {"ROOT_KEY": "short"},
    ):
        with pytest.raises(WrongSettings):
            read_settings({**given, **wrong})
    assert read_settings({**given, "ROOT_KEY": "A" * 43}).root_key == "A" * 43
