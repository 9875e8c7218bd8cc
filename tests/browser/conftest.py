"""What browser tests begin with: a point that is served, a phone in the field, windows that are closed again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from config import Settings
from core.crypto import FieldKeys
from core.database import Database
from tests.support.field import Field, in_the_field
from tests.support.point import ServedPoint, served_point


@pytest.fixture
def point(fresh_database: Database, settings: Settings, keys: FieldKeys, tmp_path: Path) -> Iterator[ServedPoint]:
    """Serve a point with families for the length of a test."""
    with served_point(fresh_database, settings, keys, tmp_path) as found:
        yield found


@pytest.fixture
def chromium(browser: Browser) -> Iterator[Browser]:
    """Give the browser, and close what the test opened in it."""
    yield browser
    for context in browser.contexts:
        context.close()


@pytest.fixture
def families() -> int:
    """Say how many families the point of the field has."""
    return 4


@pytest.fixture
def field(
    fresh_database: Database, settings: Settings, keys: FieldKeys, tmp_path: Path, chromium: Browser, families: int
) -> Iterator[Field]:
    """Serve a point whose network can be cut."""
    with in_the_field(fresh_database, settings, keys, tmp_path, chromium, families=families) as found:
        yield found
