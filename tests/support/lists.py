"""Every list of the house with its address in the demonstration, and how its pages and its files are read."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import select

from app.lists import LISTS
from distribution.models import RegistryBatch, RegistryRemark, Roster
from tests.support.client import hidden_fields
from tests.support.country import Country
from warehouses.models import Bin, StockMovement

WITHOUT_FILES = {
    "accounts.list_audit": "the trail is read here; whoever needs it elsewhere asks the database",
    "accounts.list_users": "people with their roles are no table to carry away",
    "catalog.list_item_batches": "each file has a copy of its own",
    "distribution.list_devices": "devices are looked after here; programs read them by the API",
    "distribution.list_batches": "each import has its own file of remarks",
    "distribution.list_vouchers": "vouchers leave as sheets to print",
    "logistics.list_suppliers": "names only; their orders have a file",
    "warehouses.show_lot": "the card of each place has a file",
}
"""List → why it has no file."""

_ALL_ROWS = {"distribution.list_hand_overs": "when=all"}
_OF_ADMINISTRATORS = {"accounts.list_audit", "accounts.list_users", "distribution.list_devices"}


@dataclass(frozen=True, slots=True)
class HouseList:
    """A list with rows: its endpoint, who reads it, its address."""

    endpoint: str
    login: str
    address: str

    @property
    def has_file(self) -> bool:
        """Say whether the list can be taken home."""
        return self.endpoint not in WITHOUT_FILES

    def asking(self, **arguments: str) -> str:
        """Return the address with further arguments."""
        written = "&".join(f"{name}={value}" for name, value in arguments.items())
        return f"{self.address}{'&' if '?' in self.address else '?'}{written}"


def lists_of(country: Country) -> Iterator[HouseList]:
    """Yield every list of the house as the demonstration has it."""
    with country.database.reading() as session:
        movement = session.scalars(select(StockMovement).order_by(StockMovement.moved_at.desc())).first()
        batch = session.scalar(select(RegistryRemark.batch_id)) or session.scalar(select(RegistryBatch.id))
        allotted = select(Roster).where(Roster.allotted_at.is_not(None))
        roster = session.scalars(allotted.order_by(Roster.quarter.desc())).first()
        with_bins = session.scalar(select(Bin.place_id).order_by(Bin.id))
        assert movement is not None
        assert roster is not None
        values: Mapping[str, object] = {
            "place_id": movement.to_place_id,
            "lot_id": movement.lot_id,
            "batch_id": batch,
            "quarter": str(roster.quarter),
        }
    for endpoint in LISTS:
        rule = next(iter(country.app.url_map.iter_rules(endpoint)))
        with country.app.test_request_context():
            known = {**values, "place_id": with_bins} if endpoint == "warehouses.list_bins" else values
            address = country.app.url_for(endpoint, **{name: known[name] for name in rule.arguments})  # type: ignore[arg-type]
        login = "admin" if endpoint in _OF_ADMINISTRATORS else "ministry"
        more = f"lot={movement.lot_id}" if endpoint == "warehouses.show_card" else _ALL_ROWS.get(endpoint)
        yield HouseList(endpoint, login, f"{address}?{more}" if more else address)


def entered(country: Country, login: str, *, language: str = "en") -> FlaskClient:
    """Sign somebody of the demonstration in, without a browser."""
    client = country.app.test_client()
    client.set_cookie("language", language)
    hidden = hidden_fields(client.get("/accounts/sign-in").text)
    answer = client.post("/accounts/sign-in", data={**hidden, "login": login, "password": country.password})
    assert answer.status_code == 303, answer.text
    return client


def rows_told(html: str) -> int | None:
    """Return the number of rows that a page says there are in all: "50 of 12,340"."""
    found = re.search(r'class="pager".*?<p>\s*([\d\s,\u00a0\u202f]+) of ([\d,\s\u00a0\u202f]+)', html, re.DOTALL)
    return int(re.sub(r"\D", "", found[2])) if found else None


def columns_offered(html: str) -> list[str]:
    """Return the columns that a page lets choose."""
    return re.findall(r'<input type="checkbox"\s+id="column-([a-z_]+)"', html)


def heads_of(html: str) -> list[str]:
    """Return the heads of the columns of the list of a page: of the table after the choice of columns."""
    table = html[html.index('class="column-choice"') :]
    head = table[table.index("<thead>") : table.index("</thead>")]
    cells = re.findall(r"<th\b[^>]*>(.*?)</th>", head, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in cells]


def csv_rows(data: bytes, delimiter: str = ",") -> list[list[str]]:
    """Return the rows of a CSV file, without its mark of byte order."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))
