"""Kazakh, Russian and English below the web: one language per context, lazy sentences, the dates of official papers."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Protocol

from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from core.clock import ALMATY
from core.quarters import Quarter

LANGUAGES = ("kk", "ru", "en")
DEFAULT_LANGUAGE = "kk"
LANGUAGE_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
DIRECTORY = Path(__file__).resolve().parent.parent / "translations"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)
_LOCALES = {"kk": "kk_KZ", "ru": "ru_KZ", "en": "en_GB"}
_MONTHS = {
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан".split(),
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(),
    "en": "January February March April May June July August September October November December".split(),
}
_ROMAN = ("I", "II", "III", "IV")


class HasNames(Protocol):
    """Anything with a name in each of the three languages."""

    @property
    def name_kk(self) -> str:
        """The name in `kk`."""

    @property
    def name_ru(self) -> str:
        """The name in `ru`."""

    @property
    def name_en(self) -> str:
        """The name in `en`."""


def current_language() -> str:
    """Return the code of the language that texts are rendered in here and now."""
    return _language.get()


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Render texts in `language` inside the block; unknown codes mean Kazakh."""
    token = _language.set(language if language in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == "en":
        return NullTranslations()
    return Translations.load(DIRECTORY, [language])


def gettext(message: str, **values: object) -> str:
    """Return the sentence in the current language with its named values filled in; a quarter as people write it."""
    found = _catalogue(current_language()).ugettext(message)
    return found % _shown(values) if values else found.replace("%%", "%")


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """Return the sentence in the number form that the current language wants for `n`; `%(n)s` is the number."""
    found = _catalogue(current_language()).ungettext(one, many, n)
    return found % {"n": format_number(n), **_shown(values)}


def _shown(values: dict[str, object]) -> dict[str, object]:
    """Return the values as a sentence tells them: quarters and instants written out, so nobody does it too early."""
    return {name: _written(one) for name, one in values.items()}


def _written(value: object) -> object:
    if isinstance(value, Quarter):
        return format_quarter(value)
    return format_instant(value) if isinstance(value, datetime) else value


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence that is rendered when it is shown, in the language of whoever reads it."""

    message: str
    values: dict[str, object] = field(default_factory=dict)
    many: str | None = None
    n: int = 0

    def render(self, language: str) -> str:
        """Return the sentence in `language`."""
        with use_language(language):
            return str(self)

    def __str__(self) -> str:
        if self.many is not None:
            return ngettext(self.message, self.many, self.n, **self.values)
        return gettext(self.message, **self.values)


def figure(number: int) -> Text:
    """Return a lazy whole number: 20 000, in English 20,000."""
    return Text("%(n)s", {}, "%(n)s", number)


def text(message: str, **values: object) -> Text:
    """Return a lazy sentence; values may be lazy sentences themselves."""
    return Text(message, values)


def text_plural(one: str, many: str, n: int, **values: object) -> Text:
    """Return a lazy sentence with a number form."""
    return Text(one, values, many, n)


def name_of(row: HasNames) -> str:
    """Return the row's name in the current language."""
    names = {"kk": row.name_kk, "ru": row.name_ru, "en": row.name_en}
    return names[current_language()]


def format_day(day: date | None) -> str:
    """Return a day in figures: dd.mm.yyyy, in English yyyy-mm-dd; a dash where there is none."""
    if day is None:
        return "–"
    return day.isoformat() if current_language() == "en" else f"{day:%d.%m.%Y}"


def format_day_long(day: date) -> str:
    """Return a day as official papers write it: 2020 жылғы 20 ақпан, 20 февраля 2020 года, 20 February 2020."""
    language = current_language()
    month = _MONTHS[language][day.month - 1]
    if language == "kk":
        return f"{day.year} жылғы {day.day} {month}"
    return f"{day.day} {month} {day.year}" + (" года" if language == "ru" else "")


def format_instant(at: datetime | None) -> str:
    """Return an instant as the clock on the wall in Kazakhstan shows it."""
    if at is None:
        return "–"
    local = at.astimezone(ALMATY)
    return f"{format_day(local.date())} {local:%H:%M}"


def format_day_of(at: datetime) -> str:
    """Return the day of an instant as the calendar on the wall in Kazakhstan shows it."""
    return format_day(at.astimezone(ALMATY).date())


def format_quarter(quarter: Quarter) -> str:
    """Return a quarter: 2020 жылғы I тоқсан, I квартал 2020 года, Q1 2020."""
    roman = _ROMAN[quarter.number - 1]
    language = current_language()
    if language == "kk":
        return f"{quarter.year} жылғы {roman} тоқсан"
    return f"{roman} квартал {quarter.year} года" if language == "ru" else f"Q{quarter.number} {quarter.year}"


def format_number(number: Decimal | float) -> str:
    """Return a number with the separators of the current language (no-break spaces, comma; English commas, point)."""
    return format_decimal(number, locale=_LOCALES[current_language()])


def format_money(tenge: Decimal | int) -> str:
    """Return an amount in tenge: 1 234 567,50 ₸, in English ₸1,234,567.50."""
    pattern = "#,##0.00" if tenge % 1 else "#,##0"
    figures = format_decimal(tenge, format=pattern, locale=_LOCALES[current_language()])
    return f"₸{figures}" if current_language() == "en" else f"{figures}\u00a0₸"
