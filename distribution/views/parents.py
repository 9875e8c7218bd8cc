"""Pages for families, without signing in: how their voucher stands, and the voucher on their phone.

They work without scripts and weigh little. What was typed is never in an address: codes travel in forms, and of a code
only its hash is remembered, for ten minutes.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from babel.dates import get_day_names
from flask import Blueprint, request, session as browser
from flask.typing import ResponseReturnValue
from wtforms import StringField

from core.base32 import read_code
from core.clock import now, today
from core.crypto import secret_hash
from core.i18n import current_language, gettext as _, text, use_language
from core.qr import encode
from core.web.attempts import Limit, caller
from core.web.guards import public
from core.web.pages import page, redirect_to
from core.web.session import cookie_name, reading
from distribution.forms.vouchers import BirthForm, CodeForm
from distribution.queries.parents import FamilyVoucher, find_family_voucher, find_phone_voucher
from distribution.rules.parents import years_offered
from distribution.views.voucher_words import STATES
from warehouses.models import Place

blueprint = Blueprint("parents", __name__)

_ASKED = "voucher_asked"
_KEPT = timedelta(minutes=10)
_FROM_ADDRESS = Limit("vouchers looked up from an address", "10 per 1 minute")
_OF_CODE = Limit("years tried for a voucher", "6 per 1 hour")
"""A found paper has the code, and years of birth are few: so few may be tried."""


@blueprint.get("/p")
@public
def start() -> ResponseReturnValue:
    """Say what can be learnt here, what one needs and how long it takes."""
    browser.pop(_ASKED, None)
    return page()


@blueprint.route("/p/code", methods=["GET", "POST"])
@public
def ask_code() -> ResponseReturnValue:
    """Ask for the code; one that nobody can have issued is told at once, and nothing is looked up."""
    form = CodeForm()
    if form.validate_on_submit() and (secret := _read(form.code)) is not None:
        browser[_ASKED] = {"hash": secret_hash(secret).hex(), "at": now().isoformat()}
        return redirect_to("parents.ask_birth")
    return page(form=form)


@blueprint.route("/p/birth", methods=["GET", "POST"])
@public
def ask_birth() -> ResponseReturnValue:
    """Ask for the year in which any child on the voucher was born."""
    form, asked, at = BirthForm(), _asked(), now()
    if asked is None:
        return redirect_to("parents.ask_code")
    if form.validate_on_submit():
        year = form.year.data or ""
        if year.isascii() and year.isdigit() and int(year) in years_offered(today(at)):
            _FROM_ADDRESS.count(caller())
            _OF_CODE.count(str(asked["hash"]))
            browser[_ASKED] = {**asked, "year": int(year)}
            return redirect_to("parents.show_answer")
        form.year.errors = [str(text("Enter four digits of a year, for example 2023."))]
    return page(form=form)


@blueprint.get("/p/answer")
@public
def show_answer() -> ResponseReturnValue:
    """Say how the voucher stands, where, when and what to bring; the same where the code or the year is wrong."""
    asked, at = _asked(), now()
    if asked is None or "year" not in asked:
        return redirect_to("parents.ask_code")
    hashed, year = bytes.fromhex(str(asked["hash"])), int(str(asked["year"]))
    with reading() as session:
        found = find_family_voucher(session, hashed, year=year, on=today(at))
    return page(found=found, **_words(found))


@blueprint.route("/v", methods=["GET", "POST"])
@public
def show_phone() -> ResponseReturnValue:
    """Show a voucher on the phone of its family: the square, what is due, where and when.

    The address that the office shows carries the code behind its `#`, which browsers send to nobody; a script takes it
    from there into the form. Without scripts the code is typed.
    """
    form, found = CodeForm(), None
    if form.validate_on_submit() and (secret := _read(form.code)) is not None:
        _FROM_ADDRESS.count(caller())
        with reading() as session:
            found = find_phone_voucher(session, secret_hash(secret), on=today(now()))
        if found is None:
            form.code.errors = [str(text("No voucher has this code. Compare it with the paper."))]
    square = encode(found.voucher.token) if found is not None and found.may_be_shown else None
    with use_language(_language_for(found)):
        return page(form=form, found=found, matrix=square, **_words(found))


def _language_for(found: FamilyVoucher | None) -> str:
    """Return the family's own language for its voucher, unless whoever looks has chosen one."""
    return current_language() if found is None or request.cookies.get(cookie_name("language")) else found.language


def _read(field: StringField) -> bytes | None:
    """Return the secret of a typed code; where a symbol is wrong the field says so."""
    try:
        return read_code(field.data or "")
    except ValueError:
        field.errors = [str(text("A symbol of the code is wrong or missing. Compare it with the paper."))]
        return None


def _asked() -> Mapping[str, object] | None:
    """Return what this browser asked for within the last minutes."""
    asked = cast("Mapping[str, object] | None", browser.get(_ASKED))
    if asked is None or now() - datetime.fromisoformat(str(asked["at"])) > _KEPT:
        return None
    return asked


def _words(found: FamilyVoucher | None) -> dict[str, object]:
    """Return how a voucher and its point are told."""
    if found is None:
        return {"state": None, "address": "", "days": ""}
    return {"state": STATES[found.state], "address": _address(found.point), "days": _days(found.point)}


def _address(point: Place) -> str:
    return {"kk": point.address_kk, "ru": point.address_ru, "en": point.address_en}[current_language()]


def _days(point: Place) -> str:
    names = get_day_names("wide", locale=current_language())
    days = [int(day) for day in point.hand_out_days.split(",") if day.strip().isdigit()]
    return ", ".join(str(names[day - 1]) for day in days if day - 1 in names) or _("working days")
