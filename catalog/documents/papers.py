"""The paper of a version of a standard, to print and sign: Kazakh and Russian side by side, nothing cut off.

It is laid out in blocks that never tear over a page; when all are placed, the number of pages is known and drawn.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import IO

from catalog.rules.allergens import contained, traced
from catalog.rules.contents import ContentLine, ContentSubstitute, StandardContent
from catalog.rules.items import net_content
from catalog.rules.totals import totals_of
from catalog.values import ALLERGENS, UNITS
from core.i18n import Text, format_day, format_number, format_quarter, name_of, text, use_language
from core.papers import (
    BODY,
    HEAD,
    PAPER_LANGUAGES,
    SMALL,
    TITLE,
    Block,
    Cell,
    Column,
    Foot,
    Said,
    Signature,
    Words,
    both,
    gap,
    said_in,
    signatures,
    table,
    titled,
    verification,
    write_pages,
)
from core.pdf import joined

_COLUMNS = (8.0, 59.5, 59.5, 14.0, 18.5, 17.5)


class PaperState(StrEnum):
    """Whether the paper of a version is for reading, for signing, or counts."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"


_WARNINGS: Mapping[PaperState, Text] = {
    PaperState.DRAFT: text("DRAFT: not approved, counts for nothing"),
    PaperState.SUBMITTED: text("SUBMITTED, FOR SIGNING: counts once it is approved"),
}
_PROOFS: Mapping[PaperState, Text] = {
    PaperState.DRAFT: text("This is a draft: what it says may still change, and this hash with it."),
    PaperState.SUBMITTED: text("Just what has this hash is approved: compare it with the hash on the screen."),
    PaperState.APPROVED: text("The file at this address has this hash: download it and run sha256sum to compare."),
}


@dataclass(frozen=True, slots=True)
class PaperFrame:
    """What a paper says beside the content: its hash, its permanent address, whether it counts, and the ages told.

    The address answers once the version is approved, so no other paper names it.
    """

    digest: str
    address: str
    state: PaperState
    ages: Words


def write_paper(file: IO[bytes], content: StandardContent, frame: PaperFrame) -> None:
    """Write the paper of a version; equal content makes equal bytes."""
    version = text("%(code)s, version %(number)s", code=content.kit.code, number=content.number)
    said = [version, _WARNINGS[frame.state]] if frame.state in _WARNINGS else [version]
    foot = Foot(said, f"SHA-256 {frame.digest}")
    write_pages(file, _blocks(content, frame), foot, title=f"{content.kit.code} {content.number}")


def _blocks(content: StandardContent, frame: PaperFrame) -> Iterator[Block]:
    if frame.state in _WARNINGS:
        yield both(_WARNINGS[frame.state], size=HEAD, bold=True)
        yield gap(2)
    yield both(text("Standard of a set of the guaranteed social package"), size=HEAD)
    yield both(lambda: name_of(content.kit.names), size=TITLE, bold=True)
    version = text("%(code)s, version %(number)s", code=content.kit.code, number=content.number)
    yield both(version, size=TITLE, bold=True)
    yield gap(2)
    for title, words in _facts(content, frame):
        yield titled(title, words)
    yield gap(3)
    yield both(text("What is in the set"), size=HEAD, bold=True)
    yield gap(1)
    yield from _table(content)
    yield gap(1)
    yield both(partial(_mass, content), size=BODY)
    yield gap(3)
    yield both(text("Substitutes"), size=HEAD, bold=True)
    yield from _substitutes(content)
    yield gap(3)
    yield from signatures([Signature(text("Drafted by")), Signature(text("Approved by"))])
    yield gap(2)
    yield _proof(frame)


def _facts(content: StandardContent, frame: PaperFrame) -> Iterator[tuple[Text, Words]]:
    items = [line.item for line in content.lines]
    yield text("For children"), frame.ages
    yield text("In force from"), partial(format_quarter, content.effective_from)
    yield text("Legal basis"), partial(_legal_basis, content)
    if content.change_note.name_kk:
        yield text("What changes and why"), partial(name_of, content.change_note)
    yield text("Contains"), partial(_allergens, contained(items))
    yield text("May contain"), partial(_allergens, traced(items) - contained(items))


def _legal_basis(content: StandardContent) -> str:
    number = f"№ {content.legal_number}" if content.legal_number else ""
    return joined([name_of(content.legal_document), number, format_day(content.legal_on)])


def _allergens(codes: Iterable[str]) -> str:
    return ", ".join(str(ALLERGENS.get(code, code)) for code in sorted(codes)) or "–"


def _mass(content: StandardContent) -> str:
    grams = totals_of(content).grams
    weight = format_number(Decimal(int(grams.amount)) / 1000)
    if grams.unknown:
        return str(text("Net mass of the set: at least %(weight)s kg", weight=weight))
    return str(text("Net mass of the set: %(weight)s kg", weight=weight))


def _table(content: StandardContent) -> Iterator[Block]:
    titles: Sequence[Said] = (
        "№",
        *(text("Item").render(language) for language in PAPER_LANGUAGES),
        text("Packs"),
        text("Net content of a pack"),
        text("In the set"),
    )
    columns = [
        Column(title, share, is_number=place >= len(_COLUMNS) - 3)
        for place, (title, share) in enumerate(zip(titles, _COLUMNS, strict=True))
    ]
    return table(columns, map(_table_row, content.lines))


def _table_row(line: ContentLine) -> Sequence[Cell]:
    def amount(number: int) -> str:
        with use_language("ru"):
            return f"{format_number(number)} {UNITS[line.item.pack_unit]}"

    return [
        str(line.position),
        *(said_in(language, partial(name_of, line.item.names)) for language in PAPER_LANGUAGES),
        str(line.packs),
        amount(line.item.pack_net),
        amount(net_content(line.packs, line.item.pack_net)),
    ]


def _substitutes(content: StandardContent) -> Iterator[Block]:
    if not content.substitutes:
        yield both(text("Nothing may stand in for an item of this version."), size=BODY)
    names = {line.item.code: line.item.names for line in content.lines}
    for one in content.substitutes:
        yield both(partial(_substitute, one, partial(name_of, names[one.item])), size=BODY)


def _substitute(one: ContentSubstitute, item: Words) -> str:
    told = text(
        "Instead of “%(item)s”: “%(substitute)s”, %(given)s packs for every %(packs)s. %(reason)s",
        item=item(),
        substitute=name_of(one.substitute.names),
        given=one.substitute_packs,
        packs=one.for_packs,
        reason=name_of(one.reason),
    )
    first = format_quarter(one.valid_from) if one.valid_from else "…"
    last = format_quarter(one.valid_until) if one.valid_until else "…"
    return f"{told} ({first} – {last})" if one.valid_from or one.valid_until else str(told)


def _proof(frame: PaperFrame) -> Block:
    """Return the hash in full; of an approved version also the square that leads to the permanent address."""
    return verification(
        frame.address,
        heading=[frame.digest],
        notes=[(text("Hash of the content (SHA-256)"), SMALL), (_PROOFS[frame.state], BODY - 1)],
        is_code=frame.state == PaperState.APPROVED,
    )
