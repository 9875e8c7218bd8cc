"""What a person may type about keys."""

from wtforms import FileField

from core.i18n import text
from core.web.forms import Form, label, required_line
from core.web.uploads import kept_upload


class WithdrawalForm(Form):
    """Why a key should be withdrawn."""

    reason = required_line(text("What happened"), text("Say what happened: another person decides by it."), most=200)


class KeySetForm(Form):
    """A set of keys that the root signed."""

    file = FileField(
        label(text("Signed set of keys")),
        description=label(text("The file that sign-key-set wrote on the machine with the root key.")),
    )

    def sent(self) -> bytes:
        """Return the file that was sent.

        Raises:
            FileMissing: none was chosen. FileRefused: more than one was.
        """
        with kept_upload(self.file.name) as (path, _name):
            return path.read_bytes()
