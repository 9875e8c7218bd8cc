"""Pages of versions of standards: one of them, and drafting, changing and discarding it."""

from collections.abc import Sequence

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog.forms.versions import ApproveForm, CommentForm, DraftForm, StepForm, WordsForm, whole
from catalog.models import KitVersion
from catalog.permissions import CatalogRight
from catalog.queries.comments import list_comments
from catalog.queries.contents import content_of
from catalog.queries.coverage import find_coverage
from catalog.queries.kits import get_kit
from catalog.queries.versions import (
    find_last_fixed,
    get_version,
    list_author_ids,
    list_versions,
    names_by_id,
)
from catalog.rules.contents import StandardContent
from catalog.rules.versions import Standing, free_quarters, last_quarter_of, possible_acts, states_of, version_steps
from catalog.services.approvals import is_author
from catalog.services.versions import draft_version as begin_draft, edit_draft
from catalog.values import VersionState, VersionStatus
from catalog.views.blueprint import blueprint
from catalog.views.papers import address_of
from catalog.views.version_words import STATE_NAMES, STATE_WORDS, this_quarter, words_of_content
from core.actors import Actor
from core.clock import now
from core.i18n import text
from core.quarters import Quarter
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction


@blueprint.get("/kits/<code>/versions/<int:number>")
@guarded(CatalogRight.READ)
def show_version(code: str, number: int) -> ResponseReturnValue:
    """Show a version: what it says, where it stands, who did what, and what can be done next."""
    with reading() as session:
        version = get_version(session, code, number)
        content = content_of(session, version)
        versions = list_versions(session, version.kit_kind)
        state = states_of(versions, this_quarter())[number]
        comments = list_comments(session, version)
        standing = _standing(session, version, content, was_said=bool(comments))
        return page(
            version=version,
            content=content,
            versions=versions,
            state=state,
            steps_=version_steps(state),
            until=last_quarter_of(version, versions) if version.status == VersionStatus.APPROVED else None,
            acts=possible_acts(state, standing),
            standing=standing,
            **_people(session, version),
            address=address_of(content),
            coverage=find_coverage(session, content, quarter=content.effective_from, norm=None),
            **thread(comments),
            **forms_of(version),
            words=words_of_content(content),
            **STATE_WORDS,
        )


def _people(session: Session, version: KitVersion) -> dict[str, object]:
    """Return the names of those who took a step, and of those who wrote in it."""
    steps = [version.drafted_by_id, version.submitted_by_id, version.approved_by_id]
    authors = names_by_id(session, list_author_ids(session, version))
    return {"people": names_by_id(session, steps), "authors": authors}


def thread(comments: Sequence[object]) -> dict[str, object]:
    """Return what was said, and a form to say more for whoever may."""
    may_comment = current_actor().may(CatalogRight.COMMENT_STANDARDS)
    return {"comments": comments, "comment": CommentForm() if may_comment else None}


def forms_of(version: KitVersion) -> dict[str, object]:
    """Return the forms of the buttons of a version's page."""
    return {
        "step": StepForm(data={"revision": str(version.revision)}),
        "approval": ApproveForm(data={"seen": version.content_hash or ""}),
    }


def _standing(session: Session, version: KitVersion, content: StandardContent, *, was_said: bool) -> Standing:
    actor = current_actor()
    legal, note = content.legal_document, content.change_note
    words = (legal.name_kk, legal.name_ru, legal.name_en, content.legal_number)
    has_words = all((*words, note.name_kk, note.name_ru, note.name_en))
    return Standing(
        may_draft=actor.reach(CatalogRight.DRAFT_STANDARDS).everywhere,
        may_approve=actor.reach(CatalogRight.APPROVE_STANDARDS).everywhere,
        is_author=is_author(session, version, actor),
        was_seen=was_said or version.submitted_by_id is not None,
        missing="" if content.lines and has_words else "edit" if content.lines else "lines",
    )


@blueprint.route("/kits/<code>/versions/new", methods=["GET", "POST"])
@guarded(CatalogRight.DRAFT_STANDARDS)
def draft_version(code: str) -> ResponseReturnValue:
    """Begin a draft: empty, or a copy of a version."""
    form = DraftForm()
    with reading() as session:
        kit = get_kit(session, code)
        versions = list_versions(session, kit)
        states = states_of(versions, this_quarter())
    latest = next((one.number for one in versions if states[one.number] == VersionState.IN_FORCE), 0)
    form.offer(
        [(one, str(STATE_NAMES[states[one.number]])) for one in versions], request.args.get("source", str(latest))
    )
    drafted = form.accepts(lambda: _draft(code, whole(form.source.data), current_actor()))
    if drafted is None:
        return page(form=form, kit=kit)
    told(text("Version %(number)s is drafted. Enter its words, then its lines.", number=drafted.number))
    return redirect_to("catalog.edit_version", code=code, number=drafted.number)


def _draft(code: str, source: int, actor: Actor) -> KitVersion:
    with transaction() as session:
        copied = get_version(session, code, source) if source else None
        return begin_draft(session, get_kit(session, code), source=copied, actor=actor, at=now())


@blueprint.route("/kits/<code>/versions/<int:number>/edit", methods=["GET", "POST"])
@guarded(CatalogRight.DRAFT_STANDARDS)
def edit_version(code: str, number: int) -> ResponseReturnValue:
    """Write the legal basis, the effective quarter and the reason of a draft."""
    with reading() as session:
        version = get_version(session, code, number)
        form = WordsForm(obj=version)
        form.offer(_quarters(session, version))
    edited = form.accepts(lambda: _edit(version, form))
    if edited is None:
        return page(form=form, version=version)
    told(text("The words of the draft are saved."))
    return redirect_to("catalog.show_version", code=code, number=number)


def _quarters(session: Session, version: KitVersion) -> Sequence[Quarter]:
    taken = [one.effective_from for one in list_versions(session, version.kit_kind, approved_only=True)]
    return free_quarters(this_quarter(), find_last_fixed(session), taken)


def _edit(version: KitVersion, form: WordsForm) -> KitVersion:
    with transaction() as session:
        revision = whole(form.revision.data)
        return edit_draft(session, version, words=form.words(), revision=revision, actor=current_actor(), at=now())
