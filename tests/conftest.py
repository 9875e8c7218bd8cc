"""Fixtures: the database on both engines, the application, people who are signed in."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from app import schema
from app.factory import create_app
from config import Settings
from core.actors import Actor
from core.browser_sessions import WebSession
from core.clock import now
from core.crypto import FieldKeys, secret_hash
from core.database import BoundDatabase, Database
from core.i18n import use_language
from tests.support.client import InspectingClient
from tests.support.people import an_actor
from tests.support.postgres import PostgresServer

pytest_plugins = ["tests.support.country", "tests.support.pace"]

SignIn = Callable[..., InspectingClient]
on_one_engine = pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="session")
"""Marks what is decided before any database is asked (guards, tokens, headers, names of fields): once proves it."""

FIELD_KEY, INDEX_KEY = "field-key-for-tests-0123456789abcdef", "index-key-for-tests-0123456789abcdef"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Let sentences be English outside of requests, whatever the default language is."""
    with use_language("en"):
        yield


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    """Run whatever uses a database on both engines."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Run a PostgreSQL server of this worker's own."""
    with PostgresServer.running() as server:
        yield server


@pytest.fixture(scope="session")
def templates() -> dict[str, str]:
    """Keep the addresses of the databases at head: one of each engine, however often tests change between the two."""
    return {}


@pytest.fixture(scope="session")
def template_url(
    engine_kind: str,
    templates: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> str:
    """Make a database at head, once per engine; tests work in a transaction of it or on a clone."""
    if engine_kind not in templates:
        if engine_kind == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'template.sqlite3'}"
        else:
            url = request.getfixturevalue("postgres").create("template")
        database = Database(url)
        schema.upgrade(database)
        database.dispose()
        templates[engine_kind] = url
    return templates[engine_kind]


@pytest.fixture(scope="session")
def shared_database(template_url: str) -> Iterator[Database]:
    """Keep one pool open on the template; nothing is ever committed to it."""
    database = Database(template_url)
    yield database
    database.dispose()


@pytest.fixture
def database(shared_database: Database) -> Iterator[BoundDatabase]:
    """Give a database that forgets everything when the test ends."""
    with shared_database.writers.connect() as connection:
        outer = connection.begin()
        yield BoundDatabase(connection)
        outer.rollback()


@pytest.fixture
def session(database: BoundDatabase) -> Iterator[Session]:
    """Give a session whose flushes are seen by the application of the same test."""
    with Session(database._connection, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def fresh_database(
    engine_kind: str, template_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Database]:
    """Give a database of the test's own, in which commits are real: for threads, processes and browsers."""
    if engine_kind == "sqlite":
        file = tmp_path / "fresh.sqlite3"
        shutil.copyfile(template_url.removeprefix("sqlite:///"), file)
        url = f"sqlite:///{file}"
    else:
        request.getfixturevalue("shared_database").dispose()
        url = request.getfixturevalue("postgres").clone("template")
    database = Database(url)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give settings for tests."""
    return Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        database_url="sqlite://",
        secret_key="secret-key-for-tests-0123456789abcdef",
        field_key=FIELD_KEY,
        index_key=INDEX_KEY,
        backup_key="backup-key-for-tests-0123456789abcdef",
        base_url="http://localhost",
        testing=True,
    )


@pytest.fixture(scope="session")
def keys() -> FieldKeys:
    """Give the keys that the application of the tests seals fields with."""
    return FieldKeys(field_key=FIELD_KEY, index_key=INDEX_KEY)


@pytest.fixture(scope="session")
def only_app(settings: Settings) -> Flask:
    """Make the application once; its own database is never opened, `app` gives it the test's."""
    flask = create_app(settings, Database(f"sqlite:///{settings.data_dir / 'unused.sqlite3'}"))
    flask.test_client_class = InspectingClient
    return flask


@pytest.fixture
def app(only_app: Flask, database: BoundDatabase) -> Flask:
    """Give the application on the test's database."""
    only_app.extensions["database"] = database
    return only_app


@pytest.fixture
def client(app: Flask) -> InspectingClient:
    """Give a browser that is not signed in."""
    client = app.test_client()
    assert isinstance(client, InspectingClient)
    return client


def signed_in_client(app: Flask, session: Session, actor: Actor) -> InspectingClient:
    """Give a browser in which the actor is signed in."""
    cookie = f"session-of-{actor.login}"
    content = f'{{"_user_id": "{actor.id}", "_fresh": true}}'
    at = now()
    session.merge(WebSession(id_hash=secret_hash(cookie), user_id=actor.id, content=content, created_at=at, seen_at=at))
    session.commit()
    client = app.test_client()
    assert isinstance(client, InspectingClient)
    client.set_cookie("toptama-sid", cookie)
    client.set_cookie("language", actor.language)
    return client


@pytest.fixture
def sign_in(app: Flask, session: Session) -> SignIn:
    """Give a function that signs somebody in: `sign_in(Role.DISTRICT, ScopeKind.DISTRICT, 113200000)`."""

    def enter(
        role: Role, scope_kind: ScopeKind = ScopeKind.COUNTRY, scope_id: int = 0, *, language: str = "en"
    ) -> InspectingClient:
        actor = an_actor(session, role=role, scope_kind=scope_kind, scope_id=scope_id, language=language)
        return signed_in_client(app, session, actor)

    return enter
