"""Pages of one allotment: why the child got the set or not, and dropping out after the draw."""

from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import text, text_plural
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.forms.allotments import DropForm
from distribution.permissions import DistributionRight
from distribution.queries.allotments import get_allotment, is_droppable
from distribution.queries.explanations import explain_allotment
from distribution.rules.explanations import DROP_REASONS, reasons
from distribution.services.drops import Dropped, drop_allotments
from distribution.views.allotments import STATUS_NAMES
from distribution.views.blueprint import blueprint

READ = DistributionRight.READ_QUARTERS
DROP = DistributionRight.DROP_ALLOTMENTS


@blueprint.get("/allotments/<int:allotment_id>/why")
@guarded(READ)
def show_why(allotment_id: int) -> ResponseReturnValue:
    """Show why a child got a set, or did not, step by step."""
    actor = current_actor()
    with reading() as session:
        explained = explain_allotment(session, allotment_id, actor.reach(READ))
        one = get_allotment(session, allotment_id, actor.reach(READ))
        may_drop = actor.may(DROP) and is_droppable(session, one, actor.reach(DROP))
    return page(
        one=one,
        explained=explained,
        reasons=reasons(explained),
        ended=DROP_REASONS.get(one.ended_reason),
        status_names=STATUS_NAMES,
        may_drop=may_drop,
    )


@blueprint.route("/allotments/<int:allotment_id>/drop", methods=["GET", "POST"])
@guarded(DROP)
def drop_allotment(allotment_id: int) -> ResponseReturnValue:
    """Ask why a child drops out, and let the next who waits move up."""
    form, actor = DropForm(), current_actor()
    with reading() as session:
        one = get_allotment(session, allotment_id, actor.reach(DROP))
        explained = explain_allotment(session, allotment_id, actor.reach(DROP))
    dropped = form.accepts(lambda: _drop(allotment_id, form))
    if dropped is not None:
        _tell(dropped)
        return redirect_to("distribution.show_why", allotment_id=allotment_id)
    return page(form=form, one=one, explained=explained, status_names=STATUS_NAMES)


def _drop(allotment_id: int, form: DropForm) -> Dropped:
    with transaction() as session:
        return drop_allotments(
            session,
            allotment_ids=[allotment_id],
            reason=form.reason.data or "",
            note=form.note.data or "",
            actor=current_actor(),
            at=now(),
        )


def _tell(dropped: Dropped) -> None:
    told(text("The child dropped out."))
    if dropped.moved_up:
        told(text("The next child who waited in the district gets the set."))
    if dropped.free:
        told(
            text_plural(
                "Nobody waits for it: %(n)s set is free.", "Nobody waits for them: %(n)s sets are free.", dropped.free
            ),
            "info",
        )
