"""Forms of registry imports."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import request
from wtforms import FileField

from core.i18n import text
from core.tabular.errors import FileMissing, FileRefused
from core.web.forms import Form, label


class UploadForm(Form):
    """A file of a registry."""

    file = FileField(
        label(text("File of the registry")),
        description=label(
            text("CSV up to 400 MB, or XLSX up to 10 MB and 200,000 rows. The first row names the columns.")
        ),
        render_kw={"accept": ".csv,.txt,.tsv,.xlsx"},
    )

    @contextmanager
    def kept(self) -> Iterator[tuple[Path, str]]:
        """Keep the one file that was sent for as long as it is read; give its path here and its name there.

        Raises:
            FileMissing: none was chosen. FileRefused: more than one was.
        """
        chosen = [file for file in request.files.getlist(self.file.name) if file.filename]
        if not chosen:
            raise FileMissing(text("Choose a file first."))
        if len(chosen) > 1:
            raise FileRefused(text("Choose one file at a time."))
        with TemporaryDirectory(prefix="toptama-") as folder:
            path = Path(folder) / "registry"
            chosen[0].save(path)
            yield path, chosen[0].filename or ""
