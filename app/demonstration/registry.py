"""A registry file as a ministry would send it: invented families, with the faults that real exports have."""

import csv
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from core.identifiers import control_digit
from core.quarters import Quarter

HEADER = (
    "Іс нөмірі",
    "Аудан КАТО",
    "Елді мекен",
    "Өтініш берушінің ЖСН",
    "Өтініш берушінің ТАӘ",
    "Телефон",
    "Көмек түрі",
    "Тағайындалды (бастап)",
    "Тағайындалды (дейін)",
    "Мәртебе",
    "Негіздеме",
    "Баланың ЖСН",
    "Баланың ТАӘ",
    "Туған күні",
    "Жынысы",
)
_NAMES = Path(__file__).resolve().parent / "names.json"
_FAULT_SHARE = 0.02
_OPEN_END_SHARE = 0.05
_MOTHERS = 0.9
_ENDED_SHARE = 0.03
_OF_AGE_SHARE = 0.88
_ODD_SHARE = 0.002
_A_YEAR = timedelta(days=360)
_NEW_CENTURY = 2000
_LIFE = {"awarded": 93, "suspended": 3, "terminated": 2, "refused": 2}
_WHY = {"terminated": "employment_refused", "refused": "commission_not_needed"}
_SIZES = ([1, 2, 3, 4], [45, 33, 16, 6])
_INVENTED_SERIALS = (9000, 9999)
"""The serial numbers of invented people, as in the public test numbers."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where a family lives: the district's code and one of its settlements."""

    kato: str
    settlement: str
    weight: float


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file, in the order of its columns."""

    case_no: str
    kato: str
    settlement: str
    guardian_iin: str
    guardian_name: str
    phone: str
    kind: str
    award_from: str
    award_to: str
    status: str
    reason: str
    child_iin: str
    child_name: str
    birth_date: str
    sex: str

    def cells(self) -> list[str]:
        """Return the cells of the row."""
        return [getattr(self, name) for name in self.__slots__]


class Inventor:
    """Invents people whose numbers never repeat."""

    def __init__(self, chance: random.Random) -> None:
        names = json.loads(_NAMES.read_text("utf-8"))
        self.chance = chance
        self._given: dict[str, list[str]] = {"male": names["male"], "female": names["female"]}
        self._surnames: list[list[str]] = names["surnames"]
        self._taken: set[str] = set()

    def iin(self, born: date, sex: str) -> str:
        """Return a valid number for somebody born on that day."""
        century = (3 if born.year < _NEW_CENTURY else 5) + (sex == "female")
        while True:
            body = f"{born:%y%m%d}{century}{self.chance.randint(*_INVENTED_SERIALS)}"
            digit = control_digit(body)
            if digit is not None and f"{body}{digit}" not in self._taken:
                self._taken.add(f"{body}{digit}")
                return f"{body}{digit}"

    def surname(self) -> list[str]:
        """Return a surname in both forms."""
        return self.chance.choice(self._surnames)

    def name(self, surname: Sequence[str], sex: str) -> str:
        """Return a full name."""
        return f"{surname[sex == 'female']} {self.chance.choice(self._given[sex])}"


def write_registry(file: Path, *, rows: int, quarter: Quarter, homes: Sequence[Home], seed: int) -> int:
    """Write a file of about so many rows (repeated ones come on top) for the quarter; return the number of rows."""
    chance = random.Random(seed)  # noqa: S311 - invented people need no secrecy
    inventor = Inventor(chance)
    written = _with_faults(_families(inventor, rows, quarter, homes), chance)
    with file.open("w", newline="", encoding="utf-8-sig") as target:
        writer = csv.writer(target, delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(row.cells() for row in written)
    return len(written)


def _families(inventor: Inventor, rows: int, quarter: Quarter, homes: Sequence[Home]) -> list[Row]:
    written: list[Row] = []
    weights = [home.weight for home in homes]
    case = 0
    while len(written) < rows:
        case += 1
        home = inventor.chance.choices(homes, weights)[0]
        written += _family(inventor, home, quarter, f"{home.kato[:4]}-{quarter.year}-{case:06d}")
    return written[:rows]


def _family(inventor: Inventor, home: Home, quarter: Quarter, case_no: str) -> list[Row]:
    chance = inventor.chance
    sex = "female" if chance.random() < _MOTHERS else "male"
    born = date(chance.randint(1977, 2004), chance.randint(1, 12), chance.randint(1, 28))
    surname = inventor.surname()
    status = chance.choices(list(_LIFE), list(_LIFE.values()))[0]
    start = quarter.first_day - timedelta(days=chance.randint(0, 80))
    end = quarter.last_day + timedelta(days=chance.randint(0, 60))
    if chance.random() < _ENDED_SHARE:
        start, end = quarter.first_day - timedelta(days=120), quarter.first_day - timedelta(days=chance.randint(1, 30))
    family = Row(
        case_no=case_no,
        kato=home.kato,
        settlement=home.settlement,
        guardian_iin=inventor.iin(born, sex),
        guardian_name=inventor.name(surname, sex),
        phone=f"+7700{chance.randint(0, 9_999_999):07d}",
        kind=chance.choice(["unconditional", "conditional"]),
        award_from=_written(start),
        award_to="" if end > quarter.last_day and chance.random() < _OPEN_END_SHARE else _written(end),
        status=status,
        reason=_WHY.get(status, ""),
        child_iin="",
        child_name="",
        birth_date="",
        sex="",
    )
    births = _births(chance, quarter, chance.choices(*_SIZES)[0])
    return [_child(inventor, family, surname, born) for born in births]


def _births(chance: random.Random, quarter: Quarter, count: int) -> list[date]:
    """Return the birthdays of siblings: a year apart or more, save for a few whom somebody has to look at."""
    born: list[date] = []
    while len(born) < count:
        days = chance.randint(366, 6 * 365) if chance.random() < _OF_AGE_SHARE else chance.randint(1, 9 * 365)
        day = quarter.first_day - timedelta(days=days)
        if chance.random() < _ODD_SHARE or all(abs(day - other) >= _A_YEAR for other in born):
            born.append(day)
    return born


def _child(inventor: Inventor, family: Row, surname: Sequence[str], born: date) -> Row:
    chance = inventor.chance
    sex = chance.choice(["male", "female"])
    return replace(
        family,
        child_iin=inventor.iin(born, sex),
        child_name=inventor.name(surname, sex),
        birth_date=_written(born),
        sex=sex,
    )


def _written(day: date) -> str:
    return f"{day:%d.%m.%Y}"


_FAULTS: tuple[Callable[[Row], Row], ...] = (
    lambda row: replace(row, child_iin=row.child_iin[:-1] + str((int(row.child_iin[-1]) + 1) % 10)),
    lambda row: replace(row, child_iin=row.child_iin[:-2]),
    lambda row: replace(row, birth_date="01.01.2011"),
    lambda row: replace(row, birth_date=""),
    lambda row: replace(row, kato="999999999"),
    lambda row: replace(row, award_from=row.award_to or "31.12.2099", award_to=row.award_from),
    lambda row: replace(row, status="ok"),
    lambda row: replace(row, guardian_iin=row.guardian_iin[:-1] + str((int(row.guardian_iin[-1]) + 1) % 10)),
    lambda row: replace(row, guardian_iin=row.guardian_iin.removeprefix("0")),
    lambda row: replace(row, child_iin=f" {row.child_iin[:6]} {row.child_iin[6:]} "),
    lambda row: replace(row, child_name='=HYPERLINK("http://x","y")'),
)


def _with_faults(rows: list[Row], chance: random.Random) -> list[Row]:
    """Spoil some rows one by one, repeat some, and put some children into a second case."""
    spoiled: list[Row] = []
    for row in rows:
        if chance.random() >= _FAULT_SHARE:
            spoiled.append(row)
            continue
        kind = chance.randrange(len(_FAULTS) + 2)
        if kind < len(_FAULTS):
            spoiled.append(_FAULTS[kind](row))
        elif kind == len(_FAULTS):
            spoiled += [row, row]
        else:
            spoiled += [row, replace(row, case_no=f"{row.case_no}-A")]
    return spoiled
