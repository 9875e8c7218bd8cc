"""Lots to label, and labels read back from their pages by another decoder."""

import io
import itertools
from datetime import date

import pypdfium2  # type: ignore[import-untyped]  # it ships no types
import zxingcpp
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.models import ItemGtin
from core.clock import now
from tests.support.goods import a_lot, an_item, receive
from tests.support.people import an_actor
from warehouses.models import Lot, Place, StockPolicy
from warehouses.rules.labels import check_digit

PREFIX = "4870001"
EXPIRES = date(2027, 3, 1)
_numbers = itertools.count(1)


def a_gtin(session: Session, item: str) -> str:
    """Give an item a trade number."""
    stem = f"{PREFIX}{next(_numbers):05}"
    gtin = f"{stem}{check_digit(stem)}"
    session.add(ItemGtin(gtin=gtin, item_id=an_item(session, item).id))
    session.flush()
    return gtin


def a_labelled_lot(
    session: Session, place: Place, *, item: str = "BUCKW", code: str = "F13-261122-01", with_gtin: bool = True
) -> tuple[Lot, str]:
    """Receive a lot that can be labelled, and return it with its trade number."""
    known = session.scalars(select(ItemGtin.gtin).where(ItemGtin.item_id == an_item(session, item).id)).first()
    gtin = (known or a_gtin(session, item)) if with_gtin else ""
    return receive(session, place, 100, lot=a_lot(session, item=item, code=code, expires_on=EXPIRES)), gtin


def set_prefix(session: Session, prefix: str = PREFIX) -> None:
    """Set the company prefix of the state's own warehouses."""
    ministry = an_actor(session, role=Role.MINISTRY)
    session.add(
        StockPolicy(
            near_expiry_days=122, receipt_margin_days=30, over_percent=0, gs1_prefix=prefix, reason="test", at=now(),
            actor_id=ministry.id,
        )
    )  # fmt: skip
    session.flush()


def pages_of(pdf: bytes, *, dpi: int = 203) -> list[Image.Image]:
    """Return the pages as a printer of so many dots prints them, in black and white only."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=dpi / 72).to_pil().convert("L").point(lambda dot: 255 * (dot > 127)) for page in document]


def codes_of(picture: Image.Image) -> list[zxingcpp.Barcode]:
    """Return every symbol that is found in a picture."""
    return list(zxingcpp.read_barcodes(picture))


def written(write: object) -> bytes:
    """Return what a function writes into a file."""
    file = io.BytesIO()
    write(file)  # type: ignore[operator]  # any function of a file
    return file.getvalue()
