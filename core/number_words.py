"""Whole numbers in Kazakh and Russian words, as papers demand them: "eight thousand and forty" cannot be altered."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

MOST = 10**12 - 1
"""The largest number there are words for here."""

_KK_ONES = ("", "бір", "екі", "үш", "төрт", "бес", "алты", "жеті", "сегіз", "тоғыз")
_KK_TENS = ("", "он", "жиырма", "отыз", "қырық", "елу", "алпыс", "жетпіс", "сексен", "тоқсан")
_KK_SCALES = ("", "мың", "миллион", "миллиард")
_RU_ONES = ("", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять", "одиннадцать",
            "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать", "семнадцать", "восемнадцать",
            "девятнадцать")  # fmt: skip
_RU_FEMININE = {1: "одна", 2: "две"}
_RU_TENS = ("", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто")
_RU_HUNDREDS = ("", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот")
_RU_SCALES: Sequence[tuple[str, str, str]] = (
    ("", "", ""),
    ("тысяча", "тысячи", "тысяч"),
    ("миллион", "миллиона", "миллионов"),
    ("миллиард", "миллиарда", "миллиардов"),
)
_PACKS: Mapping[str, tuple[str, str, str]] = {
    "kk": ("қаптама", "қаптама", "қаптама"),
    "ru": ("упаковка", "упаковки", "упаковок"),
}
_TENGE, _TIYN = {"kk": "теңге", "ru": "тенге"}, {"kk": "тиын", "ru": "тиын"}


def number_in_words(number: int, language: str, *, feminine: bool = False) -> str:
    """Return a whole number from 0 to `MOST` in words of Kazakh ("kk") or Russian ("ru").

    `feminine` is for Russian only: одна, две of what is feminine.

    Raises:
        ValueError: the number is below 0 or beyond the words there are, or the language is another.
    """
    if not 0 <= number <= MOST or language not in _PACKS:
        message = f"no words for {number} in {language}"
        raise ValueError(message)
    if number == 0:
        return "нөл" if language == "kk" else "ноль"
    words = _kazakh(number) if language == "kk" else _russian(number, feminine=feminine)
    return " ".join(word for word in words if word)


def packs_in_words(packs: int, language: str) -> str:
    """Return so many packs in words: «две упаковки», «екі қаптама»."""
    return f"{number_in_words(packs, language, feminine=True)} {_form(packs, _PACKS[language])}"


def money_in_words(tenge: Decimal, language: str) -> str:
    """Return an amount in words, its tiyn in digits, as usual on papers: «сто тенге 05 тиын»."""
    tiyn = int((tenge * 100).to_integral_value())
    return f"{number_in_words(tiyn // 100, language)} {_TENGE[language]} {tiyn % 100:02} {_TIYN[language]}"


def _groups(number: int) -> Iterator[tuple[int, int]]:
    """Yield the groups of three digits that are not empty with their scale, the highest first."""
    for scale in range(len(_KK_SCALES) - 1, -1, -1):
        group = number // 1000**scale % 1000
        if group:
            yield group, scale


def _kazakh(number: int) -> Iterator[str]:
    for group, scale in _groups(number):
        if group == 1 and scale == 1:  # one says "мың", not "бір мың", only where nothing stands before
            yield "мың" if number < 2000 else "бір мың"  # noqa: PLR2004 - two thousand
            continue
        hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
        if hundreds:
            yield "жүз" if hundreds == 1 else f"{_KK_ONES[hundreds]} жүз"
        yield from (_KK_TENS[tens], _KK_ONES[ones], _KK_SCALES[scale])


def _russian(number: int, *, feminine: bool) -> Iterator[str]:
    for group, scale in _groups(number):
        rest = group % 100
        yield _RU_HUNDREDS[group // 100]
        if rest >= len(_RU_ONES):
            yield _RU_TENS[rest // 10]
            rest %= 10
        is_feminine = scale == 1 or (scale == 0 and feminine)
        yield _RU_FEMININE[rest] if is_feminine and rest in _RU_FEMININE else _RU_ONES[rest]
        yield _form(group, _RU_SCALES[scale])


def _form(number: int, forms: tuple[str, str, str]) -> str:
    """Return the form that a number asks for: one, few (2-4), many; 11-14 are many."""
    ones, tens = number % 10, number // 10 % 10
    if tens == 1 or ones == 0 or ones > 4:  # noqa: PLR2004 - the Russian rule
        return forms[2]
    return forms[0] if ones == 1 else forms[1]
