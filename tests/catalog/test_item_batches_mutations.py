"""Files of items damaged at random: each is taken or refused in a sentence, in time, and never breaks a page."""

import io
import random
import time

import pytest
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from accounts.values import Role
from catalog.rules.item_columns import ITEM_TABLE
from core.tabular.keyed_files import write_keyed_xlsx
from tests.conftest import SignIn
from tests.support.client import hidden_fields
from tests.support.damaged_files import MUTATIONS
from tests.support.item_files import KEYS, an_item_row, items_csv

NEW = "/catalog/item-batches/new"
ROWS = [
    an_item_row(f"A{number}", note="Сүт; «сыр»", gtins="4870001234560" if number == 3 else "") for number in range(20)
]
LONGEST = 10.0


def an_xlsx() -> bytes:
    stream = io.BytesIO()
    rows = [[row[key] for key in KEYS] for row in ROWS]
    write_keyed_xlsx(stream, ITEM_TABLE, rows, words=True, sheet="1")
    return stream.getvalue()


SOURCES = [
    items_csv(ROWS),
    items_csv(ROWS).decode().encode("utf-16"),
    items_csv(ROWS, delimiter=",").decode().encode("cp1251", "replace"),
    an_xlsx(),
    an_xlsx(),
]


def bring_in_damaged(sign_in: SignIn, count: int, seed: int) -> None:
    """Bring damaged files in, look at what became of each, and confirm what can be confirmed."""
    rng = random.Random(seed)
    client = sign_in(Role.MINISTRY)
    token = hidden_fields(client.get(NEW).get_data(as_text=True))["csrf_token"]
    for number in range(count):
        content = rng.choice(MUTATIONS)(rng, rng.choice(SOURCES))
        fields: dict[str, object] = {"csrf_token": token, "file": FileStorage(io.BytesIO(content), "items.csv")}
        boundary, body = encode_multipart(MultiDict(fields))
        told, began = f"seed {seed}, file {number}", time.monotonic()
        answer = client.post(NEW, data=body, content_type=f"multipart/form-data; boundary={boundary}")
        assert answer.status_code in {303, 422}, f"{told}: {answer.status_code}"
        if answer.status_code == 303:
            review = answer.location.removesuffix("/columns")
            assert client.get(answer.location).status_code == 200, told
            assert client.get(f"{review}?format=csv").status_code == 200, told
            confirmed = client.post(f"{review}/confirm", data={"csrf_token": token})
            assert confirmed.status_code in {303, 409}, f"{told}: {confirmed.status_code}"
            assert client.get(review, follow_redirects=True).status_code == 200, told
        assert time.monotonic() - began < LONGEST, told


def test_ux_62_damaged_files_never_break_a_page(sign_in: SignIn) -> None:
    bring_in_damaged(sign_in, 60, seed=3)


@pytest.mark.soak
def test_ux_62_thousands_of_damaged_files_never_break_a_page(sign_in: SignIn) -> None:
    bring_in_damaged(sign_in, 2500, seed=4)
