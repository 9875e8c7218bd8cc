"""Arguments of an address: each stands once, so that nobody reads another than we do (SEC-35)."""

from flask import Flask, request

from core.errors import Invalid
from core.i18n import text

MANY = frozenset({"columns"})
"""Arguments that a form of a list sends once for each tick."""


class ArgumentRefused(Invalid):
    """The address names an argument twice."""

    code = "argument_refused"
    status = 400


def refuse_odd_arguments(app: Flask) -> None:
    """Look at the arguments of every address before any view does."""

    @app.before_request
    def look() -> None:
        if any(len(request.args.getlist(name)) > 1 for name in request.args if name not in MANY):
            raise ArgumentRefused(text("The address names the same argument twice. Open the page again from the menu."))
