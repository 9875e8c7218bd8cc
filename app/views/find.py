"""Looking for something by its name: a page of its own, and the same as JSON for the palette."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.finding import find_by_name
from app.views.blueprint import blueprint
from core.text import clean
from core.web.guards import current_actor, signed_in
from core.web.lists import LONGEST_SEARCH, ListQuery
from core.web.pages import page
from core.web.session import reading


@blueprint.get("/find")
@signed_in
def find() -> ResponseReturnValue:
    """Show what fits a name: rooms, lists, items, sets, places within reach."""
    asked = clean(request.args.get("q", ""))[:LONGEST_SEARCH]
    with reading() as session:
        found = find_by_name(session, current_actor(), asked)
    if request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html") == "application/json":
        lines = [{"kind": str(one.kind), "name": one.name, "code": one.code, "href": one.href} for one in found]
        return jsonify(found=lines)
    return page(query=ListQuery(q=asked), found=found)
