"""The check of a published quarter in the visitor's own browser: right as published, wrong with a byte changed."""

from pathlib import Path

from playwright.sync_api import Browser, FilePayload, Page, expect
from sqlalchemy import select

from accounts.models import User
from accounts.queries import find_actor
from app.roles import RIGHTS
from core.clock import now
from distribution.models import Roster
from distribution.queries.publications import list_publications
from distribution.services.publications import publish
from tests.support.country import DESKTOP, Country

EXAMPLE = Path(__file__).parent.parent / "distribution" / "rationing_example"


def publish_as_ministry(country: Country) -> str:
    """Publish the first roster of the demonstration; return where its check is."""
    with country.database.writing() as session:
        people = (find_actor(session, rights=RIGHTS, user_id=user) for user in session.scalars(select(User.id)))
        actor = next(one for one in people if one is not None and one.has_role("ministry"))
        roster = session.scalars(select(Roster).where(Roster.is_approved).order_by(Roster.id).limit(1)).one()
        publish(session, roster=roster, actor=actor, at=now())
        number = list_publications(session, roster)[0].number
        return f"{country.address}/open/quarters/{roster.quarter}/{roster.number}/{number}/check"


def verdict(page: Page, word: str) -> None:
    """Wait for a verdict, and make sure that the other one is not shown."""
    other = {"right": "wrong", "wrong": "right"}[word]
    expect(page.locator(f"[data-{word}]")).to_be_visible(timeout=30_000)
    expect(page.locator(f"[data-{other}]")).to_be_hidden()


def payloads(changed: str = "") -> list[FilePayload]:
    """Return the files of the worked example, one of them with a byte changed."""
    found = []
    for file in sorted(EXAMPLE.iterdir()):
        body = file.read_bytes()
        if file.name == changed:
            body = body[:60] + bytes([body[60] ^ 1]) + body[61:]
        found.append(FilePayload(name=file.name, mimeType="text/csv", buffer=body))
    return found


def test_the_browser_checks_a_quarter_by_itself(browser: Browser, country: Country) -> None:
    address = publish_as_ministry(country)
    context = browser.new_context(viewport={"width": DESKTOP["width"], "height": DESKTOP["height"]}, locale="kk")
    page = context.new_page()
    page.goto(address)
    page.locator("[data-module=check_quarter] button").click()
    verdict(page, "right")
    own = page.locator("#own-files")
    own.set_input_files(payloads())
    verdict(page, "right")
    for name in ("roster.csv", "draw.csv", "cycle.json"):
        own.set_input_files(payloads(name))
        verdict(page, "wrong")
        expect(page.locator("[data-output] li").first).to_be_visible()
        own.set_input_files(payloads())
        verdict(page, "right")
    context.close()
