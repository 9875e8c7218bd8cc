"""Forms of registry imports."""

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from wtforms import FieldList, FileField, SelectField

from core.i18n import gettext as _, text
from core.tabular.columns import is_mark
from core.web.forms import Form, choices, label
from core.web.uploads import kept_upload
from distribution.rules.registry_columns import REGISTRY_TABLE

_LONGEST_SHOWN = 60
_LONG_NUMBER = re.compile(r"\d{6,}(?=\d{4})")


class UploadForm(Form):
    """A file of a registry."""

    file = FileField(
        label(text("File of the registry")),
        description=label(
            text("CSV up to 400 MB, or XLSX up to 10 MB and 200,000 rows; the first row names the columns.")
        ),
        render_kw={"accept": ".csv,.txt,.tsv,.xlsx"},
    )
    loaded_as: int | None = None
    """The import of the very same file, when there is one already."""

    def kept(self) -> AbstractContextManager[tuple[Path, str]]:
        """Keep the one file that was sent for as long as it is read; give its path here and its name there.

        Raises:
            FileMissing: none was chosen. FileRefused: more than one was.
        """
        return kept_upload(self.file.name)


class RegistryColumnsForm(Form):
    """Which column of the file is which."""

    columns = FieldList(SelectField(validate_choice=True))

    def ask(self, header: Sequence[str], mapping: Sequence[str], samples: Sequence[Sequence[str]]) -> None:
        """Ask about every heading of a file, showing what stands below it."""
        while len(self.columns) < len(header):
            self.columns.append_entry(mapping[len(self.columns)])
        while len(self.columns) > len(header):
            self.columns.pop_entry()
        offered = choices([("", text("Leave out")), *((one.key, one.title) for one in REGISTRY_TABLE.columns)])
        for place, (field, heading) in enumerate(zip(self.columns, header, strict=True)):
            field.choices = offered
            shown = "" if is_mark(heading) else heading[:_LONGEST_SHOWN]
            field.label.text = shown or _("Column %(n)s without a heading", n=place + 1)
            below = [_masked(row[place][:_LONGEST_SHOWN]) for row in samples if place < len(row) and row[place]]
            field.description = _("For example: %(samples)s", samples=" · ".join(below)) if below else ""


def _masked(sample: str) -> str:
    """Return a sample in which numbers as long as an IIN or a phone show their last four digits only."""
    return _LONG_NUMBER.sub("••••", sample)
