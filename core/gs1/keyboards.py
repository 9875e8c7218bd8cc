"""Scanners that type as a United States keyboard into a computer set to Kazakh or Russian: what they meant.

Source: the layouts "Kazakh" and "Russian" as Windows and X11 ship them; the row of digits of the Kazakh one holds
letters.
"""

from collections.abc import Mapping

_LATIN = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?"
_RUSSIAN = 'ё1234567890-=йцукенгшщзхъ\\фывапролджэячсмитьбю.Ё!"№;%:?*()_+ЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,'
_KAZAKH = '("әіңғ,.үұқөһйцукенгшщзхъ\\фывапролджэячсмитьбю№)!ӘІҢҒ;:ҮҰҚӨҺЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ?'

_TABLES: Mapping[str, Mapping[int, str]] = {
    "ru": {ord(typed): meant for typed, meant in zip(_RUSSIAN, _LATIN, strict=True)},
    "kk": {ord(typed): meant for typed, meant in zip(_KAZAKH, _LATIN, strict=True)},
}


def undone_layouts(typed: str) -> list[tuple[str, str]]:
    """Return (layout, text) for every layout that may have garbled a text; none when it is plain ASCII.

    Caps Lock turns the Kazakh row of digits into capitals, so that text is tried the other way round as well.
    """
    if typed.isascii():
        return []
    found = [(layout, typed.translate(table)) for layout, table in _TABLES.items()]
    found.append(("kk", typed.swapcase().translate(_TABLES["kk"])))
    return [(layout, text) for layout, text in found if text.isascii()]
