"""The audit trail, to read."""

from flask import request
from flask.typing import ResponseReturnValue

from accounts.forms import DaysForm
from accounts.permissions import AccountRight
from accounts.queries import select_audit
from accounts.views.frame import blueprint, scopes
from core.audit import AuditEntry
from core.clock import end_of_day, start_of_day
from core.i18n import text
from core.web.guards import current_actor, guarded
from core.web.lists import UnknownListArgument, ordered, read_list_query, slice_of
from core.web.pages import page
from core.web.session import reading

_COLUMNS = ("act", "who", "thing", "district", "details")
_SORTS = {"at": AuditEntry.at}


@blueprint.get("/audit")
@guarded(AccountRight.READ_AUDIT)
def list_audit() -> ResponseReturnValue:
    """List who did what, the latest first."""
    query = read_list_query(sorts=_SORTS, default="-at", filters={"since", "until", "who"}, columns=_COLUMNS)
    who, days = query.filters.get("who", ""), DaysForm(request.args)
    if not days.validate():
        raise UnknownListArgument(text("Write the day as 2026-10-31."))
    since, until = days.since.data, days.until.data
    with reading() as session:
        found = select_audit(
            current_actor().reach(AccountRight.READ_AUDIT),
            pattern=query.pattern if query.q else "",
            text=query.q,
            actor_id=int(who) if who.isascii() and who.isdigit() and len(who) < 10 else None,  # noqa: PLR2004 - int4
            since=start_of_day(since) if since else None,
            until=end_of_day(until) if until else None,
        )
        entries = slice_of(session, ordered(found, query, _SORTS, AuditEntry.id), query)
        districts = {row.district_id for row in entries.rows if row.district_id is not None}
        names = scopes()["district"].named(session, districts)
    return page(query=query, entries=entries, names=names, days=days)
