"""Pages of one voucher: how it stands, its paper, the family's phone, on hold and back, replaced, moved."""

from collections.abc import Callable
from typing import IO

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.base32 import write_code
from core.clock import now, today
from core.i18n import name_of, text
from core.qr import encode_address
from core.web.exports import send_written
from core.web.fields import take_fields
from core.web.forms import ActForm, choices
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import field_keys, reading, settings, transaction
from distribution.forms.vouchers import REVOKED_FOR, HoldForm, MoveForm, ReplaceForm
from distribution.models import Voucher
from distribution.permissions import DistributionRight
from distribution.queries.voucher_pages import (
    find_lease_holder,
    last_printed,
    list_due_kinds,
    list_points_to_move_to,
    list_revisions,
)
from distribution.queries.vouchers import get_voucher, voucher_rows
from distribution.rules.parents import state_of, voucher_link
from distribution.rules.tokens import secret_of_own
from distribution.services.voucher_prints import print_one
from distribution.services.voucher_states import (
    resume_voucher as resume,
    share_voucher as share,
    suspend_voucher as suspend,
    transfer_voucher as transfer,
)
from distribution.services.vouchers import reissue_voucher as reissue
from distribution.values.vouchers import PaperLook, PrintLayout, Revoked, families_page
from distribution.views.blueprint import blueprint
from distribution.views.shown import shown_name
from distribution.views.voucher_words import STATES
from logistics.queries.people import names_of_users

_READ, _PRINT = DistributionRight.READ_VOUCHERS, DistributionRight.PRINT_VOUCHERS


@blueprint.get("/vouchers/<int:voucher_id>")
@guarded(_READ)
def show_voucher(voucher_id: int) -> ResponseReturnValue:
    """Show a voucher: how it stands, what is due on it, its prints, and what can be done with it."""
    actor = current_actor()
    with reading() as session:
        voucher, facts = _facts(session, voucher_id, _READ)
        kinds, revisions = list_due_kinds(session, voucher), list_revisions(session, voucher)
        printed, device = last_printed(session, voucher), find_lease_holder(session, voucher)
        people = names_of_users(session, {one.suspended_by_id for one in revisions if one.suspended_by_id})
    state = state_of(
        quarter=voucher.quarter,
        is_revoked=voucher.revoked_at is not None,
        is_suspended=voucher.suspended_at is not None,
        granted=sum(one.granted for one in kinds),
        given=sum(one.given for one in kinds),
        on=today(now()),
    )
    return page(
        **facts, kinds=kinds, revisions=revisions, printed=printed, device=device, people=people, state=STATES[state],
        revoked_for=REVOKED_FOR, may_print=actor.may(_PRINT), may_see_families=actor.may("distribution.read_families"),
        form=ActForm(),
    )  # fmt: skip


@blueprint.post("/vouchers/<int:voucher_id>/print")
@guarded(_PRINT)
def print_voucher(voucher_id: int) -> ResponseReturnValue:
    """Send the paper of one voucher."""
    take_fields({"layout"})
    layout = PrintLayout.SIX if request.form.get("layout") == PrintLayout.SIX else PrintLayout.ONE
    actor, at = current_actor(), now()
    look = PaperLook(layout, families_page(settings().base_url))

    def write(file: IO[bytes]) -> None:
        with transaction() as session:
            voucher = get_voucher(session, voucher_id, actor.reach(_PRINT))
            print_one(session, file, voucher, actor=actor, at=at, look=look)

    return send_written(write, mimetype="application/pdf", name=f"voucher-{voucher_id}.pdf")


@blueprint.route("/vouchers/<int:voucher_id>/reissue", methods=["GET", "POST"])
@guarded(_PRINT)
def reissue_voucher(voucher_id: int) -> ResponseReturnValue:
    """Ask why, and replace a voucher: the earlier print counts no more."""
    form = ReplaceForm()
    with reading() as session:
        voucher, facts = _facts(session, voucher_id, _PRINT)
        device = find_lease_holder(session, voucher)

    def replace(session: Session) -> Voucher:
        one = get_voucher(session, voucher_id, current_actor().reach(_PRINT))
        why = Revoked(form.why.data)
        return reissue(session, one, at=now(), actor_id=current_actor().id, keys=field_keys(), why=why)

    made = form.accepts(lambda: _done(replace))
    if made is not None:
        told(text("The voucher was replaced. Print the new one: the earlier print counts no more."))
        return redirect_to("distribution.show_voucher", voucher_id=made.id)
    return page(form=form, device=device, **facts)


@blueprint.route("/vouchers/<int:voucher_id>/suspend", methods=["GET", "POST"])
@guarded(_PRINT)
def suspend_voucher(voucher_id: int) -> ResponseReturnValue:
    """Ask what was reported, and put a voucher on hold."""
    form = HoldForm()
    with reading() as session:
        voucher, facts = _facts(session, voucher_id, _PRINT)
        device = find_lease_holder(session, voucher)

    def hold(session: Session) -> Voucher:
        return suspend(session, voucher_id, reason=form.reason.data or "", actor=current_actor(), at=now())

    if form.accepts(lambda: _done(hold)) is not None:
        told(text("The voucher is on hold. Points give nothing against it."))
        return redirect_to("distribution.show_voucher", voucher_id=voucher_id)
    return page(form=form, device=device, **facts)


@blueprint.post("/vouchers/<int:voucher_id>/resume")
@guarded(_PRINT)
def resume_voucher(voucher_id: int) -> ResponseReturnValue:
    """Let a voucher on hold count again."""
    with transaction() as session:
        resume(session, voucher_id, actor=current_actor(), at=now())
    told(text("The voucher counts again."))
    return redirect_to("distribution.show_voucher", voucher_id=voucher_id)


@blueprint.route("/vouchers/<int:voucher_id>/move", methods=["GET", "POST"])
@guarded(_PRINT)
def move_voucher(voucher_id: int) -> ResponseReturnValue:
    """Ask for the new point, and move a voucher there."""
    form = MoveForm()
    with reading() as session:
        voucher, facts = _facts(session, voucher_id, _PRINT)
        points, device = list_points_to_move_to(session, voucher), find_lease_holder(session, voucher)
    form.point.choices = choices((str(one.id), name_of(one)) for one in points)

    def move(session: Session) -> Voucher:
        point = int(form.point.data or 0)
        return transfer(session, voucher_id, point_id=point, actor=current_actor(), at=now(), keys=field_keys())

    made = form.accepts(lambda: _done(move))
    if made is not None:
        told(text("The voucher was moved. Print the new one: the earlier print counts no more."))
        return redirect_to("distribution.show_voucher", voucher_id=made.id)
    return page(form=form, points=points, device=device, **facts)


@blueprint.route("/vouchers/<int:voucher_id>/phone", methods=["GET", "POST"])
@guarded(_PRINT)
def share_voucher(voucher_id: int) -> ResponseReturnValue:
    """Show the square that puts a voucher onto the family's phone, and keep who showed it."""
    form = ActForm()
    with reading() as session:
        _, facts = _facts(session, voucher_id, _PRINT)
    shared = form.accepts(lambda: _done(lambda unit: share(unit, voucher_id, actor=current_actor(), at=now())))
    link = voucher_link(settings().base_url, write_code(secret_of_own(shared.token))) if shared else ""
    return page(form=form, link=link, matrix=encode_address(link) if link else None, **facts)


def _done(act: Callable[[Session], Voucher]) -> Voucher:
    with transaction() as session:
        return act(session)


def _facts(session: Session, voucher_id: int, right: DistributionRight) -> tuple[Voucher, dict[str, object]]:
    """Return a voucher within what the actor may do, and what its pages show of it."""
    reach = current_actor().reach(right)
    found = get_voucher(session, voucher_id, reach)
    voucher, family, point, granted, given = session.execute(voucher_rows(reach).where(Voucher.id == found.id)).one()
    facts = {"voucher": voucher, "family": family, "point": point, "granted": granted, "given": given}
    return voucher, {**facts, "shown": shown_name}
