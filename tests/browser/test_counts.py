"""A count in a real browser: the sheet by keypad alone, scanning, pasting, closing; on a phone and on a desk."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app import schema
from app.factory import create_app
from config import Settings
from core.browser_sessions import WebSession
from core.clock import now
from core.crypto import secret_hash
from core.database import Database
from tests.support.country import DESKTOP, PHONE, Country
from tests.support.counts import a_count, a_keeper
from tests.support.goods import a_lot, a_place, receive
from tests.support.live import served
from warehouses.models import StockCountLine

SERIOUS = {"serious", "critical"}
ROWS = 52


def whole(page: Page) -> None:
    """Prove that nothing serious is wrong with the page and that it does not scroll sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1, page.url
    found = [
        (one["id"], one["nodes"][0]["html"][:120])
        for one in Axe().run(page).response["violations"]
        if one["impact"] in SERIOUS
    ]
    assert not found, (page.url, found)


class Scene:
    """A place with lots that are to be counted, and people who are signed in."""

    def __init__(self, country: Country, browser: Browser) -> None:
        self.country, self.browser = country, browser
        with country.database.writing() as session:
            self.place = a_place(session, name="Алмалы қоймасы")
            self.lots = [
                receive(session, self.place, 10, lot=a_lot(session, code=f"S{number:03}-{self.place.id}"))
                for number in range(ROWS)
            ]
            self.keepers = [a_keeper(session, self.place) for _ in range(2)]
            self.count = a_count(session, self.place, self.keepers[0])
            for keeper in self.keepers:
                at = now()
                content = f'{{"_user_id": "{keeper.id}", "_fresh": true}}'
                session.merge(
                    WebSession(
                        id_hash=secret_hash(keeper.login), user_id=keeper.id, content=content, created_at=at, seen_at=at
                    )
                )

    def open(
        self,
        tail: str = "",
        *,
        who: int = 0,
        size: dict[str, int] = DESKTOP,
        language: str = "ru",
        scripts: bool = True,
    ) -> Page:
        context = self.browser.new_context(
            viewport={"width": size["width"], "height": size["height"]}, java_script_enabled=scripts
        )
        for name, value in (("language", language), ("toptama-sid", self.keepers[who].login)):
            context.add_cookies([{"name": name, "value": value, "url": self.country.address}])
        page = context.new_page()
        page.goto(f"{self.country.address}/warehouses/counts/{self.count.id}{tail}")
        return page

    def counted(self) -> list[int | None]:
        """Return what stands in the lines, by lot."""
        with self.country.database.reading() as session:
            lines = select(StockCountLine.counted).where(StockCountLine.count_id == self.count.id)
            return list(session.scalars(lines.order_by(StockCountLine.lot_id)))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[Country]:
    """Serve an application whose database holds the catalogue and the districts only."""
    folder = tmp_path_factory.mktemp("counts")
    app = create_app(replace(settings, data_dir=folder, database_url=f"sqlite:///{folder / 'counts.sqlite3'}"))
    database: Database = app.extensions["database"]
    schema.upgrade(database)
    with served(app) as address:
        yield Country(address, app, "")
    database.dispose()


@pytest.fixture
def scene(house: Country, browser: Browser) -> Scene:
    return Scene(house, browser)


@pytest.mark.browser
def test_ux_46_fifty_rows_by_keypad_and_enter_alone(scene: Scene) -> None:
    page = scene.open("/sheet")
    expect(page.locator("html")).to_have_attribute("data-ready", "yes")
    expect(page.locator(".sheet-packs").first).to_be_focused()
    for number in range(ROWS):
        for digit in str(number):
            page.keyboard.press(digit)
        page.keyboard.press("NumpadEnter")
    expect(page.locator('[data-part="waiting"]')).to_have_text("0")
    expect(page.locator('li[data-state="saved"]')).to_have_count(ROWS)
    assert sorted(packs for packs in scene.counted() if packs is not None) == list(range(ROWS))
    page.close()
    again = scene.open("/sheet")
    expect(again.locator(".sheet-packs").nth(7)).to_have_value("7")
    again.context.close()


@pytest.mark.browser
def test_ux_51_what_could_not_be_saved_stays_and_is_sent_again(scene: Scene) -> None:
    page = scene.open("/sheet", size=PHONE, language="kk")
    expect(page.locator("html")).to_have_attribute("data-ready", "yes")
    page.context.set_offline(True)
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page.locator('li[data-state="wrong"]')).to_have_count(1)
    page.context.set_offline(False)
    expect(page.locator('li[data-state="saved"]')).to_have_count(1)
    assert [packs for packs in scene.counted() if packs is not None] == [12]
    page.context.close()


@pytest.mark.browser
def test_the_sheet_works_without_scripts(scene: Scene) -> None:
    page = scene.open("/sheet", scripts=False)
    page.locator(".sheet-packs").first.fill("4")
    page.locator("main form button.main").click()
    assert [packs for packs in scene.counted() if packs is not None] == [4]
    page.context.close()


@pytest.mark.browser
def test_packs_are_scanned_anywhere_on_the_page(scene: Scene) -> None:
    page = scene.open("/scan", size=PHONE)
    expect(page.locator("html")).to_have_attribute("data-ready", "yes")
    lot = scene.lots[3]
    for _ in range(2):
        page.evaluate("document.activeElement.blur()")
        for sign in lot.code:
            page.keyboard.press("Minus" if sign == "-" else f"Key{sign}" if sign.isalpha() else f"Digit{sign}", delay=2)
        page.keyboard.press("Enter")
        expect(page.locator(".count-words")).to_be_visible()
        page.wait_for_timeout(300)
    expect(page.locator(".count-words")).to_have_text("2")
    page.locator(".count-verdict button").click()
    page.wait_for_load_state()
    assert [packs for packs in scene.counted() if packs is not None] == [1]
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize(("size", "language"), [(PHONE, "kk"), (DESKTOP, "ru")], ids=["phone", "desk"])
def test_every_page_of_a_count_is_whole(scene: Scene, size: dict[str, int], language: str) -> None:
    for tail in ("", "/sheet", "/scan", "/paste", "/found", "/hand-in", "/cancel", f"/lots/{scene.lots[0].id}"):
        page = scene.open(tail, size=size, language=language)
        whole(page)
        page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_ux_47_and_ux_51_rows_are_pasted_and_the_count_is_closed(scene: Scene, size: dict[str, int]) -> None:
    page = scene.open("/paste", size=size)
    rows = "\n".join(f"F13\t{lot.code}\t{9 if number < 3 else 10}" for number, lot in enumerate(scene.lots))
    page.fill("#pasted", f"Товар\tПартия\tПосчитано, упаковок\n{rows}\nF13\tX-1\t5\n")
    page.get_by_role("button", name="Прочитать строки").click()
    expect(page.locator(".cell-fault")).to_have_count(1)
    whole(page)
    page.get_by_role("button", name="Ввести 52 строки").click()
    expect(page.locator(".message-ok").first).to_contain_text("52 строки")
    page.goto(page.url.replace("/paste", "/hand-in"))
    page.locator("main form button.main").click()
    page.context.close()
    closer = scene.open("/differences", who=1, size=size)
    whole(closer)
    for choice in closer.locator("main select").all():
        choice.select_option("theft")
    closer.locator('button[value="save"]').click()
    closer.get_by_role("button", name="Закрыть инвентаризацию").click()
    closer.get_by_role("dialog").get_by_role("button", name="Закрыть инвентаризацию").click()
    expect(closer.locator(".message-ok")).to_contain_text("закрыта")
    whole(closer)
    closer.context.close()
