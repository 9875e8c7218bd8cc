"""The page on which the lines of a draft are written: one by one, in any order, or pasted from a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog.forms.lines import LinesForm
from catalog.forms.versions import whole
from catalog.models import KitVersion
from catalog.permissions import CatalogRight
from catalog.queries.contents import content_items
from catalog.queries.lines import candidates_by_code, list_all_candidates, list_candidates, list_lines
from catalog.queries.versions import find_name, get_version
from catalog.rules.contents import ContentLine
from catalog.rules.lines import (
    MOST_LINES,
    Candidate,
    LinePair,
    PastedRow,
    find_candidate,
    left_over,
    line_pairs,
    read_pasted,
    rearranged,
    with_pasted,
)
from catalog.rules.totals import Sum, line_grams, line_tiyn, sum_of
from catalog.services.versions import set_lines
from catalog.values import UNITS, LineWish, VersionStatus
from catalog.views.blueprint import blueprint
from catalog.views.version_words import kilograms, money
from core.clock import now
from core.i18n import Text, text
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction

_PASTING = ("read", "replace", "append")
_WORDS = {
    "units": UNITS,
    "money": money,
    "kilograms": kilograms,
    "line_grams": line_grams,
    "line_tiyn": line_tiyn,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows around the form: the items of the lines, totals, what was pasted, what may be added."""

    lines: Sequence[ContentLine | None]
    packs: int
    grams: Sum
    tiyn: Sum
    candidates: Sequence[Candidate]
    pasted: Sequence[PastedRow]
    is_saved: bool
    meanwhile: Sequence[LinePair]
    """What somebody else saved after the page was opened, beside what stands on it."""

    names: Mapping[str, Candidate]


@blueprint.route("/kits/<code>/versions/<int:number>/lines", methods=["GET", "POST"])
@guarded(CatalogRight.DRAFT_STANDARDS)
def edit_lines(code: str, number: int) -> ResponseReturnValue:
    """Write the lines of a draft; nothing counts before it is saved."""
    form, act = LinesForm(), request.form.get("act", "")
    with reading() as session:
        version = get_version(session, code, number)
        if not form.is_submitted():
            form.revision.data = str(version.revision)
            form.show(list_lines(session, version))
    is_saving = act == "save" and not form.added_item.data
    if is_saving and form.accepts(lambda: _save(version, form)) is not None:
        told(text("The lines are saved."))
        return redirect_to("catalog.edit_lines", code=code, number=number)
    with reading() as session:
        version = get_version(session, code, number)
        meanwhile = _catch_up(session, version, form) if is_saving and form.problem else ()
        if not is_saving and form.validate_on_submit():
            _arrange(session, version, form, act)
        shown = _shown(session, version, form, meanwhile, is_looking=act in _PASTING)
    return page(form=form, version=version, shown=shown, words=_WORDS)


def _save(version: KitVersion, form: LinesForm) -> KitVersion:
    with transaction() as session:
        return set_lines(
            session,
            version,
            lines=form.wishes(),
            revision=whole(form.revision.data),
            actor=current_actor(),
            at=now(),
        )


def _catch_up(session: Session, version: KitVersion, form: LinesForm) -> Sequence[LinePair]:
    """Let the page count from the draft as it is now, and return both its lines and those that were typed."""
    is_open = version.status == VersionStatus.DRAFT and version.submitted_at is None
    if not is_open or whole(form.revision.data) == version.revision:
        return ()
    form.revision.data = str(version.revision)
    form.problem = text(
        "%(name)s changed this draft on %(at)s, after you opened it. What you typed still stands here: "
        "saving now replaces the lines by yours.",
        name=find_name(session, version.changed_by_id),
        at=version.changed_at,
    )
    return line_pairs(list_lines(session, version), form.wishes())


def _arrange(session: Session, version: KitVersion, form: LinesForm, act: str) -> None:
    """Change the lines on the page, without saving them."""
    if act in {"add", "save"}:
        _add(session, form)
    elif act in {"replace", "append"}:
        _take_pasted(session, form, is_replacing=act == "replace")
    elif act == "theirs":
        form.show(list_lines(session, version))
    elif act != "read":
        form.show(rearranged(form.wishes(), act))


def _take_pasted(session: Session, form: LinesForm, *, is_replacing: bool) -> None:
    """Put the rows that were understood into the lines; the others stay to be corrected, and then replace nothing."""
    written = form.pasted.data or ""
    rows = read_pasted(written, list_all_candidates(session))
    rest = left_over(written, rows)
    wanted = with_pasted([] if is_replacing else form.wishes(), rows)
    if len(wanted) > MOST_LINES:
        form.pasted.errors = [str(text("A standard has at most %(n)s lines.", n=MOST_LINES))]
    elif is_replacing and rest:
        form.pasted.errors = [str(text("Correct the rows that were not understood, then replace the lines."))]
    else:
        form.show(wanted)
        form.pasted.data = rest


def _add(session: Session, form: LinesForm) -> None:
    found = find_candidate(form.added_item.data or "", list_all_candidates(session))
    wishes = form.wishes()
    if isinstance(found, Text):
        form.added_item.errors = [str(found)]
    elif any(wish.item == found.code for wish in wishes):
        form.added_item.errors = [str(text("%(item)s stands among the lines already.", item=found.code))]
    else:
        form.show([*wishes, LineWish(found.code, whole(form.added_packs.data))])
        form.added_item.data, form.added_packs.data = "", "1"


def _shown(
    session: Session, version: KitVersion, form: LinesForm, meanwhile: Sequence[LinePair], *, is_looking: bool
) -> Shown:
    wishes = form.wishes()
    known = candidates_by_code(session, [*(wish.item for wish in wishes), *(pair.item for pair in meanwhile)])
    items = content_items(session, [one.id for one in known.values()])
    lines = [
        ContentLine(place, items[known[wish.item].id], wish.packs) if wish.item in known else None
        for place, wish in enumerate(wishes, start=1)
    ]
    counted = [line for line in lines if line is not None]
    return Shown(
        lines=lines,
        packs=sum(line.packs for line in counted),
        grams=sum_of(counted, line_grams),
        tiyn=sum_of(counted, line_tiyn),
        candidates=list_candidates(session),
        pasted=read_pasted(form.pasted.data or "", list_all_candidates(session)) if is_looking else (),
        is_saved=wishes == list_lines(session, version),
        meanwhile=meanwhile,
        names=known,
    )
