"""The reading of a code, whatever sent it: scanner, camera or a person who types what stands below the bars."""

import re
from collections.abc import Sequence
from datetime import date

from biip import ParseError
from biip.upc import Upc

from core.gs1.elements import Parts, split_elements, whole_element
from core.gs1.errors import CodeUnreadable
from core.gs1.faults import day_of, number_fault
from core.gs1.keyboards import undone_layouts
from core.gs1.links import is_link, split_link
from core.gs1.signs import MESSAGES, NUMBERS, split_symbology, tidied, with_separators
from core.gs1.values import SEPARATOR, SHOWN_SEPARATOR, ReadCode, Reading
from core.i18n import Text, text

LONGEST = 400
"""More signs than any symbol that goods carry holds; what is longer is several codes, or none."""

_SSCC, _GTIN, _EAN, _SHORT = 18, 14, 13, 8
_GTINS = (8, 12, 13, 14)
_BETWEEN = re.compile(r"[\s\u2010-\u2015-]")
_BRACKETED = re.compile(r"[(\[]\s*(\d{2,4})\s*[)\]]")
_FIRST_BRACKET = re.compile(r"[(\[]\s*\d{2,4}\s*[)\]]")

_TWO_WAYS = text("The code can be read in several ways. Choose what the pack says.")
_CYRILLIC = text("The lot has Cyrillic letters, which codes of GS1 do not have. Compare it with the pack.")
_BEST_BEFORE = text("The pack has no expiry day but one until which it is at its best; that day is taken.")
_LAYOUTS = {
    "kk": text("The keyboard is set to Kazakh, so the scanner's signs came changed; they were put right."),
    "ru": text("The keyboard is set to Russian, so the scanner's signs came changed; they were put right."),
}


def read_code(typed: str) -> Reading:
    """Read a GTIN, an SSCC or a code of parts: EAN, UPC, ITF-14, GS1-128, DataMatrix, QR, Digital Link, bracketed text.

    With the identifier of the symbology or without, with FNC1 as any sign that scanners send or without; signs that a
    Kazakh or Russian keyboard changed are put right. Where a code can be read in several ways all are returned.

    Raises:
        CodeUnreadable: it is no such code, or a damaged one; what is wrong is said.
    """
    raw = tidied(typed)
    if not raw:
        raise CodeUnreadable(text("Nothing was scanned. Scan a code, or type the digits below it."))
    if len(raw) > LONGEST:
        raise CodeUnreadable(text("This is longer than any code on a pack. Scan one code at a time."))
    tries = [("", raw), *([] if _FIRST_BRACKET.match(raw) else undone_layouts(raw))]
    symbology, decoded, layout = "", raw, ""
    codes: list[ReadCode] = []
    faults: list[Text] = []
    for tried, written in tries:
        identifier, ways, fault, shown = _read(written)
        if ways and not (codes and layout and tried):
            codes = [*_codes(ways), *codes]
            symbology, decoded, layout = identifier, shown, tried
        elif fault is not None:
            faults.append(fault)
    codes = list(dict.fromkeys(codes))
    if not codes:
        raise CodeUnreadable(faults[-1] if len(tries) > 1 else faults[0])
    remarks = _remarks(codes, layout)
    return Reading(raw.replace(SEPARATOR, SHOWN_SEPARATOR), decoded, symbology, layout, tuple(codes), remarks)


def _read(written: str) -> tuple[str, list[Parts], Text | None, str]:
    """Return the symbology, the ways to read, else the fault, and the text that was read."""
    symbology, code = split_symbology(written)
    if is_link(code):
        ways, fault = split_link(with_separators(code))
        return symbology, ways, fault, code
    if _FIRST_BRACKET.match(code):
        ways, fault = _bracketed(code)
        return symbology, ways, fault, code
    code = with_separators(code)
    digits = _BETWEEN.sub("", code)
    if digits.isascii() and digits.isdigit() and symbology not in MESSAGES:
        number = digits[:_EAN] if symbology == "]E3" else digits
        ways, fault = _number(number, symbology)
    else:
        ways, fault = _message(code)
    return symbology, ways, fault, code.replace(SEPARATOR, SHOWN_SEPARATOR)


def _message(code: str) -> tuple[list[Parts], Text | None]:
    """Read a code of parts; a blank, which none may hold, stands for FNC1 or was typed to ease reading."""
    ways, fault = split_elements(re.sub(r"\s+", SEPARATOR, code))
    if not ways and re.search(r"\s", code):
        ways, fault = split_elements(_BETWEEN.sub("", code))
    ways = [way for way in ways if _agrees(way)]
    if not ways and fault is None:
        fault = text("The code names two different goods, lots or days. Scan one code at a time.")
    return ways, fault


def _bracketed(code: str) -> tuple[list[Parts], Text | None]:
    """Read what stands below the bars for people: (01)… and so on."""
    pieces = _BRACKETED.split(code)[1:]
    pairs = zip(pieces[::2], pieces[1::2], strict=True)
    parts = tuple((key, _value(key, value)) for key, value in pairs)
    for key, value in parts:
        fault = whole_element(key, value)
        if fault is not None:
            return [], fault
    if not _agrees(parts):
        return [], text("The code names two different goods, lots or days. Scan one code at a time.")
    return [parts], None


def _value(identifier: str, written: str) -> str:
    bare = with_separators(written).replace(SEPARATOR, "")
    return _BETWEEN.sub("", bare) if identifier in {"00", "01", "02", "17", "15", "11"} else "".join(bare.split())


def _number(digits: str, symbology: str) -> tuple[list[Parts], Text | None]:
    """Read bare digits: by their number a GTIN or an SSCC, else parts."""
    expanded = _upc_e(digits) if symbology != "]E4" else ""
    if expanded:
        return [(("01", expanded.zfill(_GTIN)),)], None
    if len(digits) == _SSCC or len(digits) in _GTINS:
        fault = number_fault(digits)
        if fault is None:
            return [(("00", digits) if len(digits) == _SSCC else ("01", digits.zfill(_GTIN)),)], None
        ways = [] if symbology in NUMBERS else _fixed_only(digits)
        return ways, None if ways else fault
    if symbology in NUMBERS:
        return [], text("A number of %(n)s digits is no trade number. Scan it again.", n=len(digits))
    return _message(digits)


def _fixed_only(digits: str) -> list[Parts]:
    """Return how digits whose last one is wrong for a number read as days and numbers alone."""
    ways, _ = split_elements(digits)
    return [way for way in ways if all(key in {"00", "01", "02", "11", "13", "15", "17"} for key, _ in way)]


def _upc_e(digits: str) -> str:
    """Return the full number of a UPC-E of eight digits, or "" when it is none."""
    if len(digits) != _SHORT or not digits.startswith("0"):
        return ""
    try:
        return Upc.parse(digits).as_upc_a()
    except ParseError:
        return ""


def _agrees(parts: Parts) -> bool:
    """Say whether no part stands twice with different values."""
    return len({key for key, _ in parts}) == len(set(parts))


def _codes(ways: Sequence[Parts]) -> list[ReadCode]:
    return [_code(dict(way), way) for way in ways]


def _code(said: dict[str, str], parts: Parts) -> ReadCode:
    return ReadCode(
        gtin=said.get("01") or said.get("02", ""),
        sscc=said.get("00", ""),
        lot=said.get("10", ""),
        expires_on=_expiry(said),
        count=int(said["30"]) if "30" in said else None,
        serial=said.get("21", ""),
        packs=int(said["37"]) if "37" in said else None,
        elements=parts,
    )


def _expiry(said: dict[str, str]) -> date | None:
    written = next((said[key] for key in ("17", "7003", "15") if key in said), None)
    return None if written is None else day_of(written[:6])


def _remarks(codes: Sequence[ReadCode], layout: str) -> tuple[Text, ...]:
    found = [_LAYOUTS[layout]] if layout else []
    if any(not code.lot.isascii() for code in codes):
        found.append(_CYRILLIC)
    if any("15" in dict(code.elements) and not {"17", "7003"} & dict(code.elements).keys() for code in codes):
        found.append(_BEST_BEFORE)
    return (*found, _TWO_WAYS) if len(codes) > 1 else tuple(found)
