"""What the frame of a list offers beside its rows: the views that its reader keeps, and the form to keep one."""

from collections.abc import Sequence

from flask import request
from wtforms import HiddenField

from core.i18n import text
from core.web.forms import Form, required_line
from core.web.guards import find_actor
from core.web.lists import ListQuery
from core.web.models import SavedView
from core.web.saved_views import LONGEST_NAME, list_views
from core.web.session import reading


class ViewNameForm(Form):
    """The name of a view."""

    name = required_line(text("Name of the view"), text("Enter a name for the view."), most=LONGEST_NAME)


class SaveViewForm(ViewNameForm):
    """The name of a view, and the list with what was chosen of it."""

    of = HiddenField(render_kw={"id": False})
    arguments = HiddenField(render_kw={"id": False})
    back = HiddenField(render_kw={"id": False})


def views_of_this_list() -> Sequence[SavedView]:
    """Return the views of the list that is being shown, of the person who reads it."""
    actor = find_actor()
    if actor is None:
        return ()
    with reading() as session:
        return list_views(session, user_id=actor.id, endpoint=request.endpoint)


def view_form(query: ListQuery) -> SaveViewForm:
    """Return the form that keeps what is chosen of this list."""
    return SaveViewForm(formdata=None, data={"of": request.endpoint, "arguments": query.arguments, "back": query.url()})
