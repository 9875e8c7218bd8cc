"""Forms of files of items."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from wtforms import FieldList, FileField, SelectField
from wtforms.widgets import HiddenInput

from catalog.rules.item_batches import MOST_FILE_BYTES, MOST_ROWS
from catalog.rules.item_columns import ITEM_TABLE
from core.i18n import figure, gettext as _, text
from core.tabular.columns import is_mark
from core.tabular.reading import MEBIBYTE
from core.web.forms import Form, choices, label
from core.web.uploads import kept_upload

_LONGEST_SHOWN = 60


class ItemFileForm(Form):
    """A file of items."""

    file = FileField(
        label(text("File of items")),
        description=label(
            text(
                "CSV or XLSX, up to %(size)s MB and %(rows)s rows; the first row names the columns.",
                size=MOST_FILE_BYTES // MEBIBYTE,
                rows=figure(MOST_ROWS),
            )
        ),
        render_kw={"accept": ".csv,.txt,.tsv,.xlsx"},
    )
    loaded_as: int | None = None
    """The batch of the very same file, when there is one already."""

    def kept(self) -> AbstractContextManager[tuple[Path, str]]:
        """Keep the one file that was sent for as long as it is read; give its path here and its name there.

        Raises:
            FileMissing: none was chosen. FileRefused: more than one was.
        """
        return kept_upload(self.file.name)


class ColumnsForm(Form):
    """Which column of the file is which."""

    columns = FieldList(SelectField(validate_choice=True))

    def ask(self, header: Sequence[str], mapping: Sequence[str], samples: Sequence[Sequence[str]]) -> None:
        """Ask about every heading of a file, showing what stands below it; hidden marks are not asked about."""
        while len(self.columns) < len(header):
            self.columns.append_entry(mapping[len(self.columns)])
        while len(self.columns) > len(header):
            self.columns.pop_entry()
        offered = choices([("", text("Leave out")), *((one.key, one.title) for one in ITEM_TABLE.columns)])
        for place, (field, heading) in enumerate(zip(self.columns, header, strict=True)):
            field.choices = offered
            if is_mark(heading):
                field.widget = HiddenInput()
            named = heading[:_LONGEST_SHOWN] or _("Column %(n)s without a heading", n=place + 1)
            field.label.text = named
            below = [row[place][:_LONGEST_SHOWN] for row in samples if place < len(row) and row[place]]
            field.description = _("For example: %(samples)s", samples=" · ".join(below)) if below else ""
