"""Forms of registry imports."""

from contextlib import AbstractContextManager
from pathlib import Path

from wtforms import FileField

from core.i18n import text
from core.web.forms import Form, label
from core.web.uploads import kept_upload


class UploadForm(Form):
    """A file of a registry."""

    file = FileField(
        label(text("File of the registry")),
        description=label(
            text("CSV up to 400 MB, or XLSX up to 10 MB and 200,000 rows; the first row names the columns.")
        ),
        render_kw={"accept": ".csv,.txt,.tsv,.xlsx"},
    )

    def kept(self) -> AbstractContextManager[tuple[Path, str]]:
        """Keep the one file that was sent for as long as it is read; give its path here and its name there.

        Raises:
            FileMissing: none was chosen. FileRefused: more than one was.
        """
        return kept_upload(self.file.name)
