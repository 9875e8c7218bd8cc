"""What a kind of table looks like: its columns, by what headings each is known, and what a file's header says."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.i18n import LANGUAGES, Text, text
from core.tabular.errors import NotTheTemplate
from core.text import fold

ERROR_TITLE = text("Error")
"""The title of the column that is added to the copy of a file, with what is wrong in each row."""

EXAMPLE_SIGN = "#"
"""A row whose first filled cell begins with this sign is an example or a remark, and is not read."""

_MARK = re.compile(r"toptama-([a-z_]{1,20})-(\d{1,4})")
_LONGEST_HEADING = 200


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its stable key, what people call it, what it means and what it may hold.

    `choices` are the values of the list that a spreadsheet offers; `as_text` keeps a spreadsheet from taking a code for
    a number; without a column that `is_required` a file cannot be read.
    """

    key: str
    title: Text
    meaning: Text
    synonyms: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    as_text: bool = False
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class TableKind:
    """A kind of table, by the name that remembered headings and the mark of its templates carry.

    `version` grows whenever an older template would be read wrongly.
    """

    name: str
    version: int
    columns: tuple[Column, ...]

    @property
    def mark(self) -> str:
        """The text of the hidden cell by which a template is told from others."""
        return f"toptama-{self.name}-{self.version}"

    @property
    def keys(self) -> tuple[str, ...]:
        """The stable keys, in their order."""
        return tuple(column.key for column in self.columns)

    def column(self, key: str) -> Column:
        """Return the column with that key."""
        return next(column for column in self.columns if column.key == key)


def plain_heading(written: str) -> str:
    """Return by what a heading is compared: without case, ё, Kazakh letters as Russian ones, spaces and points."""
    return "".join(sign for sign in fold(written) if sign.isalnum())[:_LONGEST_HEADING]


def match_header(header: Sequence[str], kind: TableKind, remembered: Mapping[str, str]) -> list[str]:
    """Return for each heading the key of its column, or "" where it is none of ours.

    Keys and titles in three languages come first, then what somebody said of a heading before (`remembered`, by
    `plain_heading`), then synonyms. Two headings of one column are both told: `column_faults` refuses them.

    Raises:
        NotTheTemplate: the file carries the mark of another table, or of another version of this one.
    """
    own, known = _own_headings(kind), _synonyms(kind)
    keys = {*kind.keys, ""}
    found = []
    for heading in header:
        _refuse_foreign_mark(heading, kind)
        plain = plain_heading(heading)
        said = remembered.get(plain)
        found.append(own.get(plain) or (said if said in keys and said is not None else known.get(plain, "")))
    return found


def is_own_heading(heading: str, kind: TableKind) -> bool:
    """Say whether a heading is a key or a title of the table, or none at all, so that nobody need be asked about it."""
    plain = plain_heading(heading)
    silent = {plain_heading(ERROR_TITLE.render(language)) for language in LANGUAGES}
    return not plain or plain in silent or is_mark(heading) or plain in _own_headings(kind)


def is_mark(heading: str) -> bool:
    """Say whether a heading is the hidden mark of a template."""
    return _MARK.fullmatch(heading.strip()) is not None


def column_faults(mapping: Sequence[str], kind: TableKind, needed: Collection[str] = ()) -> list[Text]:
    """Return what is wrong with the columns of a file before any row is looked at.

    `needed` are the columns that this file cannot do without, besides those that are always required.
    """
    counted = Counter(key for key in mapping if key)
    missing = [column for column in kind.columns if (column.is_required or column.key in needed)]
    found = [
        text("The column «%(name)s» is missing. Choose which column of the file it is, or add it.", name=column.title)
        for column in missing
        if column.key not in counted
    ]
    return found + [
        text("The column «%(name)s» stands twice. Keep one, and leave the other out.", name=column.title)
        for column in kind.columns
        if counted[column.key] > 1
    ]


def is_label_row(cells: Sequence[str], mapping: Sequence[str], kind: TableKind) -> bool:
    """Say whether a row only repeats in words what the columns are: the second row of our own files."""
    own, pairs = _own_headings(kind), [(cell, key) for cell, key in zip(cells, mapping, strict=False) if key]
    return any(cell for cell, _ in pairs) and all(own.get(plain_heading(cell)) == key for cell, key in pairs if cell)


def is_remark_row(cells: Iterable[str]) -> bool:
    """Say whether a row is an example or a remark."""
    return next((cell for cell in cells if cell), "").startswith(EXAMPLE_SIGN)


def dictionary(kind: TableKind) -> list[tuple[str, str, str, str]]:
    """Return for each column its key, its title, its meaning and its values, in the current language."""
    return [(column.key, str(column.title), str(column.meaning), ", ".join(column.choices)) for column in kind.columns]


def _own_headings(kind: TableKind) -> Mapping[str, str]:
    titles = {
        plain_heading(column.title.render(language)): column.key for column in kind.columns for language in LANGUAGES
    }
    return titles | {plain_heading(key): key for key in kind.keys}


def _synonyms(kind: TableKind) -> Mapping[str, str]:
    return {plain_heading(word): column.key for column in kind.columns for word in column.synonyms}


def _refuse_foreign_mark(heading: str, kind: TableKind) -> None:
    found = _MARK.fullmatch(heading.strip())
    if found is None or found[0] == kind.mark:
        return
    if found[1] != kind.name:
        raise NotTheTemplate(
            text("This is the template of another table. Download the template of this page and fill that in.")
        )
    raise NotTheTemplate(
        text("This file was made from another version of the template. Download the template anew and copy the rows.")
    )
