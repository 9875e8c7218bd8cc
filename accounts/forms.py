"""What a person may type about accounts."""

from wtforms import DateField, Form as PlainForm, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import Optional

from accounts.rules import LONGEST_PASSWORD
from core.i18n import LANGUAGE_NAMES, text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label

_LONGEST_LOGIN, _LONGEST_NAME, _LONGEST_CODE = 80, 200, 30
_LOGIN = {"autocapitalize": "none", "spellcheck": "false"}


class SignInForm(Form):
    """Login and password."""

    login = StringField(
        label(text("Login")),
        filters=[cleaned],
        validators=[Given(text("Enter your login.")), AtMost(_LONGEST_LOGIN)],
        render_kw={**_LOGIN, "autocomplete": "username"},
    )
    password = PasswordField(
        label(text("Password")),
        validators=[Given(text("Enter your password.")), AtMost(LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class NewPasswordForm(Form):
    """A new password, once: it can be shown while typing, so it is not asked for twice."""

    password = PasswordField(
        label(text("New password")),
        description=label(text("At least 8 characters; a sentence of 15 or more is better. Any signs, any language.")),
        validators=[Given(text("Enter a new password.")), AtMost(LONGEST_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )


class FirstAdministratorForm(NewPasswordForm):
    """Who the first administrator is."""

    login = StringField(
        label(text("Login")),
        description=label(text("3 to 80 letters, digits and the signs . _ @ + -")),
        filters=[cleaned],
        validators=[Given(text("Enter a login.")), AtMost(_LONGEST_LOGIN)],
        render_kw={**_LOGIN, "autocomplete": "username"},
    )
    name = StringField(
        label(text("Surname and given name")),
        filters=[cleaned],
        validators=[Given(text("Enter the name of the person.")), AtMost(_LONGEST_NAME)],
        render_kw={"autocomplete": "name"},
    )


class UserForm(Form):
    """A new user."""

    login = StringField(
        label(text("Login")),
        description=label(text("3 to 80 letters, digits and the signs . _ @ + -")),
        filters=[cleaned],
        validators=[Given(text("Enter a login.")), AtMost(_LONGEST_LOGIN)],
        render_kw={**_LOGIN, "autocomplete": "off"},
    )
    name = StringField(
        label(text("Surname and given name")),
        filters=[cleaned],
        validators=[Given(text("Enter the name of the person.")), AtMost(_LONGEST_NAME)],
        render_kw={"autocomplete": "off"},
    )
    language = RadioField(label(text("Language")), choices=choices(LANGUAGE_NAMES.items()), default="kk")


class ScopeForm(Form):
    """Within which scope a role is given, by its code; only roles of the whole country do without."""

    code = StringField(
        label(text("Code")),
        filters=[cleaned],
        validators=[Given(text("Enter a code, or choose from the list.")), AtMost(_LONGEST_CODE)],
        render_kw={"autocomplete": "off", "list": "scopes"},
    )


class ChosenScopeForm(Form):
    """The same where there are few enough to choose from."""

    code = SelectField(
        label(text("Name")), validators=[Given(text("Choose one from the list."))], validate_choice=False
    )


class ChangePasswordForm(NewPasswordForm):
    """The old password and a new one."""

    old = PasswordField(
        label(text("Password you have now")),
        validators=[Given(text("Enter the password you have now.")), AtMost(LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class DaysForm(PlainForm):
    """From which day to which a list is shown; part of its address, so without a token."""

    since = DateField(label(text("From")), validators=[Optional()])
    until = DateField(label(text("To")), validators=[Optional()])


class LanguageForm(Form):
    """The language in which a person is addressed."""

    language = RadioField(label(text("Language")), choices=choices(LANGUAGE_NAMES.items()))
