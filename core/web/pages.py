"""How a view answers: its own template, a redirect after an act, a message for the next page."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.i18n import Text


def page(**values: object) -> str:
    """Render the template of the endpoint that is being answered: `catalog.show_kit` → `catalog/show_kit.html`."""
    return render_template(f"{(request.endpoint or '').replace('.', '/')}.html", **values)


def redirect_to(endpoint: str, **values: object) -> Response:
    """Send the browser to a page after an act (303)."""
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[arg-type]  # Flask types values as Any


def told(message: Text | str, kind: str = "ok") -> None:
    """Tell the result of an act on the page that follows; `kind` is ok, attention, refused or info."""
    flash(str(message), kind)


def local_path(target: str | None) -> str | None:
    """Return `target` when it is a path of this application, else None: no other host, no scheme, no control signs."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if "\\" in target or any(ord(sign) < ord(" ") or sign == "\x7f" for sign in target):
        return None
    return target
