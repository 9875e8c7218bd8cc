"""Pages of sets: the kinds, who may get them, and the standard in force."""

from collections.abc import Callable

from flask import request, url_for
from flask.typing import ResponseReturnValue

from catalog.errors import NoVersionInForce
from catalog.forms.kits import KitForm, KitSwitchForm, SizesForm, kit_form_of
from catalog.models import KitKind
from catalog.permissions import CatalogRight
from catalog.queries.contents import content_of
from catalog.queries.kits import get_kit, is_author_of_kit, is_definition_sealed, list_kits as kits_of
from catalog.queries.sizes import list_sizes
from catalog.queries.versions import find_version_in_force, list_versions, list_versions_in_force
from catalog.rules.kits import sizes_written
from catalog.rules.versions import states_of
from catalog.services.kits import (
    activate_kit as activate,
    add_sizes as enter_sizes,
    deactivate_kit as deactivate,
    edit_kit as change_kit,
    open_kit,
)
from catalog.views.blueprint import blueprint
from catalog.views.kit_words import ages_told, interval_told, state_told, who_told
from catalog.views.version_words import STATE_WORDS, words_of_content
from core.clock import now, today
from core.i18n import Text, format_quarter, text, text_plural
from core.quarters import Quarter
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction

_WORDS = {"ages_told": ages_told, "interval_told": interval_told, "who_told": who_told, "state_told": state_told}
_SHOWN = {**STATE_WORDS, **_WORDS}


@blueprint.get("/kits")
@guarded(CatalogRight.READ)
def list_kits() -> ResponseReturnValue:
    """List the sets with the version in force now."""
    quarter = Quarter.of(today(now()))
    with reading() as session:
        versions = list_versions_in_force(session, quarter)
        rows = [(kit, versions.get(kit.id)) for kit in kits_of(session)]
    may_open = current_actor().may(CatalogRight.MANAGE_KITS)
    return page(rows=rows, quarter=quarter, may_open=may_open, **_WORDS)


@blueprint.route("/kits/new", methods=["GET", "POST"])
@guarded(CatalogRight.MANAGE_KITS)
def new_kit() -> ResponseReturnValue:
    """Open a kind of set."""
    form = KitForm()
    with reading() as session:
        form.offer_groups(kits_of(session))
    opened = form.accepts(lambda: _open(form))
    if opened is None:
        return page(form=form)
    told(text("%(kit)s is opened. Draft its standard, then another person activates it.", kit=opened.code))
    return redirect_to("catalog.show_kit", code=opened.code)


def _open(form: KitForm) -> KitKind:
    with transaction() as session:
        return open_kit(session, form.definition(), actor=current_actor(), at=now())


@blueprint.route("/kits/<code>/edit", methods=["GET", "POST"])
@guarded(CatalogRight.MANAGE_KITS)
def edit_kit(code: str) -> ResponseReturnValue:
    """Change what defines a kind of set that was never activated."""
    with reading() as session:
        kit = get_kit(session, code)
        form = kit_form_of(kit)
        form.offer_groups([one for one in kits_of(session) if one.id != kit.id])
    edited = form.accepts(lambda: _edit(form, code))
    if edited is None:
        return page(form=form, kit=kit)
    told(text("The changes are saved."))
    return redirect_to("catalog.show_kit", code=edited.code)


def _edit(form: KitForm, code: str) -> KitKind:
    with transaction() as session:
        return change_kit(session, get_kit(session, code), form.definition(), actor=current_actor(), at=now())


@blueprint.route("/kits/<code>/add-sizes", methods=["GET", "POST"])
@guarded(CatalogRight.MANAGE_KITS)
def add_sizes(code: str) -> ResponseReturnValue:
    """Let a kind of set come in further sizes."""
    form = SizesForm()
    with reading() as session:
        kit = get_kit(session, code)
        sizes = list_sizes(session, kit)
    added = form.accepts(lambda: _add_sizes(form, code))
    if added is None:
        return page(form=form, kit=kit, sizes=sizes)
    told(text_plural("%(n)s size is new.", "%(n)s sizes are new.", added))
    return redirect_to("catalog.show_kit", code=code)


def _add_sizes(form: SizesForm, code: str) -> int:
    sizes = sizes_written(form.sizes.data or "")
    with transaction() as session:
        return enter_sizes(session, get_kit(session, code), sizes, actor=current_actor(), at=now())


@blueprint.route("/kits/<code>/activate", methods=["GET", "POST"])
@guarded(CatalogRight.MANAGE_KITS)
def activate_kit(code: str) -> ResponseReturnValue:
    """Ask once more, and let the next rosters count a kind of set."""
    return _switch(code, activate, text("%(kit)s is given out from the next roster on.", kit=code))


@blueprint.route("/kits/<code>/deactivate", methods=["GET", "POST"])
@guarded(CatalogRight.MANAGE_KITS)
def deactivate_kit(code: str) -> ResponseReturnValue:
    """Ask once more, and let the next rosters leave a kind of set out."""
    return _switch(code, deactivate, text("%(kit)s is left out from the next roster on.", kit=code))


def _switch(code: str, act: Callable[..., None], done: Text) -> ResponseReturnValue:
    form = KitSwitchForm()
    with reading() as session:
        kit = get_kit(session, code)
        sizes = list_sizes(session, kit)

    def switch() -> bool:
        with transaction() as writing:
            act(writing, get_kit(writing, code), actor=current_actor(), at=now())
        return True

    if form.accepts(switch):
        told(done)
        return redirect_to("catalog.show_kit", code=code)
    return page(form=form, kit=kit, sizes=sizes, **_WORDS)


@blueprint.get("/kits/<code>")
@guarded(CatalogRight.READ)
def show_kit(code: str) -> ResponseReturnValue:
    """Show a set: what is in it in a quarter, on what legal basis, and its versions."""
    quarter = _quarter(request.args.get("quarter"))
    with reading() as session:
        kit = get_kit(session, code)
        version = find_version_in_force(session, kit, quarter)
        content = content_of(session, version) if version else None
        versions = list_versions(session, kit)
        sizes, is_author = list_sizes(session, kit), is_author_of_kit(session, kit, current_actor().id)
        may_edit = kit.activated_at is None and not is_definition_sealed(session, kit)
    return page(
        kit=kit,
        content=content,
        words=words_of_content(content) if content else None,
        states=states_of(versions, quarter),
        may_draft=current_actor().reach(CatalogRight.DRAFT_STANDARDS).everywhere,
        may_manage=current_actor().may(CatalogRight.MANAGE_KITS),
        may_edit=may_edit,
        is_author=is_author,
        sizes=sizes,
        **_SHOWN,
        version=version,
        versions=versions,
        quarter=quarter,
        quarter_chip={"label": format_quarter(quarter), "href": url_for("catalog.show_kit", code=code)},
    )


def _quarter(written: str | None) -> Quarter:
    try:
        return Quarter.parse(written) if written else Quarter.of(today(now()))
    except ValueError:
        raise NoVersionInForce(text("There is no such quarter.")) from None
