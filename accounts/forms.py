"""What a person may type about accounts."""

from wtforms import DateField, Form as PlainForm, IntegerField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import NumberRange, Optional

from accounts.rules import LONGEST_PASSWORD, LONGEST_TOKEN_DAYS
from accounts.values import TOKEN_SCOPES, TokenScope
from core.i18n import LANGUAGE_NAMES, text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label

_LONGEST_LOGIN, _LONGEST_NAME, _LONGEST_CODE, _LONGEST_TOKEN_NAME = 80, 200, 30, 80
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
        description=label(
            text("At least 8 characters, any signs of any language; a sentence of 15 or more is better.")
        ),
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


class TokenForm(Form):
    """A token for a program: what it is for, what it may do, and for how long."""

    name = StringField(
        label(text("What the token is for")),
        description=label(text("For example: stock report of the region")),
        filters=[cleaned],
        validators=[Given(text("Say what the token is for.")), AtMost(_LONGEST_TOKEN_NAME)],
        render_kw={"autocomplete": "off"},
    )
    scope = RadioField(
        label(text("What the program may do")),
        description=label(text("Never more than you may do yourself.")),
        choices=choices(TOKEN_SCOPES.items()),
        default=TokenScope.READ,
    )
    days = IntegerField(
        label(text("For how many days")),
        description=label(text("From 1 to 365; after that the token opens nothing.")),
        default=90,
        validators=[
            Given(text("Enter for how many days, from 1 to 365.")),
            NumberRange(1, LONGEST_TOKEN_DAYS, label(text("Enter for how many days, from 1 to 365."))),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
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
