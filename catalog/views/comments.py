"""What people say about versions."""

from flask.typing import ResponseReturnValue

from catalog.forms.versions import CommentForm
from catalog.permissions import CatalogRight
from catalog.queries.comments import list_comments
from catalog.queries.versions import get_version
from catalog.services.comments import comment_version as comment
from catalog.views.blueprint import blueprint
from core.clock import now
from core.i18n import text
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction


@blueprint.route("/kits/<code>/versions/<int:number>/comments", methods=["GET", "POST"])
@guarded(CatalogRight.COMMENT_STANDARDS)
def comment_version(code: str, number: int) -> ResponseReturnValue:
    """Say something about a version, below what was said."""
    form = CommentForm()
    with reading() as session:
        version = get_version(session, code, number)
        comments = list_comments(session, version)
    if form.accepts(lambda: _comment(code, number, form)) is None:
        return page(form=form, version=version, comments=comments)
    told(text("Your comment is saved."))
    return redirect_to("catalog.show_version", code=code, number=number, _anchor="comments")


def _comment(code: str, number: int, form: CommentForm) -> bool:
    with transaction() as session:
        version = get_version(session, code, number)
        comment(session, version, words=form.words.data or "", actor=current_actor(), at=now())
        return True
