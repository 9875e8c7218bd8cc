"""The list to sign at a point where paper law asks for signatures: a row for each voucher, kk and ru side by side."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import IO

from catalog.models import KitKind
from core.base32 import write_code
from core.i18n import current_language, format_number, format_quarter, name_of, text
from core.papers import LANDSCAPE, Cell, Column, OfficialPaper, Signature, write_papers
from core.pdf import joined
from distribution.documents.voucher_words import SheetRun, where_words
from distribution.queries.voucher_prints import PrintedVoucher
from distribution.rules.tokens import secret_of_own
from distribution.rules.vouchers import masked_name

_TITLE = text("List of sets handed out")
_WHO = text("the family itself / by proxy")
_MOST_COLUMNS = 4
"""So many kinds of sets get a column each; more of them share one, by their codes."""

_LAST_SIGNS = 7


def write_issue_list(file: IO[bytes], runs: Iterable[SheetRun], kits: Sequence[KitKind], *, title: str) -> int:
    """Write the list of each run, each from a page of its own; return how many vouchers stand on them."""
    names = {kit.id: kit for kit in kits}
    papers, count = [], 0
    for run in runs:
        vouchers = list(run.vouchers)
        papers.append(_paper(run, vouchers, names))
        count += len(vouchers)
    write_papers(file, papers, title=title)
    return count


def _paper(run: SheetRun, vouchers: Sequence[PrintedVoucher], names: Mapping[int, KitKind]) -> OfficialPaper:
    paper = OfficialPaper(_TITLE, number=f"{run.quarter}/{run.point.code}", layout=LANDSCAPE)
    paper.parties(
        [
            (text("Quarter"), partial(format_quarter, run.quarter)),
            (text("District"), partial(name_of, run.district)),
            (text("Point"), lambda: where_words(run.point, current_language())),
        ]
    )
    kinds = [names[kit] for kit in sorted({kit for voucher in vouchers for kit, _ in voucher.kits})]
    own = kinds if len(kinds) <= _MOST_COLUMNS else []
    columns = [
        Column("№", 8, is_number=True),
        Column(text("Family"), 30),
        Column(text("Code ends with"), 20),
        *(Column(partial(name_of, kind), 24, is_number=True) for kind in own),
        *([] if own else [Column(text("Sets"), 60)]),
        Column(text("Who came"), 38),
        Column(text("Day"), 22),
        Column(text("Signature"), 40),
    ]
    sums = {kind.id: sum(count for one in vouchers for kit, count in one.kits if kit == kind.id) for kind in kinds}
    in_all: list[Cell] = ["", text("In all"), format_number(len(vouchers)), *_counts(sums, kinds, own), "", "", ""]
    paper.table(columns, _rows(vouchers, kinds, own), totals=in_all)
    paper.signatures([Signature(text("Handed out by")), Signature(text("Manager of the point"))])
    return paper


def _rows(
    vouchers: Sequence[PrintedVoucher], kinds: Sequence[KitKind], own: Sequence[KitKind]
) -> Iterator[Sequence[Cell]]:
    for number, one in enumerate(vouchers, start=1):
        code = write_code(secret_of_own(one.token))[-_LAST_SIGNS:]
        yield [
            format_number(number),
            masked_name(one.guardian_name),
            f"… {code}",
            *_counts(dict(one.kits), kinds, own),
            _WHO,
            "",
            "",
        ]


def _counts(counts: Mapping[int, int], kinds: Sequence[KitKind], own: Sequence[KitKind]) -> list[Cell]:
    """Return how many sets of each kind, in columns of their own or by code in one."""
    if own:
        return [format_number(counts.get(kind.id, 0)) if counts.get(kind.id) else "–" for kind in own]
    return [joined((f"{kind.code}: {counts[kind.id]}" for kind in kinds if counts.get(kind.id)), ", ")]
