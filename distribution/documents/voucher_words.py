"""The words of a voucher on paper, Kazakh above Russian: what it is, for whom, what, where, when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from babel.dates import get_day_names

from core.i18n import LANGUAGES, Text, format_day, name_of, text, use_language
from core.pdf import joined
from core.quarters import Quarter
from distribution.queries.voucher_prints import PrintedVoucher
from territory.models import District
from warehouses.models import Place

Value = TypeVar("Value")

LANGUAGES_ON_PAPER = tuple(language for language in LANGUAGES if language != "en")

TITLE = text("Guaranteed social package")
FOR, WHAT, WHERE, WHEN = text("For"), text("What"), text("Where"), text("When")
SETS = text("%(count)s pcs")
STATUS = text("Status and hours")
KEEP = text("Keep it until you collect, and give it to nobody.")
BRING = text("Bring this voucher and your identity document.")
_WORKING_DAYS = text("working days")
_UNTIL = text("until %(day)s")


@dataclass(frozen=True, slots=True)
class SheetRun:
    """The vouchers of one point, in the order in which they are printed; `address` is the families' page."""

    quarter: Quarter
    district: District
    point: Place
    vouchers: Iterable[PrintedVoucher]
    address: str = ""


def in_both(words: Text) -> str:
    """Return words in both languages beside each other."""
    return joined((words.render(language) for language in LANGUAGES_ON_PAPER), " / ")


def where_words(point: Place, language: str) -> str:
    """Return the point and its address."""
    address = {"kk": point.address_kk, "ru": point.address_ru}[language]
    with use_language(language):
        return joined([name_of(point), address], ", ")


def when_words(run: SheetRun, language: str) -> str:
    """Return the days and hours of the point, and until when the voucher counts there."""
    days = [int(day) for day in run.point.hand_out_days.split(",") if day.strip().isdigit()]
    names = get_day_names("wide", locale=language)
    told = ", ".join(str(names[day - 1]) for day in days if day - 1 in names) or _WORKING_DAYS.render(language)
    until = text(_UNTIL.message, day=said(language, format_day, run.quarter.last_day)).render(language)
    return joined([told, run.point.hours, until], ", ")


def shown_address(address: str) -> str:
    """Return an address of the web as people type it."""
    return address.removeprefix("https://").removeprefix("http://")


def said(language: str, form: Callable[[Value], str], value: Value) -> str:
    """Return a value written in a language."""
    with use_language(language):
        return form(value)
