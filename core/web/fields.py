"""Which fields a form may send: its own and no others, so that nobody slips in what no page asks for (SEC-23)."""

from collections.abc import Collection

from flask import g, request

from core.errors import Invalid
from core.i18n import text

_OF_EVERY_FORM = frozenset({"csrf_token", "form_key"})
_LONGEST = 200


class UnknownField(Invalid):
    """A form carries a field that its page does not have, or one field twice."""

    code = "unknown_field"
    status = 400


def take_fields(names: Collection[str] = (), *, many: Collection[str] = ()) -> None:
    """Say which fields this address takes, beside the token and the key; `many` are those that may come repeatedly.

    Raises:
        UnknownField: the request carries another one, or one of them twice.
    """
    g.fields_taken = True
    sent = [name for fields in (request.form, request.files) for name in fields]
    known = _OF_EVERY_FORM.union(names, many)
    odd = sorted(set(sent) - known)
    if odd:
        raise UnknownField(text("This form carries what its page does not ask for: %(names)s.", names=_told(odd)))
    repeated = sorted(name for name in set(sent) - set(many) if len(request.form.getlist(name)) > 1)
    if repeated:
        raise UnknownField(text("This form carries a field twice: %(names)s.", names=_told(repeated)))


def refuse_fields_not_taken() -> None:
    """Refuse the fields of a form that nobody asked for: called before anything is written.

    Raises:
        UnknownField: the address takes no fields at all, and the request carries one.
    """
    if request.method == "POST" and "fields_taken" not in g:
        take_fields()


def _told(names: list[str]) -> str:
    return ", ".join(names)[:_LONGEST]
