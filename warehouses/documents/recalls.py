"""Papers of a recall: a letter to each place that has packs, a notice to the families of each point, the report."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import IO

from core.clock import today
from core.i18n import Text, current_language, format_day, format_instant, format_number, name_of, text
from core.papers import (
    BODY,
    LANDSCAPE,
    PAPER_LANGUAGES,
    SMALL,
    Block,
    Cell,
    Column,
    OfficialPaper,
    Signature,
    both,
    gap,
    signatures,
    verification,
    write_papers,
)
from core.pdf import joined
from warehouses.models import Lot, Place, Recall

Report = Mapping[str, object]

_TO_DO = (
    text("Find every pack of these lots, also those in opened cartons, and set them aside."),
    text("Write on them: recalled, not to be given out."),
    text("Count them. If the number differs, enter a stock count in the system."),
    text("Give none of them to a family and send none of them to another point."),
    text("Return them by a transfer, or write them off, as the ministry says."),
)
_FIGURES = (
    ("received", text("Received")),
    ("in_warehouses", text("In warehouses")),
    ("at_points", text("At points")),
    ("confirmed", text("Set aside")),
    ("unconfirmed", text("Not confirmed")),
    ("on_the_road", text("On the road")),
    ("handed_over", text("Handed over")),
    ("returned", text("Returned")),
    ("written_off", text("Written off")),
    ("missing", text("Missing in counts")),
    ("in_sets", text("Packed into sets")),
)


@dataclass(frozen=True, slots=True)
class PlaceLetter:
    """What a place is written about: its packs of recalled lots, and of each what it said to have found, or None."""

    place: Place
    packs: Sequence[tuple[Lot, int, int | None]]


@dataclass(frozen=True, slots=True)
class PaperFrame:
    """The recall, the address of its page, and when the paper was drawn."""

    recall: Recall
    address: str
    at: datetime


def write_letters(file: IO[bytes], letters: Sequence[PlaceLetter], frame: PaperFrame) -> None:
    """Write a letter to each place, each on pages of its own."""
    closing = _closing(frame)
    write_papers(file, [_letter(one, frame, closing) for one in letters], title=frame.recall.number)


def write_notices(file: IO[bytes], notices: Sequence[PlaceLetter], frame: PaperFrame) -> None:
    """Write a notice to the families of each point that handed packs out; it names nobody."""
    write_papers(file, [_notice(one, frame) for one in notices], title=frame.recall.number)


def write_report(file: IO[bytes], report: Report, names: Mapping[str, Place], frame: PaperFrame) -> None:
    """Write the report of a closed recall as it was kept; `names` are the places by code."""
    recall = frame.recall
    title, on = text("Report on the recall of lots"), _day(recall.closed_at)
    paper = OfficialPaper(title, number=recall.number, on=on, layout=LANDSCAPE)
    paper.parties([(text("Reason"), recall.reason), (text("Opened at"), partial(_moment, recall.opened_at))])
    paper.table([Column(words, 1, is_number=True) for _, words in _FIGURES], [_told(_of(report, "total"))])
    lots = [Column(text("Item"), 2), Column(text("Lot"), 4), Column(text("Contains"), 3)]
    figures = [Column(words, 2.2, is_number=True) for _, words in _FIGURES]
    rows: list[Sequence[Cell]] = [
        [str(one["item"]), partial(_lot_words, one), str(one["contains"] or ""), *_told(_of(one, "figures"))]
        for one in _rows(report, "lots")
    ]
    paper.table([*lots, *figures], rows, size=BODY - 2)
    paper.table(
        [Column(text("Place"), 6), Column(text("Lot"), 4), *figures],
        [
            [_place_words(str(one["place"]), names), str(one["lot"]), *_told(_of(one, "figures"))]
            for one in _rows(report, "places")
        ],
        size=BODY - 2,
    )
    paper.signatures([Signature(text("Closed by")), Signature(text("Checked by"))])
    paper.verification(frame.address)
    paper.write(file)


def _closing(frame: PaperFrame) -> Sequence[Block]:
    """Return what all letters end with, made once: a country has hundreds of places."""
    note = text("This page of the system shows the document as it is recorded. Compare the paper with it.")
    return [
        both(text("What to do today"), size=BODY, bold=True),
        *(both(partial(_numbered, number, words), size=BODY) for number, words in enumerate(_TO_DO, start=1)),
        gap(4),
        both(partial(_as_at, frame.at), size=BODY),
        gap(2),
        *signatures([Signature(text("For the ministry")), Signature(text("Set aside by"))]),
        verification(frame.address, heading=[frame.recall.number], notes=[(note, SMALL)]),
    ]


def _letter(letter: PlaceLetter, frame: PaperFrame, closing: Sequence[Block]) -> OfficialPaper:
    recall, place = frame.recall, letter.place
    paper = OfficialPaper(text("Letter on the recall of lots"), number=recall.number, on=_day(recall.opened_at))
    paper.parties(
        [
            (text("Addressed to"), lambda: joined([place.code, name_of(place), _address(place)])),
            (text("Reason"), recall.reason),
        ]
    )
    paper.said(text("The lots below are recalled. By the books your place has these packs of them:"))
    columns = [
        Column(text("Item"), 60),
        Column(text("Lot"), 40),
        Column(text("Expires on"), 25),
        Column(text("Packs"), 18, is_number=True),
        Column(text("Found, packs"), 18, is_number=True),
    ]
    total = format_number(sum(packs for _, packs, _ in letter.packs))
    rows = [
        [*_lot_cells(lot), format_number(packs), "" if found is None else format_number(found)]
        for lot, packs, found in letter.packs
    ]
    said = [found for _, _, found in letter.packs if found is not None]
    paper.table(columns, rows, totals=[text("Total"), "", "", total, format_number(sum(said)) if said else ""])
    paper.add(*closing)
    return paper


def _notice(notice: PlaceLetter, frame: PaperFrame) -> OfficialPaper:
    recall, place = frame.recall, notice.place
    paper = OfficialPaper(text("Notice to families"), number=recall.number, on=_day(recall.opened_at))
    paper.parties([(text("Point"), lambda: joined([name_of(place), _address(place), place.hours]))])
    paper.said(text("Do not use what stands below. Bring it back to this point."), size=BODY + 4, bold=True)
    paper.space(3)
    columns = [Column(text("Item"), 70), Column(text("Lot"), 45), Column(text("Expires on"), 30)]
    paper.table(columns, [_lot_cells(lot) for lot, _, _ in notice.packs])
    paper.said(partial(_why, recall.reason), size=BODY + 1)
    paper.said(
        text(
            "The number of the lot stands on the pack, beside the day until which it can be used. Whoever has used it "
            "and feels unwell sees a doctor and takes the pack along."
        ),
        size=BODY + 1,
    )
    paper.space(3)
    return paper


def _lot_cells(lot: Lot) -> list[str | Callable[[], str]]:
    return [lambda: joined([lot.item.code, name_of(lot.item)]), lot.code or "–", lambda: format_day(lot.expires_on)]


def _address(place: Place) -> str:
    return place.address_kk if current_language() == PAPER_LANGUAGES[0] else place.address_ru


def _day(at: datetime | None) -> date | None:
    return None if at is None else today(at)


def _lot_words(lot: Report) -> str:
    return f"{lot['lot'] or '–'} ({text('lifted')})" if lot["withdrawn"] else str(lot["lot"] or "–")


def _place_words(code: str, names: Mapping[str, Place]) -> Callable[[], str]:
    place = names.get(code)
    return lambda: joined([code, name_of(place) if place is not None else ""])


def _numbered(number: int, words: Text) -> str:
    return f"{number}. {words}"


def _as_at(at: datetime) -> str:
    return str(text("As at %(moment)s.", moment=format_instant(at)))


def _why(reason: str) -> str:
    return str(text("Reason: %(reason)s", reason=reason))


def _moment(at: datetime) -> str:
    return format_instant(at)


def _rows(report: Report, name: str) -> Iterator[Report]:
    found = report[name]
    if isinstance(found, list):
        yield from found


def _of(report: Report, name: str) -> Report:
    found = report[name]
    return found if isinstance(found, dict) else {}


def _told(figures: Report) -> list[str]:
    return [format_number(int(str(figures.get(name, 0)))) for name, _ in _FIGURES]
