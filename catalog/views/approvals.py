"""The steps of a version from one person to the other: submit, withdraw, approve, return."""

from collections.abc import Callable
from functools import partial

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog.errors import VersionApproved, VersionNotSubmitted
from catalog.forms.versions import ApproveForm, ReturnForm, StepForm, whole
from catalog.models import KitVersion
from catalog.permissions import CatalogRight
from catalog.queries.versions import get_version
from catalog.services import approvals
from catalog.services.versions import discard_draft
from catalog.views.blueprint import blueprint
from core.clock import now
from core.errors import Conflict, Invalid
from core.i18n import Text, text
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import AlreadySubmitted, reading, transaction

Step = Callable[[Session, KitVersion], object]


@blueprint.post("/kits/<code>/versions/<int:number>/submit")
@guarded(CatalogRight.DRAFT_STANDARDS)
def submit_version(code: str, number: int) -> ResponseReturnValue:
    """Hand a draft to the second person."""
    step = partial(approvals.submit_draft, revision=StepForm().taken(), actor=current_actor(), at=now())
    refused = _refusal_of(step, code, number)
    return _shown(code, number, text("Submitted. Another person of the ministry approves it."), refused)


@blueprint.post("/kits/<code>/versions/<int:number>/withdraw")
@guarded(CatalogRight.DRAFT_STANDARDS)
def withdraw_version(code: str, number: int) -> ResponseReturnValue:
    """Take a submitted draft back to go on writing."""
    step = partial(approvals.withdraw_draft, revision=StepForm().taken(), actor=current_actor(), at=now())
    return _shown(code, number, text("Withdrawn. It is a draft again."), _refusal_of(step, code, number))


@blueprint.post("/kits/<code>/versions/<int:number>/approve")
@guarded(CatalogRight.APPROVE_STANDARDS)
def approve_version(code: str, number: int) -> ResponseReturnValue:
    """Approve a submitted draft as the second person."""
    step = partial(approvals.approve_version, seen=ApproveForm().taken(), actor=current_actor(), at=now())
    done = text("Approved. Version %(number)s never changes any more.", number=number)
    return _shown(code, number, done, _refusal_of(step, code, number))


@blueprint.post("/kits/<code>/versions/<int:number>/discard")
@guarded(CatalogRight.DRAFT_STANDARDS)
def discard_version(code: str, number: int) -> ResponseReturnValue:
    """Delete a draft that nobody saw yet."""
    step = partial(discard_draft, revision=StepForm().taken(), actor=current_actor(), at=now())
    done = text("The draft of version %(number)s is discarded.", number=number)
    refused = _refusal_of(step, code, number)
    if refused is not None:
        return _shown(code, number, done, refused)
    told(done)
    return redirect_to("catalog.show_kit", code=code, _anchor="versions")


@blueprint.route("/kits/<code>/versions/<int:number>/return", methods=["GET", "POST"])
@guarded(CatalogRight.APPROVE_STANDARDS)
def return_version(code: str, number: int) -> ResponseReturnValue:
    """Send a submitted draft back with words."""
    with reading() as session:
        version = get_version(session, code, number)
    form = ReturnForm(data={"revision": str(version.revision)})
    returned = form.accepts(lambda: _return(version, form))
    refused = None if returned else _why_not_waiting(code, number)
    if returned is None and refused is None:
        return page(form=form, version=version)
    return _shown(code, number, text("Returned with your words. It is a draft again."), refused)


def _return(version: KitVersion, form: ReturnForm) -> KitVersion:
    with transaction() as session:
        return approvals.return_draft(
            session,
            version,
            words=form.words.data or "",
            revision=whole(form.revision.data),
            actor=current_actor(),
            at=now(),
        )


def _why_not_waiting(code: str, number: int) -> Text | None:
    try:
        with reading() as session:
            approvals.require_waiting(session, get_version(session, code, number))
    except (VersionApproved, VersionNotSubmitted) as refusal:
        return refusal.message
    return None


def _refusal_of(step: Step, code: str, number: int) -> Text | None:
    """Take a version a step on; return why not, to be told on its page, where the next step can be seen."""
    try:
        with transaction() as session:
            step(session, get_version(session, code, number))
    except AlreadySubmitted:
        raise
    except (Conflict, Invalid) as refusal:
        return refusal.message
    return None


def _shown(code: str, number: int, words: Text, refused: Text | None) -> ResponseReturnValue:
    if refused is None:
        told(words)
    else:
        told(refused, "refused")
    return redirect_to("catalog.show_version", code=code, number=number)
