"""Forms of versions of standards."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from wtforms import DateField, HiddenField, SelectField, TextAreaField

from catalog.models import KitVersion
from catalog.services.comments import LONGEST
from catalog.services.versions import LENGTHS, DraftWords
from core.i18n import Text, format_quarter, text
from core.quarters import Quarter
from core.text import clean
from core.web.forms import ActForm, AtMost, Form, Given, choices, cleaned, label, required_line


def whole(written: str | None) -> int:
    """Return the whole number that is written, 0 where it is none."""
    written = clean(written or "")
    return int(written) if written.isascii() and written.isdigit() and len(written) <= _DIGITS else 0


_DIGITS = 6


class DraftForm(Form):
    """What a draft begins as: empty, or a copy of a version."""

    source = SelectField(
        label(text("Begin with")),
        description=label(text("A copy brings the lines and substitutes of that version along; all can be changed.")),
        choices=[],
    )

    def offer(self, versions: Sequence[tuple[KitVersion, str]], chosen: str) -> None:
        """Offer the versions to copy, each with its state in words; `chosen` is proposed."""
        told = [
            (str(one.number), text("Version %(number)s: %(state)s", number=one.number, state=state))
            for one, state in versions
        ]
        self.source.choices = choices([*told, ("0", text("An empty draft"))])
        if not self.is_submitted():
            self.source.data = chosen


def _note(title: Text, most: int) -> TextAreaField:
    return TextAreaField(
        label(title),
        description=label(text("Everybody can read this on the public page.")),
        filters=[cleaned],
        validators=[Given(text("Write what changes and why.")), AtMost(most)],
        render_kw={"rows": 3},
    )


class WordsForm(Form):
    """What a draft says beside its lines."""

    revision = HiddenField(render_kw={"id": False})
    effective_from = SelectField(
        label(text("In force from")),
        description=label(text("Only quarters that are neither past, nor frozen, nor taken by another version.")),
        choices=[],
        invalid_choice_message=label(  # type: ignore[call-arg]  # its types lag behind
            text("A version cannot begin in that quarter: it is past, frozen or taken. Choose one of those offered.")
        ),
    )
    legal_document_kk = required_line(
        text("Document of the legal basis in Kazakh"), text("Enter the document's name in Kazakh."), most=300
    )
    legal_document_ru = required_line(
        text("Document of the legal basis in Russian"), text("Enter the document's name in Russian."), most=300
    )
    legal_document_en = required_line(
        text("Document of the legal basis in English"), text("Enter the document's name in English."), most=300
    )
    legal_number = required_line(text("Number of the document"), text("Enter the document's number."), most=40)
    legal_on = DateField(
        label(text("Date of the document")), validators=[Given(text("Enter the document's date."))], format="%Y-%m-%d"
    )
    change_note_kk = _note(text("What changes and why, in Kazakh"), LENGTHS["change_note_kk"])
    change_note_ru = _note(text("What changes and why, in Russian"), LENGTHS["change_note_ru"])
    change_note_en = _note(text("What changes and why, in English"), LENGTHS["change_note_en"])

    def offer(self, quarters: Sequence[Quarter]) -> None:
        """Offer the quarters in which the version may begin."""
        self.effective_from.choices = choices((str(one), format_quarter(one)) for one in quarters)

    def words(self) -> DraftWords:
        """Return what was typed."""
        return DraftWords(
            effective_from=Quarter.parse(self.effective_from.data),
            legal_document_kk=str(self.legal_document_kk.data),
            legal_document_ru=str(self.legal_document_ru.data),
            legal_document_en=str(self.legal_document_en.data),
            legal_number=str(self.legal_number.data),
            legal_on=cast("date", self.legal_on.data),
            change_note_kk=self.change_note_kk.data or "",
            change_note_ru=self.change_note_ru.data or "",
            change_note_en=self.change_note_en.data or "",
        )


class StepForm(ActForm):
    """A button that takes a draft a step on; it carries the revision that was looked at."""

    revision = HiddenField(render_kw={"id": False})

    def taken(self) -> int:
        """Return the revision that was sent, 0 where none was; any other field is refused."""
        self.validate()
        return whole(self.revision.data)


class ApproveForm(ActForm):
    """The button that approves; it carries the hash of what was looked at."""

    seen = HiddenField(render_kw={"id": False})

    def taken(self) -> str:
        """Return the hash that was sent, empty where none was; any other field is refused."""
        self.validate()
        return self.seen.data or ""


class ReturnForm(Form):
    """Words with which a draft is sent back."""

    revision = HiddenField(render_kw={"id": False})
    words = TextAreaField(
        label(text("What should change")),
        validators=[Given(text("Write what should change.")), AtMost(LONGEST)],
        render_kw={"rows": 5, "maxlength": LONGEST},
    )


class CommentForm(Form):
    """Something that is said about a version."""

    words = TextAreaField(
        label(text("Comment")),
        validators=[Given(text("Write what you want to say.")), AtMost(LONGEST)],
        render_kw={"rows": 3, "maxlength": LONGEST},
    )
