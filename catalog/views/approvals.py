"""The steps of a version from one person to the other: submit, withdraw, approve, return."""

from flask.typing import ResponseReturnValue

from catalog.forms.versions import ApproveForm, ReturnForm, StepForm, whole
from catalog.models import KitVersion
from catalog.permissions import CatalogRight
from catalog.queries.versions import get_version
from catalog.services import approvals
from catalog.views.blueprint import blueprint
from core.clock import now
from core.i18n import Text, text
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction


@blueprint.post("/kits/<code>/versions/<int:number>/submit")
@guarded(CatalogRight.DRAFT_STANDARDS)
def submit_version(code: str, number: int) -> ResponseReturnValue:
    """Hand a draft to the second person."""
    revision = StepForm().taken()
    with transaction() as session:
        version = get_version(session, code, number)
        approvals.submit_draft(session, version, revision=revision, actor=current_actor(), at=now())
    return _shown(code, number, text("Submitted. Another person of the ministry approves it."))


@blueprint.post("/kits/<code>/versions/<int:number>/withdraw")
@guarded(CatalogRight.DRAFT_STANDARDS)
def withdraw_version(code: str, number: int) -> ResponseReturnValue:
    """Take a submitted draft back to go on writing."""
    revision = StepForm().taken()
    with transaction() as session:
        version = get_version(session, code, number)
        approvals.withdraw_draft(session, version, revision=revision, actor=current_actor(), at=now())
    return _shown(code, number, text("Withdrawn. It is a draft again."))


@blueprint.post("/kits/<code>/versions/<int:number>/approve")
@guarded(CatalogRight.APPROVE_STANDARDS)
def approve_version(code: str, number: int) -> ResponseReturnValue:
    """Approve a submitted draft as the second person."""
    seen = ApproveForm().taken()
    with transaction() as session:
        version = get_version(session, code, number)
        approvals.approve_version(session, version, seen=seen, actor=current_actor(), at=now())
    return _shown(code, number, text("Approved. Version %(number)s never changes any more.", number=number))


@blueprint.route("/kits/<code>/versions/<int:number>/return", methods=["GET", "POST"])
@guarded(CatalogRight.APPROVE_STANDARDS)
def return_version(code: str, number: int) -> ResponseReturnValue:
    """Send a submitted draft back with words."""
    with reading() as session:
        version = get_version(session, code, number)
    form = ReturnForm(data={"revision": str(version.revision)})
    returned = form.accepts(lambda: _return(version, form))
    if returned is None:
        return page(form=form, version=version)
    return _shown(code, number, text("Returned with your words. It is a draft again."))


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


def _shown(code: str, number: int, words: Text) -> ResponseReturnValue:
    told(words)
    return redirect_to("catalog.show_version", code=code, number=number)
