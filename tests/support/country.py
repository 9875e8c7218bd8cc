"""A small demonstration, served over HTTP for browsers: loaded once, on SQLite, through the services people use."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from app import schema
from app.demonstration import story
from app.demonstration.mark import read_mark
from app.factory import create_app
from config import Settings
from core.database import Database
from tests.support.chromium import running_chromium
from tests.support.live import served

ROWS = 900
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}


@dataclass(frozen=True, slots=True)
class Country:
    """Where the demonstration is served, its application and its people's password."""

    address: str
    app: Flask
    password: str

    @property
    def database(self) -> Database:
        """The demonstration's database."""
        found: Database = self.app.extensions["database"]
        return found


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[Country]:
    """Load and serve a small demonstration."""
    folder: Path = tmp_path_factory.mktemp("country")
    app = create_app(replace(settings, data_dir=folder, database_url=f"sqlite:///{folder / 'country.sqlite3'}"))
    database: Database = app.extensions["database"]
    schema.upgrade(database)
    with app.app_context():
        story.load(lambda _: None, rows=ROWS)
    mark = read_mark(folder)
    assert mark is not None
    with served(app) as address:
        yield Country(address, app, mark.password)
    database.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once."""
    with running_chromium() as found:
        yield found


def enter(
    browser: Browser, country: Country, login: str, *, language: str = "kk", viewport: dict[str, int] | None = None
) -> Page:
    """Sign somebody in as a person does, and return their page."""
    size = viewport or PHONE
    context = browser.new_context(viewport={"width": size["width"], "height": size["height"]}, locale=language)
    context.add_cookies([{"name": "language", "value": language, "url": country.address}])
    page = context.new_page()
    page.goto(f"{country.address}/accounts/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", country.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{country.address}/")
    return page
