"""What labels say: GS1 Digital Link, GS1 element strings, numbers of cartons (SSCC). Pure.

Sources: GS1 General Specifications, 3.2 (application identifiers 00, 01, 02, 10, 17, 37), 7.9 (check digit), 7.11
(character set 82); GS1 Digital Link Standard: URI Syntax 1.4, 4.
"""

import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import quote

from core.i18n import text
from core.identifiers import is_company_prefix
from warehouses.errors.labels import LabelMalformed, NoCompanyPrefix, SeriesUsedUp
from warehouses.values.labels import MOST_COPIES, MOST_PACKS, TEMPLATES, CodeKind, LabelCode, LabelKind, LabelWish

_SET_82 = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}")
_SSCC_STEM = 17
_LARGEST_SERIAL = 2**31 - 1
"""What the column of the series holds; far more cartons than a company makes."""


def is_gs1_lot(code: str) -> bool:
    """Say whether a lot code may stand after the application identifier 10: up to 20 signs of character set 82."""
    return _SET_82.fullmatch(code) is not None


def check_digit(stem: str) -> int:
    """Return the check digit of GS1 numbers after a stem of ASCII digits: weights 3 and 1 from the right, modulo 10."""
    total = sum(int(sign) * (1 if place % 2 else 3) for place, sign in enumerate(reversed(stem)))
    return -total % 10


def digital_link(base_url: str, gtin: str, lot: str, expires_on: date | None) -> str:
    """Return the GS1 Digital Link of a lot at a resolver: `/01/<gtin>/10/<lot>?17=<yymmdd>`."""
    query = "" if expires_on is None else f"?17={expires_on:%y%m%d}"
    return f"{base_url}/01/{gtin.zfill(14)}/10/{quote(lot, safe='')}{query}"


def lot_code(kind: CodeKind, base_url: str, *, gtin: str, lot: str, lot_id: int, expires_on: date | None) -> LabelCode:
    """Return what the symbol of a lot's label says.

    Without a trade number, or with a lot code that GS1 does not allow, it is the address of the lot's page: our own
    reference, which only this system reads.
    """
    if not gtin or not is_gs1_lot(lot):
        path = f"/warehouses/lots/{lot_id}"
        return LabelCode(f"{base_url}{path}", path, is_gs1=False, is_own=True)
    elements = [("01", gtin.zfill(14)), ("10", lot)]
    if expires_on is not None:
        elements.insert(1, ("17", f"{expires_on:%y%m%d}"))
    said = _said(elements)
    if kind == CodeKind.QR:
        return LabelCode(digital_link(base_url, gtin, lot, expires_on), said, is_gs1=False, is_own=False)
    return LabelCode(_bracketed(elements), said, is_gs1=True, is_own=False)


def carton_code(number: str, *, gtin: str, lot: str, expires_on: date | None, packs: int) -> LabelCode:
    """Return what the square symbol of a carton says: its number, and of goods with a trade number what is inside.

    Source: GS1 General Specifications, 3.2: 02 (content) stands with 37 (count) and with 00; 10 and 17 belong to it.
    """
    elements = [("00", number)]
    whole = bool(gtin) and is_gs1_lot(lot)
    if whole:
        elements.append(("02", gtin.zfill(14)))
        if expires_on is not None:
            elements.append(("17", f"{expires_on:%y%m%d}"))
        elements += [("37", str(packs)), ("10", lot)]
    return LabelCode(_bracketed(elements), _said(elements[1:]), is_gs1=True, is_own=not whole)


def _bracketed(elements: Sequence[tuple[str, str]]) -> str:
    return "".join(f"[{identifier}]{value}" for identifier, value in elements)


def _said(elements: Sequence[tuple[str, str]]) -> str:
    return " ".join(f"({identifier}) {value}" for identifier, value in elements)


def refuse_prefix(prefix: str) -> None:
    """Refuse a company prefix that is none.

    Raises:
        NoCompanyPrefix: it is empty, or not 4 to 12 digits.
    """
    if not prefix:
        raise NoCompanyPrefix(
            text("Cartons are numbered under a company prefix of GS1, and none is set. Ask the ministry to set it.")
        )
    if not is_company_prefix(prefix):
        raise NoCompanyPrefix(text("A company prefix of GS1 has 4 to 12 digits, not %(prefix)s.", prefix=prefix))


def sscc(prefix: str, serial: int) -> str:
    """Return the number of a carton (SSCC, 18 digits): extension digit, company prefix, serial, check digit.

    The first three are 17 digits together: a short prefix leaves more of them to the serial.

    The serial runs on into the extension digit, so that a prefix has ten times as many numbers.

    Raises:
        SeriesUsedUp: there is no such number under the prefix.
    """
    digits = _SSCC_STEM - 1 - len(prefix)
    extension, rest = divmod(serial, 10**digits)
    if extension > 9 or not 0 <= serial <= _LARGEST_SERIAL:  # noqa: PLR2004 - one digit
        raise SeriesUsedUp(text("All carton numbers under the prefix %(prefix)s are used.", prefix=prefix))
    stem = f"{extension}{prefix}{rest:0{digits}}"
    return f"{stem}{check_digit(stem)}"


def sscc_said(number: str) -> str:
    """Return the number of a carton as it is printed for people."""
    return f"(00) {number[0]} {number[1:9]} {number[9:17]} {number[17]}"


def refuse_wish(kind: LabelKind, wish: LabelWish) -> None:
    """Refuse a print that is out of bounds (BAD-07, SEC-34).

    Raises:
        LabelMalformed: no such template or symbol; too many labels, or more skipped than a sheet has.
    """
    template = TEMPLATES[kind].get(wish.template)
    if template is None:
        raise LabelMalformed(text("There is no such template of labels. Choose one that is offered."))
    if wish.code_kind not in set(CodeKind):
        raise LabelMalformed(text("There is no such kind of code. Choose one that is offered."))
    if not 0 < wish.copies <= MOST_COPIES:
        raise LabelMalformed(text("Print from 1 to %(most)s labels at once.", most=MOST_COPIES))
    if not 0 <= wish.skip < template.per_page:
        raise LabelMalformed(
            text("A sheet has %(n)s labels: skip from 0 to %(most)s of them.",
                 n=template.per_page, most=template.per_page - 1)
        )  # fmt: skip
    if wish.packs is not None and not 0 < wish.packs <= MOST_PACKS:
        raise LabelMalformed(text("Enter how many packs are inside, from 1 to %(most)s.", most=MOST_PACKS))
    if kind is LabelKind.CARTON and wish.packs is None:
        raise LabelMalformed(text("Enter how many packs are in each carton."))
