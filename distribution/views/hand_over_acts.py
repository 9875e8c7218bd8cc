"""What becomes of hand-overs: sets brought back, packs freed, corrections; and overrides where stock is missing."""

import uuid
from collections.abc import Sequence

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import now, today
from core.i18n import text, text_plural
from core.web.forms import ActForm, form_key
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.errors import HandOverUnknown
from distribution.forms.hand_over_acts import CorrectForm, OverrideForm, ReturnForm
from distribution.models import HandOver
from distribution.permissions import DistributionRight
from distribution.queries.hand_overs import get_hand_over, get_hand_over_row, is_correctable
from distribution.queries.returns import SetOfFamily, list_lots_there, list_sets_of_family
from distribution.services.correcting import correct_hand_over as correct
from distribution.services.overriding import OverrideAsked, override_hand_over as override
from distribution.services.returns import free_returned as free, return_sets as take_in
from distribution.values import Collector, ReturnedPacks
from distribution.views.blueprint import blueprint
from distribution.views.scans import looking_again
from distribution.views.shown import shown_name

_CORRECT = DistributionRight.CORRECT_HAND_OVERS


@blueprint.route("/hand-overs/<uuid:hand_over_id>/return-sets", methods=["GET", "POST"])
@guarded(_CORRECT)
def return_sets(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Take in what a family brought back."""
    form, actor = ReturnForm(), current_actor()
    with reading() as session:
        given = _corrected(session, hand_over_id)
        row = get_hand_over_row(session, hand_over_id, actor)
        found = [one for one in list_sets_of_family(session, given) if one.lot_id]
    form.ask(found)
    if form.accepts(lambda: _return(form, hand_over_id, found)):
        told(text("The sets are in the book of the point again, and the voucher counts for them."))
        return redirect_to("distribution.show_hand_over", hand_over_id=hand_over_id)
    return page(form=form, row=row, shown=shown_name)


@blueprint.post("/hand-overs/<uuid:hand_over_id>/free-returned")
@guarded(_CORRECT)
def free_returned(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Free the packs that were kept apart."""
    ActForm().validate_on_submit()
    with transaction() as session:
        packs = free(session, hand_over_id, actor=current_actor(), at=now())
    told(text_plural("%(n)s pack is free again.", "%(n)s packs are free again.", packs))
    return redirect_to("distribution.show_hand_over", hand_over_id=hand_over_id)


@blueprint.route("/hand-overs/<uuid:hand_over_id>/correct", methods=["GET", "POST"])
@guarded(_CORRECT)
def correct_hand_over(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Ask what was really given, and write it."""
    form, actor = CorrectForm(), current_actor()
    with reading() as session:
        given = _corrected(session, hand_over_id)
        row = get_hand_over_row(session, hand_over_id, actor)
        found = list_sets_of_family(session, given)
        there, codes = list_lots_there(session, given, on=today(now()))
    form.ask(found, there, codes)
    if form.accepts(lambda: looking_again(lambda: _correct(form, hand_over_id, found))):
        told(text("What was really given is written down. What stood there before stays in the history."))
        return redirect_to("distribution.show_hand_over", hand_over_id=hand_over_id)
    return page(form=form, row=row, shown=shown_name)


@blueprint.route("/hand-overs/override", methods=["GET", "POST"])
@guarded(_CORRECT)
def override_hand_over() -> ResponseReturnValue:
    """Let a family have its sets although the book of its point lacks them."""
    form = OverrideForm()
    done = form.accepts(lambda: looking_again(lambda: _override(form)))
    if done:
        told(text("The hand-over is written. An incident asks the point for a count."))
        return redirect_to("distribution.show_hand_over", hand_over_id=done)
    return page(form=form)


def _return(form: ReturnForm, hand_over_id: uuid.UUID, found: Sequence[SetOfFamily]) -> int:
    with transaction() as session:
        return take_in(
            session,
            hand_over_id,
            allotment_ids=form.came_back(found),
            packs=ReturnedPacks(form.packs.data),
            reason=form.reason.data or "",
            actor=current_actor(),
            at=now(),
        )


def _correct(form: CorrectForm, hand_over_id: uuid.UUID, found: Sequence[SetOfFamily]) -> bool:
    with transaction() as session:
        correct(
            session,
            hand_over_id,
            form.really(found),
            reason=form.reason.data or "",
            actor=current_actor(),
            at=now(),
        )
    return True


def _override(form: OverrideForm) -> uuid.UUID:
    asked = OverrideAsked(
        form_key(form),
        form.code.data or "",
        Collector(form.collector.data),
        form.note.data or "",
        form.reason.data or "",
    )
    with transaction() as session:
        return override(session, asked, actor=current_actor(), at=now()).id


def _corrected(session: Session, hand_over_id: uuid.UUID) -> HandOver:
    """Return a hand-over that the person supervises; for others there is no such page."""
    given = get_hand_over(session, hand_over_id, current_actor())
    if not is_correctable(session, given.id, current_actor()):
        raise HandOverUnknown(text("There is no such hand-over here."))
    return given
