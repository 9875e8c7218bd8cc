"""Which rows of a registry file are taken, and why others are not (domain, §5)."""

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from core.identifiers import LENGTH, is_digits
from core.tabular.cells import unmarked
from core.text import clean
from distribution.rules.iin import Iin, IinFault, read_iin, sex_of
from distribution.values import AwardStatus, RowRemark

_DAY = re.compile(r"(?a:(\d{2})\.(\d{2})\.(\d{4})|(\d{4})-(\d{2})-(\d{2}))")
_STATUSES = frozenset(status.value for status in AwardStatus)
_CHILD_FAULTS = {
    IinFault.LENGTH: RowRemark.IIN_LENGTH,
    IinFault.CHECK_DIGIT: RowRemark.IIN_CHECK_DIGIT,
    IinFault.DATE: RowRemark.IIN_DATE,
}
_APPLICANT_FAULTS = {
    IinFault.LENGTH: RowRemark.APPLICANT_IIN_LENGTH,
    IinFault.CHECK_DIGIT: RowRemark.APPLICANT_IIN_CHECK_DIGIT,
    IinFault.DATE: RowRemark.APPLICANT_IIN_DATE,
}
_SEXES = frozenset({"male", "female"})
"""What kinds of sets ask for; where a file says it otherwise, or not at all, the IIN says it."""

_CHILD = 11
_PARTS = 16
LONGEST_CASE_NO = 60


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What an accepted row says: one child, its case, who applied."""

    case_no: str
    district_id: int
    settlement: str
    applicant_iin: str
    applicant_name: str
    phone: str
    kind: str
    award_from: date
    award_to: date | None
    status: str
    reason: str
    child_iin: str
    child_name: str
    birth_on: date
    sex: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a row: facts when it is taken; a refusal, or notes, or nothing to remark.

    A row that repeats an accepted one has neither facts nor refusal.
    """

    facts: RowFacts | None
    refusal: RowRemark | None = None
    notes: tuple[RowRemark, ...] = ()
    child_iin: str = ""
    further: tuple[RowRemark, ...] = ()
    """What else is wrong with a refused row."""


class _Written(NamedTuple):
    """The cells of a row, in the order of the columns."""

    case_no: str
    district_kato: str
    settlement: str
    applicant_iin: str
    applicant_name: str
    phone: str
    award_kind: str
    award_from: str
    award_to: str
    award_status: str
    award_reason: str
    child_iin: str
    child_name: str
    birth_date: str
    sex: str


class Twins:
    """The children who stand in a file more than once. All rows count, whether they will be refused or not.

    Why so: to know it of every row, the whole file must have been seen; sixteen bytes of each row are kept for that, in
    parts that are compared one by one, and of them only the children who repeat.
    """

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        """Take case number and child's IIN of every row."""
        parts = [(array("Q"), array("q")) for _ in range(_PARTS)]
        for case_no, iin in _children(rows):
            number = int(iin)
            numbers, cases = parts[number % _PARTS]
            numbers.append(number)
            cases.append(hash(case_no))
        self.in_two_cases: set[int] = set()
        self.repeated: set[int] = set()
        while parts:
            self._compare(*parts.pop())

    def _compare(self, numbers: Iterable[int], cases: Iterable[int]) -> None:
        first: dict[int, int] = {}
        for number, case in zip(numbers, cases, strict=True):
            if number in first:
                (self.repeated if first[number] == case else self.in_two_cases).add(number)
            else:
                first[number] = case


class RowJudge:
    """Judges the rows of one file, in their order: what was accepted before decides what repeats."""

    def __init__(self, *, districts: Mapping[str, int], twins: Twins) -> None:
        self._districts = districts
        self._twins = twins
        self._taken: set[int] = set()

    def judge(self, cells: Sequence[str]) -> Judgement:
        """Return what becomes of a row: refused by the first reason in the order of the rules, else taken."""
        child = read_iin(cells[_CHILD])
        refusal = _CHILD_FAULTS[child.fault] if child.fault else None
        facts: RowFacts | None = None
        notes: list[RowRemark] = []
        if refusal is None:
            facts, refusal = self._facts(cells, child, notes)
        if refusal is not None or facts is None:
            known = "" if child.fault else child.digits
            further = tuple(fault for fault in self._faults(_Written(*cells), child) if fault is not refusal)
            return Judgement(None, refusal, (), known, further)
        return self._once(facts, notes)

    def _facts(
        self, cells: Sequence[str], child: Iin, notes: list[RowRemark]
    ) -> tuple[RowFacts | None, RowRemark | None]:
        """Read the rest of a row, in the order of the rules; `notes` are added to."""
        written = _Written(*cells)
        who = read_iin(written.applicant_iin)
        if who.fault:
            return None, _APPLICANT_FAULTS[who.fault]
        if child.birth_on is None or (written.birth_date and read_day(written.birth_date) != child.birth_on):
            return None, RowRemark.BIRTH_DATE_MISMATCH
        district_id = self._districts.get("".join(written.district_kato.split()))
        if district_id is None:
            return None, RowRemark.DISTRICT_UNKNOWN
        award_from, award_to = read_day(written.award_from), read_day(written.award_to)
        if award_from is None or (written.award_to and (award_to is None or award_from > award_to)):
            return None, RowRemark.AWARD_DATES
        refusal = self._last_refusal(written, child)
        if refusal:
            return None, refusal
        notes += _notes(written, who, child)
        facts = RowFacts(
            case_no=clean(written.case_no),
            district_id=district_id,
            settlement=_kept(written.settlement, 200),
            applicant_iin=who.digits,
            applicant_name=_kept(written.applicant_name, 200),
            phone=_kept(written.phone, 60),
            kind=_kept(written.award_kind, 30),
            award_from=award_from,
            award_to=award_to,
            status=written.award_status,
            reason=_kept(written.award_reason, 100),
            child_iin=child.digits,
            child_name=_kept(written.child_name, 200),
            birth_on=child.birth_on,
            sex=written.sex if written.sex in _SEXES else sex_of(child.digits),
        )
        return facts, None

    def _faults(self, written: "_Written", child: Iin) -> Iterable[RowRemark]:
        """Yield all that is wrong with a row, in the order of the rules."""
        if child.fault:
            yield _CHILD_FAULTS[child.fault]
        who = read_iin(written.applicant_iin)
        if who.fault:
            yield _APPLICANT_FAULTS[who.fault]
        born = read_day(written.birth_date) if written.birth_date else child.birth_on
        if (written.birth_date and born is None) or (child.birth_on is not None and born != child.birth_on):
            yield RowRemark.BIRTH_DATE_MISMATCH
        if "".join(written.district_kato.split()) not in self._districts:
            yield RowRemark.DISTRICT_UNKNOWN
        award_from, award_to = read_day(written.award_from), read_day(written.award_to)
        if award_from is None or (written.award_to and (award_to is None or award_from > award_to)):
            yield RowRemark.AWARD_DATES
        if written.award_status not in _STATUSES:
            yield RowRemark.AWARD_STATUS_UNKNOWN
        if child.fault is not IinFault.LENGTH and int(child.digits) in self._twins.in_two_cases:
            yield RowRemark.CHILD_IN_TWO_CASES
        if not 0 < len(clean(written.case_no)) <= LONGEST_CASE_NO:
            yield RowRemark.CASE_NO_UNUSABLE

    def _last_refusal(self, written: "_Written", child: Iin) -> RowRemark | None:
        if written.award_status not in _STATUSES:
            return RowRemark.AWARD_STATUS_UNKNOWN
        if self._twins.in_two_cases and int(child.digits) in self._twins.in_two_cases:
            return RowRemark.CHILD_IN_TWO_CASES
        if not 0 < len(clean(written.case_no)) <= LONGEST_CASE_NO:
            return RowRemark.CASE_NO_UNUSABLE
        return None

    def _once(self, facts: RowFacts, notes: list[RowRemark]) -> Judgement:
        number = int(facts.child_iin)
        if number in self._twins.repeated:
            if number in self._taken:
                return Judgement(None, None, (*notes, RowRemark.ROW_REPEATED), facts.child_iin)
            self._taken.add(number)
        return Judgement(facts, None, tuple(notes), facts.child_iin)


def _notes(written: "_Written", who: Iin, child: Iin) -> Iterable[RowRemark]:
    if who.is_restored or child.is_restored:
        yield RowRemark.LEADING_ZERO_RESTORED
    if not written.birth_date:
        yield RowRemark.BIRTH_DATE_FROM_IIN
    if "?" in written.child_name or "?" in written.applicant_name:
        yield RowRemark.NAME_LETTER_LOST


def arranged(row: Sequence[str], places: Sequence[int], *, is_marked: bool = True) -> list[str]:
    """Return the cells of a row in the order of the columns: trimmed, our own apostrophe gone, missing ones blank.

    `is_marked` says whether texts of the file may carry that apostrophe.
    """
    try:
        cells = [row[place].strip() for place in places]
    except IndexError:
        width = len(row)
        cells = [row[place].strip() if place < width else "" for place in places]
    return [unmarked(cell) if cell[:1] == "'" else cell for cell in cells] if is_marked else cells


@lru_cache(maxsize=8192)
def read_day(written: str) -> date | None:
    """Read a day written dd.mm.yyyy or by ISO 8601; None where it is neither or does not exist."""
    match = _DAY.fullmatch(written)
    if match is None:
        return None
    day, month, year = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _children(rows: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Yield case number and IIN of the rows that have both, the IIN as it will be kept."""
    for case_no, written in rows:
        if not case_no:
            continue
        if len(written) == LENGTH and is_digits(written):
            yield clean(case_no), written
            continue
        iin = read_iin(written)
        if iin.fault is not IinFault.LENGTH:
            yield clean(case_no), iin.digits


def _kept(text: str, length: int) -> str:
    return clean(text)[:length].rstrip()
