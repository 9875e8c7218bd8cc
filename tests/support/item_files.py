"""Files of items for tests: a few rows, each told by what differs from a row without faults."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from catalog.models import ItemBatch
from catalog.rules.item_columns import ITEM_TABLE
from catalog.services.item_batches import stage_item_batch
from core.actors import Actor
from core.tabular import open_table

AT = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
KEYS = ITEM_TABLE.keys
Row = dict[str, str]


def an_item_row(code: str, **changes: str) -> Row:
    """Return a row of a new item without faults."""
    row = dict.fromkeys(KEYS, "") | {
        "code": code,
        "kind": "component",
        "name_kk": f"Тауар {code}",
        "name_ru": f"Товар {code}",
        "name_en": f"Item {code}",
        "pack_net": "500",
        "pack_unit": "g",
        "pack_grams": "500",
    }
    assert not changes.keys() - row.keys()
    return row | changes


def items_csv(rows: Iterable[Row], *, header: Sequence[str] = KEYS, delimiter: str = ";") -> bytes:
    """Return a file of these rows, with the columns of the header."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([row[key] for key in header] for row in rows)
    return lines.getvalue().encode()


def staged(session: Session, folder: Path, content: bytes | Iterable[Row], *, actor: Actor) -> ItemBatch:
    """Bring a file in."""
    path = folder / "items.csv"
    path.write_bytes(content if isinstance(content, bytes) else items_csv(content))
    with open_table(path) as table:
        return stage_item_batch(session, table=table, file_name="items.csv", actor=actor, at=AT)
