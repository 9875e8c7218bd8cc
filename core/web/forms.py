"""What all forms share: a key that makes sending twice harmless, and refusals told beside what was typed."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar, cast

from flask_wtf import FlaskForm
from wtforms import FieldList, FormField, HiddenField, SelectChoice, SelectMultipleField, StringField, ValidationError  # type: ignore[attr-defined]  # its types lag behind
from wtforms.fields import Field, MultipleFileField

from core.errors import Conflict, Invalid
from core.i18n import Text, text
from core.text import clean
from core.web.fields import take_fields
from core.web.lists import UnknownListArgument
from core.web.session import AlreadySubmitted

Result = TypeVar("Result")


def label(message: Text) -> str:
    """Return a lazy sentence as the label or description of a field: WTForms renders it late."""
    return cast("str", message)


def choices(pairs: Iterable[tuple[str, Text | str]]) -> list[SelectChoice]:
    """Return the options of a select or of radio buttons, from (value, words) pairs."""
    return [SelectChoice(value, str(words) if isinstance(words, str) else label(words)) for value, words in pairs]


def new_key() -> str:
    """Return a fresh form key."""
    return str(uuid.uuid4())


def form_key(form: "Form") -> uuid.UUID:
    """Return the key of a form: what it makes is known by it, so that sending twice makes it once.

    Raises:
        UnknownListArgument: somebody changed the hidden field.
    """
    try:
        return uuid.UUID(form.form_key.data)
    except (ValueError, TypeError, AttributeError) as error:
        raise UnknownListArgument(text("The form has lost its key. Open the page anew.")) from error


_CHOOSE = text("Choose one of the offered values.")
_FIELDS_SAY: Mapping[str, Text] = {
    "Not a valid choice.": _CHOOSE,
    "Invalid Choice: could not coerce.": _CHOOSE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOOSE,
    "'%(value)s' is not a valid choice for this field.": _CHOOSE,
    "Not a valid datetime value.": text("Enter the day and the time."),
    "Not a valid date value.": text("Enter the day as it is in the calendar."),
    "Not a valid time value.": text("Enter the time."),
    "Not a valid integer value.": text("Enter a whole number."),
    "Not a valid decimal value.": text("Enter a number."),
}


class FieldSentences:
    """What the fields of WTForms say by themselves, in the language of the page."""

    def gettext(self, said: str) -> str:
        """Return our sentence for that of WTForms."""
        return str(_FIELDS_SAY.get(said, said))

    def ngettext(self, said: str, said_of_many: str, number: int) -> str:
        """Return our sentence for that of WTForms; ours do not depend on the number."""
        del said_of_many, number
        return self.gettext(said)


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form of a page. `problem` holds the refusal of the action, shown on top like the errors of fields."""

    form_key = HiddenField(default=new_key, render_kw={"id": False})
    problem: Text | None = None
    buttons: tuple[str, ...] = ()
    """Names of buttons that a page sends along, beside the fields."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF ships no types
        """How WTForms makes the fields."""

        def get_translations(self, form: object) -> FieldSentences:
            """Return where the fields find their sentences."""
            del form
            return FieldSentences()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if "csrf_token" in self:
            self.csrf_token.render_kw = {"id": False}

    def hidden_tag(self, *fields: str) -> str:
        """Return the hidden fields, without ids, so that one page may carry many forms; each gets a key of its own."""
        if not self.is_submitted():
            self.form_key.data = new_key()
        tag: str = super().hidden_tag(*fields)
        return tag

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        """Say whether the form is whole; what it does not ask for is refused before.

        Raises:
            UnknownField: the form carries a field that is not its own.
        """
        if self.is_submitted():
            fields = list(_fields_in(self))
            many = {field.name for field in fields if isinstance(field, SelectMultipleField | MultipleFileField)}
            take_fields({*self.buttons, *(field.name for field in fields)}, many=many)
        whole: bool = super().validate(extra_validators)
        return whole

    def accepts(self, action: Callable[[], Result]) -> Result | None:
        """Run the action when the form was sent and is whole; None when it was not, or when the action was refused."""
        if not self.validate_on_submit():
            return None
        try:
            return action()
        except AlreadySubmitted:
            raise
        except (Conflict, Invalid) as refusal:
            self.problem = refusal.message
            self.form_key.data = new_key()
            return None

    @property
    def has_errors(self) -> bool:
        """Say whether something stands in the error summary."""
        return bool(self.errors) or self.problem is not None


def _fields_in(fields: Iterable[Field]) -> Iterator[Field]:
    """Yield the fields of a form, and those of the forms and lines within it."""
    for field in fields:
        if isinstance(field, FieldList | FormField):
            yield from _fields_in(field)
        else:
            yield field


class ActForm(Form):
    """A button of its own, without fields: only the token, and a fresh key each time it is drawn."""

    def hidden_tag(self, *fields: str) -> str:
        """Return the hidden fields with a fresh key, also on a page that answers another form."""
        self.form_key.data = new_key()
        return super().hidden_tag(*fields)


class Given:
    """Validator: the field may not be left empty; the sentence says what to enter."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it as a plain class attribute

    def __init__(self, message: Text) -> None:
        self.message = message

    def __call__(self, form: object, field: Field) -> None:
        """Refuse an empty field."""
        del form
        if field.data is None or (isinstance(field.data, str) and not field.data.strip()):
            raise ValidationError(str(self.message))


class AtMost:
    """Validator: not longer than so many characters."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __call__(self, form: object, field: Field) -> None:
        """Refuse a text that is too long."""
        del form
        if isinstance(field.data, str) and len(field.data) > self.length:
            raise ValidationError(str(text("Shorten this to %(n)s characters.", n=self.length)))


def required_line(title: Text, missing: Text, *, most: int) -> StringField:
    """Return a line of text that may not be left empty, without invisible characters and outer spaces."""
    return StringField(label(title), filters=[cleaned], validators=[Given(missing), AtMost(most)])


def cleaned(value: str | None) -> str | None:
    """Filter for text fields: without invisible characters and outer spaces."""
    return None if value is None else clean(value)
