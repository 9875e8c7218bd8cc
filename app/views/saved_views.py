"""Views of lists that somebody keeps: all of them, one kept, renamed, deleted."""

from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from app.lists import LISTS, find_address, may_open
from app.views.blueprint import blueprint
from core.clock import now
from core.errors import NotFound
from core.i18n import text
from core.web.forms import ActForm
from core.web.guards import current_actor, signed_in
from core.web.list_frame import SaveViewForm, ViewNameForm
from core.web.models import SavedView
from core.web.pages import local_path, page, redirect_to, told
from core.web.saved_views import (
    delete_view as forget,
    get_view,
    list_views,
    rename_view as give_name,
    save_view as keep,
)
from core.web.session import reading, transaction


@blueprint.get("/saved-views")
@signed_in
def list_saved_views() -> ResponseReturnValue:
    """List one's own views."""
    with reading() as session:
        views = list_views(session, user_id=current_actor().id)
    return page(views=views, address=_address, lists=LISTS, act_form=ActForm())


@blueprint.post("/saved-views")
@signed_in
def save_view() -> ResponseReturnValue:
    """Keep what is chosen of a list under a name; a refused name is asked for once more."""
    form = SaveViewForm()
    kept = form.accepts(lambda: _keep(form))
    if kept is None:
        return page(form=form)
    told(text("The view “%(name)s” is saved.", name=kept.name))
    return redirect(local_path(form.back.data) or "/", 303)


@blueprint.route("/saved-views/<int:view_id>/rename", methods=["GET", "POST"])
@signed_in
def rename_view(view_id: int) -> ResponseReturnValue:
    """Give a view another name."""
    with reading() as session:
        view = get_view(session, view_id, user_id=current_actor().id)
    form = ViewNameForm(data={"name": view.name})
    renamed = form.accepts(lambda: _rename(view_id, form.name.data or ""))
    if renamed is None:
        return page(form=form, view=view)
    told(text("The view is called “%(name)s” now.", name=renamed.name))
    return redirect_to("app.list_saved_views")


@blueprint.post("/saved-views/<int:view_id>/delete")
@signed_in
def delete_view(view_id: int) -> ResponseReturnValue:
    """Forget a view."""
    with transaction() as session:
        name = forget(session, view_id, user_id=current_actor().id)
    told(text("The view “%(name)s” is deleted.", name=name))
    return redirect_to("app.list_saved_views")


def _keep(form: SaveViewForm) -> SavedView:
    endpoint, actor = form.of.data or "", current_actor()
    if endpoint not in LISTS or not may_open(actor, endpoint):
        raise NotFound(text("There is no such list."))
    with transaction() as session:
        return keep(
            session,
            user_id=actor.id,
            endpoint=endpoint,
            name=form.name.data or "",
            arguments=form.arguments.data or "",
            at=now(),
        )


def _rename(view_id: int, name: str) -> SavedView:
    with transaction() as session:
        return give_name(session, view_id, user_id=current_actor().id, name=name)


def _address(view: SavedView) -> str | None:
    """Return where a view opens, or None where the list belongs to a thing and its role lets the person in no more."""
    if view.endpoint not in LISTS or not may_open(current_actor(), view.endpoint):
        return None
    address = find_address(view.endpoint)
    return f"{address}?{view.arguments}" if address else None
