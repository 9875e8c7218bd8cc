"""One child: what is known, and the acts of a person: another name, out of the registry, back, kept though missing."""

from collections.abc import Callable

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now
from core.i18n import Text, text
from core.web.forms import Form
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import field_keys, reading, transaction
from distribution.forms.days import day_in
from distribution.forms.people import ChildForm, ChildNameForm, ChildOutForm, WhyForm
from distribution.models import Child
from distribution.permissions import DistributionRight
from distribution.queries.cases import get_case
from distribution.queries.families import get_child
from distribution.services import children as services
from distribution.services.children import EndReason
from distribution.views.blueprint import blueprint
from distribution.views.case_words import people_words
from distribution.views.families import note_people

READ, EDIT = DistributionRight.READ_FAMILIES, DistributionRight.EDIT_CASES


@blueprint.get("/children/<int:child_id>")
@guarded(READ)
def show_child(child_id: int) -> ResponseReturnValue:
    """Show a child and what may be done."""
    with reading() as session:
        child, case, family = get_child(session, child_id, current_actor().reach(READ))
    note_people(people=1)
    return page(child=child, case=case, family=family, may_edit=current_actor().may(EDIT), **people_words())


@blueprint.route("/cases/<int:case_id>/children/add", methods=["GET", "POST"])
@guarded(EDIT)
def add_child(case_id: int) -> ResponseReturnValue:
    """Enter a child into an application or award."""
    with reading() as session:
        case = get_case(session, case_id, current_actor().reach(EDIT))
    form = ChildForm()

    def add() -> Child:
        with transaction() as session:
            return services.add_child(
                session, case_id, iin=form.iin.data or "", name=form.name.data or "",
                actor=current_actor(), at=now(), keys=field_keys(),
            )  # fmt: skip

    if form.accepts(add) is None:
        return page(form=form, case=case)
    told(text("The child is entered. Birth and sex were taken from the IIN."))
    return redirect_to("distribution.show_case", case_id=case_id)


@blueprint.route("/children/<int:child_id>/rename", methods=["GET", "POST"])
@guarded(EDIT)
def rename_child(child_id: int) -> ResponseReturnValue:
    """Correct the name of a child."""
    form = ChildNameForm()
    return _act(
        child_id,
        form,
        lambda session: services.rename_child(
            session, child_id, name=form.name.data or "", why=form.why.data or "", actor=current_actor(), at=now()
        ),
        text("The name is changed. The one before stays in the history."),
    )


@blueprint.route("/children/<int:child_id>/end", methods=["GET", "POST"])
@guarded(EDIT)
def end_child(child_id: int) -> ResponseReturnValue:
    """Take a child out of the registry from a day on."""
    form = ChildOutForm()
    return _act(
        child_id,
        form,
        lambda session: services.end_child(
            session, child_id, ended_on=day_in(form.ended_on), reason=EndReason(form.reason.data),
            why=form.why.data or "", actor=current_actor(), at=now(),
        ),
        text("The child is out of the registry. Nothing was deleted."),
    )  # fmt: skip


@blueprint.route("/children/<int:child_id>/restore", methods=["GET", "POST"])
@guarded(EDIT)
def restore_child(child_id: int) -> ResponseReturnValue:
    """Put a child back that was taken out by mistake."""
    form = WhyForm()
    return _act(
        child_id,
        form,
        lambda session: services.restore_child(
            session, child_id, why=form.why.data or "", actor=current_actor(), at=now()
        ),
        text("The child is in the registry again."),
    )


@blueprint.route("/children/<int:child_id>/keep", methods=["GET", "POST"])
@guarded(EDIT)
def keep_missing_child(child_id: int) -> ResponseReturnValue:
    """Decide that a child stays though a later file no longer names it."""
    form = WhyForm()
    return _act(
        child_id,
        form,
        lambda session: services.keep_missing_child(
            session, child_id, why=form.why.data or "", actor=current_actor(), at=now()
        ),
        text("The child stays in the registry."),
    )


def _act(child_id: int, form: Form, act: Callable[[Session], Child], done: Text) -> ResponseReturnValue:
    with reading() as session:
        child, case, family = get_child(session, child_id, current_actor().reach(EDIT))
    if "name" in form and not form.is_submitted():
        form["name"].data = child.name

    def carried_out() -> Child:
        with transaction() as session:
            return act(session)

    if form.accepts(carried_out) is None:
        return page(form=form, child=child, case=case, family=family, **people_words())
    told(done)
    return redirect_to("distribution.show_child", child_id=child_id)
