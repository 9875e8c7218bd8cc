"""Pages of what may stand in for the items of a version, and of what was really in a packed lot."""

from flask.typing import ResponseReturnValue

from catalog.forms.substitutes import CompositionForm, RemoveSubstituteForm, SubstituteForm, composition_form
from catalog.models import KitVersion
from catalog.permissions import CatalogRight
from catalog.queries.contents import content_of
from catalog.queries.coverage import find_coverage
from catalog.queries.lines import list_candidates
from catalog.queries.substitutes import list_substitutes
from catalog.queries.versions import get_version
from catalog.rules.compositions import Found, composition_faults
from catalog.rules.contents import StandardContent
from catalog.services.substitutes import add_substitute, remove_substitute as remove
from catalog.values import NUTRIENTS, VersionStatus
from catalog.views.blueprint import blueprint
from core.clock import now, today
from core.i18n import text
from core.quarters import Quarter
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction

_QUARTERS_OFFERED = 8


@blueprint.route("/kits/<code>/versions/<int:number>/substitutes", methods=["GET", "POST"])
@guarded(CatalogRight.READ)
def show_substitutes(code: str, number: int) -> ResponseReturnValue:
    """Show what may stand in and what that changes for a child; in a draft, add one."""
    with reading() as session:
        version = get_version(session, code, number)
        content = content_of(session, version)
        told_coverage, rows = find_coverage(session, content), list_substitutes(session, version)
        candidates = list_candidates(session)
    form = SubstituteForm(revision=version.revision)
    form.offer(content, candidates)
    if current_actor().may(CatalogRight.DRAFT_STANDARDS) and form.accepts(lambda: _add(form, code, number)):
        told(text("The substitute is added. Look below at what it changes."))
        return redirect_to("catalog.show_substitutes", code=code, number=number)
    return page(
        version=version,
        content=content,
        coverage=told_coverage,
        ids={(row.item.code, row.substitute.code): row.id for row in rows},
        form=form if _is_open(version) else None,
        remove_form=RemoveSubstituteForm(formdata=None, revision=version.revision),
        names=NUTRIENTS,
    )


def _is_open(version: KitVersion) -> bool:
    """Say whether whoever looks may change the draft now."""
    is_draft = version.status == VersionStatus.DRAFT and version.submitted_at is None
    return is_draft and current_actor().may(CatalogRight.DRAFT_STANDARDS)


def _add(form: SubstituteForm, code: str, number: int) -> bool:
    with transaction() as session:
        version = get_version(session, code, number)
        revision = _revision(form.revision.data)
        add_substitute(session, version, wish=form.wish(), revision=revision, actor=current_actor(), at=now())
    return True


def _revision(written: str | None) -> int:
    digits = written or ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < len("1000000000") else 0


@blueprint.post("/kits/<code>/versions/<int:number>/substitutes/<int:substitute_id>/remove")
@guarded(CatalogRight.DRAFT_STANDARDS)
def remove_substitute(code: str, number: int, substitute_id: int) -> ResponseReturnValue:
    """Take a substitute out of a draft."""
    form = RemoveSubstituteForm()
    if form.accepts(lambda: _remove(form, code, number, substitute_id)):
        told(text("The substitute is removed."))
    elif form.problem is not None:
        told(form.problem, "refused")
    return redirect_to("catalog.show_substitutes", code=code, number=number)


def _remove(form: RemoveSubstituteForm, code: str, number: int, substitute_id: int) -> bool:
    with transaction() as session:
        version = get_version(session, code, number)
        revision = _revision(form.revision.data)
        remove(session, version, substitute_id, revision=revision, actor=current_actor(), at=now())
    return True


@blueprint.route("/kits/<code>/versions/<int:number>/composition", methods=["GET", "POST"])
@guarded(CatalogRight.READ)
def check_composition(code: str, number: int) -> ResponseReturnValue:
    """Hold what was really packed against the version and its substitutes; nothing is kept."""
    with reading() as session:
        version = get_version(session, code, number)
        content = content_of(session, version)
    first = max(content.effective_from, Quarter.of(today(now())))
    quarters = [Quarter.from_ordinal(first.ordinal + step) for step in range(_QUARTERS_OFFERED)]
    form = composition_form(content, sorted({content.effective_from, *quarters}), first)
    faults = form.accepts(lambda: _check(form, content))
    return page(version=version, content=content, form=form, faults=faults)


def _check(form: CompositionForm, content: StandardContent) -> list[Found]:
    return composition_faults(content, form.given_packs(), Quarter.parse(form.quarter.data))
