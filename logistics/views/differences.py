"""What differed on arrival: one end says what happened, the other agrees."""

import uuid
from collections.abc import Sequence

from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import text
from core.web.forms import choices
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from logistics.errors.transfers import DifferenceSettled
from logistics.forms.transfers import AgreementForm, ExplanationForm
from logistics.models import TransferDifference
from logistics.permissions import LogisticsRight
from logistics.queries import get_transfer
from logistics.queries.people import names_of_users
from logistics.queries.transfers import get_difference
from logistics.rules.differences import EXPLANATIONS, other_end
from logistics.services.differences import agree_to_explanation, list_own_ends, propose_explanation
from logistics.values.transfers import End, Explanation
from logistics.views.frame import blueprint
from logistics.views.transfer_words import DIFFERENCE_NAMES, EFFECTS, END_NAMES, EXPLANATION_NAMES

_WORDS = {"kinds": DIFFERENCE_NAMES, "explanations": EXPLANATION_NAMES, "effects": EFFECTS, "ends": END_NAMES}
"""What is said on the page of a difference, by the names its template has for it."""


@blueprint.route("/transfers/<uuid:key>/differences/<int:position>", methods=["GET", "POST"])
@guarded(LogisticsRight.READ_TRANSFERS)
def settle_difference(key: uuid.UUID, position: int) -> ResponseReturnValue:
    """Show a difference; who speaks for an end says what happened, or agrees to what the other said."""
    actor = current_actor()
    with reading() as session:
        transfer = get_transfer(session, key, actor.reach(LogisticsRight.READ_TRANSFERS))
        difference = get_difference(session, key, position)
        ends = list_own_ends(session, transfer, actor)
        people = names_of_users(session, _people_of(difference))
    form = _form(difference, ends)
    proposed = form.accepts(lambda: _propose(key, position, form)) if ends else None
    if proposed is not None:
        told(text("It is said what happened. The other end must agree."))
        return redirect_to("logistics.settle_difference", key=key, position=position)
    return page(
        transfer=transfer,
        line=next(one for one in transfer.lines if one.position == position),
        difference=difference,
        form=form,
        may_say=bool(ends) and difference.settled_at is None,
        agreement=_agreement(difference, ends),
        people=people,
        **_WORDS,
        is_own=difference.proposed_by_id == actor.id,
    )


@blueprint.post("/transfers/<uuid:key>/differences/<int:position>/agree")
@guarded(LogisticsRight.DISPATCH_TRANSFERS, LogisticsRight.RECEIVE_TRANSFERS)
def agree_to_difference(key: uuid.UUID, position: int) -> ResponseReturnValue:
    """Agree for the other end to what was said; the goods follow."""
    actor, form = current_actor(), AgreementForm()
    form.validate()
    if form.agreed is None:
        raise DifferenceSettled(text("The explanation was changed meanwhile. Open the page again and look."))
    with transaction() as session:
        transfer = get_transfer(session, key, actor.reach(LogisticsRight.READ_TRANSFERS))
        agree_to_explanation(session, transfer, position, explanation=form.agreed, actor=actor, at=now())
    told(text("The difference is settled."))
    return redirect_to("logistics.show_transfer", key=key)


def _people_of(difference: TransferDifference) -> tuple[int | None, ...]:
    return (difference.stated_by_id, difference.proposed_by_id, difference.settled_by_id)


def _form(difference: TransferDifference, ends: Sequence[End]) -> ExplanationForm:
    form = ExplanationForm()
    fitting = EXPLANATIONS[difference.kind]
    form.explanation.choices = choices((one.value, EXPLANATION_NAMES[one]) for one in fitting)
    form.end.choices = choices((one.value, END_NAMES[one]) for one in ends)
    return form


def _agreement(difference: TransferDifference, ends: Sequence[End]) -> AgreementForm | None:
    """Return the button to agree, for another person of the other end."""
    if not difference.explanation or difference.settled_at or difference.proposed_by_id == current_actor().id:
        return None
    if other_end(difference.proposed_end) not in ends:
        return None
    return AgreementForm(formdata=None, data={"explanation": difference.explanation})


def _propose(key: uuid.UUID, position: int, form: ExplanationForm) -> TransferDifference:
    actor = current_actor()
    with transaction() as session:
        transfer = get_transfer(session, key, actor.reach(LogisticsRight.READ_TRANSFERS))
        said, end = Explanation(form.explanation.data), End(form.end.data)
        return propose_explanation(session, transfer, position, explanation=said, end=end, actor=actor, at=now())
