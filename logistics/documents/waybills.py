"""The waybill for goods that leave a place: form З-2.

Source of the form: order of the Minister of Finance of the Republic of Kazakhstan of 20.12.2012 No. 562, appendix 26.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import IO

from core.i18n import current_language, format_day, format_number, name_of, text
from core.number_words import money_in_words, packs_in_words
from core.papers import BODY, LANDSCAPE, SMALL, Cell, Column, FormName, OfficialPaper
from core.pdf import joined
from logistics.models import Transfer, TransferLine

_UNKNOWN = "–"
_CROSS = "x"
_BLANK = "______________"
_LONG_BLANK = "______________________________"


@dataclass(frozen=True, slots=True)
class WaybillFrame:
    """What a waybill says beside its lines: the form, its day, the address of its page, who permitted and released.

    Names that are not known are empty: they are written by hand.
    """

    form: FormName
    on: date
    address: str
    permitted_by: str = ""
    released_by: str = ""


def write_waybill(file: IO[bytes], transfer: Transfer, frame: WaybillFrame) -> None:
    """Write the waybill of a transfer: packs as sent, prices by the reference price of the items where it is known."""
    paper = OfficialPaper(
        text("Waybill for stocks released to another place"),
        number=transfer.number,
        on=frame.on,
        form=frame.form,
        layout=LANDSCAPE,
    )
    paper.said(text("IIN/BIN: %(number)s", number=_BLANK), size=SMALL)
    paper.space(1)
    paper.table(_party_columns(), [_party_cells(transfer)], size=BODY - 1)
    amounts = [_amount(line) for line in transfer.lines]
    packs = sum(line.quantity for line in transfer.lines)
    known = None not in amounts
    total = sum((amount for amount in amounts if amount is not None), Decimal(0))
    money = _money(total) if known else _UNKNOWN
    paper.table(
        _columns(),
        _rows(transfer.lines),
        totals=["", text("Total"), "", "", format_number(packs), format_number(packs), _CROSS, money, _UNKNOWN],
        size=BODY - 1,
    )
    paper.said(partial(_packs_said, packs))
    paper.said(partial(_money_said, total if known else None))
    paper.space(2)
    paper.said_beside_square(_footer(frame), frame.address, size=BODY - 0.5)
    paper.write(file)


def _party_columns() -> Sequence[Column]:
    """Return the heads of the row of parties, as the form has them."""
    return [
        Column(text("Organisation (sole proprietor) that sends"), 50),
        Column(text("Organisation (sole proprietor) that receives"), 50),
        Column(text("Responsible for the supply (full name)"), 42),
        Column(text("Transport organisation"), 42),
        Column(text("Consignment note (number, date)"), 42),
    ]


def _party_cells(transfer: Transfer) -> Sequence[Cell]:
    source, target = transfer.from_place, transfer.to_place
    return [
        lambda: joined([source.code, name_of(source)]),
        lambda: joined([target.code, name_of(target)]),
        transfer.responsible or _UNKNOWN,
        joined([transfer.carrier, transfer.vehicle]) or _UNKNOWN,
        _BLANK,
    ]


def _columns() -> Sequence[Column]:
    """Return the nine columns of the form."""
    return [
        Column(text("No. in order"), 12),
        Column(text("Name, description"), 70),
        Column(text("Item number"), 26),
        Column(text("Unit of measure"), 22),
        Column(text("Quantity: to be released"), 22, is_number=True),
        Column(text("Quantity: released"), 22, is_number=True),
        Column(text("Price per unit, KZT"), 26, is_number=True),
        Column(text("Amount with VAT, KZT"), 32, is_number=True),
        Column(text("Amount of VAT, KZT"), 24, is_number=True),
    ]


def _rows(lines: Sequence[TransferLine]) -> Iterator[Sequence[Cell]]:
    yield [str(number) for number in range(1, 10)]
    for number, line in enumerate(lines, start=1):
        amount, price = _amount(line), line.lot.item.reference_price_tiyn
        yield [
            str(number),
            partial(_name, line),
            line.lot.item.code,
            text("pack"),
            format_number(line.quantity),
            format_number(line.quantity),
            _UNKNOWN if price is None else _money(Decimal(price) / 100),
            _UNKNOWN if amount is None else _money(amount),
            _UNKNOWN,
        ]


def _name(line: TransferLine) -> str:
    lot = line.lot
    code = text("lot %(lot)s", lot=lot.code) if lot.code else ""
    until = text("use by %(day)s", day=format_day(lot.expires_on)) if lot.expires_on else ""
    return joined([name_of(lot.item), str(code), str(until)])


def _amount(line: TransferLine) -> Decimal | None:
    """Return the amount of a line in tenge, or None where the item has no reference price."""
    price = line.lot.item.reference_price_tiyn
    return None if price is None else Decimal(price) * line.quantity / 100


def _money(tenge: Decimal) -> str:
    """Return an amount with two decimal places, for a column of amounts."""
    whole, tiyn = divmod(int((tenge * 100).to_integral_value()), 100)
    return f"{format_number(whole)},{tiyn:02}"


def _packs_said(packs: int) -> str:
    words = packs_in_words(packs, current_language())
    return str(text("Quantity of stocks released in all (in words): %(words)s", words=words))


def _money_said(total: Decimal | None) -> str:
    words = _LONG_BLANK if total is None else money_in_words(total, current_language())
    return str(text("for the amount (in words), KZT: %(words)s", words=words))


def _footer(frame: WaybillFrame) -> Iterator[Cell]:
    """Yield the lines to be filled in by hand, in the order of the form; the names that are known stand in them."""
    sign, name = text("signature"), text("full name")

    def line(role: Cell, *fields: Cell, known: str = "") -> Cell:
        def said() -> str:
            blanks = [f"{known if known and field is name else _BLANK} ({field})" for field in fields]
            return f"{role}: " + " / ".join(blanks)

        return said

    yield line(text("Release permitted by"), text("post"), sign, name, known=frame.permitted_by)
    yield line(text("Chief accountant, “Not provided for” where there is none"), sign, name)
    yield text("By power of attorney No. %(blank)s of “___” ____________ 20__, issued by %(blank)s", blank=_BLANK)
    yield text("Place of the seal")
    yield line(text("Released by"), sign, name, known=frame.released_by)
    yield line(text("Stocks received by"), sign, name)
