"""The report of a closed quarter as an official paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO, cast

from core.clock import today
from core.i18n import format_instant, format_number, format_quarter, name_of, text
from core.papers import BODY, LANDSCAPE, Cell, Column, OfficialPaper, Signature
from core.quarters import Quarter
from distribution.rules.reports import FIGURES
from territory.models import District

_NAMES = {
    "need": text("Needed"),
    "quota": text("Quota"),
    "collected": text("Handed over"),
    "not_collected": text("Not collected"),
    "no_voucher": text("Without a voucher"),
    "waiting": text("Waited"),
    "dropped": text("Dropped out"),
}


@dataclass(frozen=True, slots=True)
class ReportFrame:
    """Of which quarter a report is, when it was frozen, its hash, and the address of its page."""

    quarter: Quarter
    closed_at: datetime
    sha256: str
    address: str


def write_report(
    file: IO[bytes], content: Mapping[str, object], districts: Mapping[str, District], frame: ReportFrame
) -> None:
    """Write the report as it was kept: the rosters, the sums, and the districts that are given."""
    on = today(frame.closed_at)
    paper = OfficialPaper(text("Report on the quarter"), number=str(frame.quarter), on=on, layout=LANDSCAPE)
    paper.parties(
        [
            (text("Quarter"), partial(format_quarter, frame.quarter)),
            (text("Closed at"), partial(format_instant, frame.closed_at)),
            (text("SHA-256 of the report"), frame.sha256),
        ]
    )
    for roster in _rows(content["rosters"]):
        paper.parties(
            [
                (text("Roster"), str(roster["number"])),
                (text("Merkle root"), str(roster["merkle_root"])),
                (text("Seed of the draw"), str(roster["seed"] or "–")),
                (text("Public event that gave the seed"), str(roster["seed_source"] or "–")),
            ]
        )
    figures = [Column(_NAMES[name], 2.4, is_number=True) for name in FIGURES]
    totals = cast("Mapping[str, Mapping[str, object]]", content["totals"])
    paper.table([Column(text("Set"), 2), *figures], [[kit, *_told(row)] for kit, row in sorted(totals.items())])
    rows: list[Sequence[Cell]] = [
        [partial(name_of, districts[str(row["kato"])]), str(row["kit"]), *_told(row)]
        for row in _rows(content["districts"])
        if row["kato"] in districts
    ]
    paper.table([Column(text("District"), 5), Column(text("Set"), 2), *figures], rows, size=BODY - 2)
    paper.signatures([Signature(text("Closed by")), Signature(text("Checked by"))])
    paper.verification(frame.address)
    paper.write(file)


def _rows(value: object) -> Sequence[Mapping[str, object]]:
    return cast("Sequence[Mapping[str, object]]", value)


def _told(row: Mapping[str, object]) -> list[Cell]:
    return [partial(format_number, int(str(row[name]))) for name in FIGURES]
