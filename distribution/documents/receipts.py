"""The receipt of a hand-over on a sheet of A6, in Kazakh and Russian: what, when, where, and a square to check it."""

from typing import IO

from core.i18n import format_instant, format_number, format_quarter, name_of, text, use_language
from core.pdf import Paper, joined, leading, wrapped
from core.qr import QUIET_ZONE, encode_address
from distribution.queries.receipts import ShownReceipt

_WIDTH, _HEIGHT = 105.0, 148.0
_EDGE = 8.0
_MODULE = 0.7
_LANGUAGES = ("kk", "ru")
_TITLE, _BODY, _SMALL, _CODE = 11, 8, 6.8, 10.5
_GREY = 0.35

_HEAD = text("Receipt: sets were handed over")
_ROW = text("%(count)s pcs – %(kit)s")
_WHERE = text("Where: %(point)s")
_WHEN = text("When: %(moment)s")
_CHECK = text("Anybody can check this receipt: scan the square, or type the code at %(address)s")


def write_receipt(file: IO[bytes], receipt: ShownReceipt, *, code: str, address: str, short_address: str) -> None:
    """Write the receipt; `address` is what the square holds, `short_address` where the code is typed."""
    paper = Paper(file, title=f"{receipt.quarter} {code}", language="kk", page=(_WIDTH, _HEIGHT))
    paper.ornament(_EDGE, 5, _WIDTH - 2 * _EDGE, 5)
    y = 17.0
    for number, language in enumerate(_LANGUAGES):
        y = _draw(paper, receipt, y, language, is_first=number == 0)
    matrix = encode_address(address, largest=12)
    side = (matrix.size + 2 * QUIET_ZONE) * _MODULE
    top = _HEIGHT - side - 17
    paper.qr((_WIDTH - side) / 2, top, matrix, module=_MODULE)
    paper.centred(_WIDTH / 2, top + side + 2.5, code, size=_CODE, bold=True)
    y = top + side + 7
    for language in _LANGUAGES:
        words = text(_CHECK.message, address=short_address).render(language)
        y = paper.paragraph(_EDGE, y, wrapped(words, _WIDTH - 2 * _EDGE, size=_SMALL, most=2), size=_SMALL, grey=_GREY)
    paper.finish()


def _draw(paper: Paper, receipt: ShownReceipt, y: float, language: str, *, is_first: bool) -> float:
    """Write all facts in one language and return where the next begins."""
    room = _WIDTH - 2 * _EDGE
    with use_language(language):
        title = joined([_HEAD.render(language), format_quarter(receipt.quarter)])
        y = paper.paragraph(
            _EDGE,
            y,
            wrapped(title, room, size=_TITLE if is_first else _BODY, bold=True, most=2),
            size=_TITLE if is_first else _BODY,
            bold=True,
        )
        for one in receipt.kits:
            count = one.counting or one.sets
            words = str(text(_ROW.message, kit=name_of(one.kit), count=format_number(count)))
            y = paper.paragraph(_EDGE, y, wrapped(words, room, size=_BODY, most=2), size=_BODY)
        moment = str(text(_WHEN.message, moment=format_instant(receipt.given_at)))
        where = str(text(_WHERE.message, point=name_of(receipt.point)))
        y = paper.paragraph(_EDGE, y, wrapped(where, room, size=_BODY, most=1), size=_BODY)
        y = paper.paragraph(_EDGE, y, [moment], size=_BODY)
    return y + leading(_SMALL) * 0.6
