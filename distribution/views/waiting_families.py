"""Looking up a family that came without its paper: what waits for it, never a way to give without the paper."""

from collections.abc import Sequence

from flask.typing import ResponseReturnValue

from core.clock import now
from core.web.guards import current_actor, guarded
from core.web.pages import page
from core.web.session import transaction
from distribution.forms.waiting_families import SearchFamiliesForm
from distribution.permissions import DistributionRight
from distribution.queries.waiting_families import MOST_FOUND, WaitingFamily
from distribution.rules.vouchers import masked_name
from distribution.services.waiting_families import search_families as search
from distribution.views.blueprint import blueprint


@blueprint.route("/scan/search", methods=["GET", "POST"])
@guarded(DistributionRight.SEARCH_FAMILIES)
def search_families() -> ResponseReturnValue:
    """Find families by a part of their name."""
    form = SearchFamiliesForm()

    def find() -> Sequence[WaitingFamily]:
        with transaction() as session:
            return search(session, form.name.data or "", actor=current_actor(), at=now())

    return page(form=form, found=form.accepts(find), most=MOST_FOUND, masked=masked_name)
