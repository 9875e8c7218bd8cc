"""Pages of keys: which count, the set that the root signed, and a key that two people withdraw."""

from io import BytesIO
from uuid import UUID

from flask import send_file
from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import Text, text
from core.jobs.queue import find_last_job
from core.web.forms import ActForm
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.errors.signing_keys import NoKeySet
from distribution.forms.signing_keys import KeySetForm, WithdrawalForm
from distribution.permissions import DistributionRight
from distribution.queries.signing_keys import IN_SETS, find_key_set, get_signing_key, list_signing_keys
from distribution.queries.withdrawn_keys import count_held
from distribution.rules.key_sets import payload_of, read_key_set_unchecked
from distribution.services import key_sets, signing_keys as services
from distribution.services.reissuing import REISSUE, ask_to_reissue
from distribution.values.signing_keys import KeyPurpose
from distribution.views.blueprint import blueprint
from distribution.views.root_keys import root_key
from logistics.queries.people import names_of_users

RIGHT = DistributionRight.MANAGE_KEYS
PURPOSES: dict[str, Text] = {
    KeyPurpose.VOUCHER: text("Signs vouchers"),
    KeyPurpose.STATUS: text("Signs the status list"),
    KeyPurpose.RECEIPT: text("Signs receipts"),
    KeyPurpose.SEALING: text("Devices seal to it"),
}


@blueprint.get("/keys")
@guarded(RIGHT)
def list_keys() -> ResponseReturnValue:
    """List the keys of all quarters, and say which the root has signed."""
    with reading() as session:
        keys, counting = list_signing_keys(session), find_key_set(session)
        told_keys = read_key_set_unchecked(counting.written) if counting else None
        asked = {key.withdraw_asked_by_id for key in keys if key.withdraw_asked_by_id}
        people = names_of_users(session, asked)
        held = count_held(session, keys, at=now())
    in_set = {key.id for key in keys if told_keys is not None and key_sets.is_told(key, told_keys)}
    missing = sum(
        key.purpose in IN_SETS and key.withdrawn_at is None and key.not_after > now() and key.id not in in_set
        for key in keys
    )
    return page(keys=keys, counting=counting, in_set=in_set, missing=missing, people=people, purposes=PURPOSES,
                held=held, in_sets=IN_SETS, me=current_actor().id, act=ActForm())  # fmt: skip


@blueprint.get("/keys/draft")
@guarded(RIGHT)
def save_key_set_draft() -> ResponseReturnValue:
    """Send the next set of keys, to be carried to the root key and signed there."""
    try:
        with reading() as session:
            draft = key_sets.draft_key_set(session, at=now())
    except NoKeySet as missing:
        told(missing.message)
        return redirect_to("distribution.list_keys")
    file = BytesIO(payload_of(draft))
    name = f"key-set-{draft.version}.cbor"
    return send_file(file, mimetype="application/cbor", as_attachment=True, download_name=name)


@blueprint.route("/keys/accept", methods=["GET", "POST"])
@guarded(RIGHT)
def accept_key_set() -> ResponseReturnValue:
    """Take a set of keys that the root signed."""
    form = KeySetForm()

    def accept() -> int:
        with transaction() as session:
            made = key_sets.accept_key_set(session, form.sent(), root=root_key(), actor_id=current_actor().id, at=now())
            return made.version

    version = form.accepts(accept)
    if version is None:
        return page(form=form), 422 if form.has_errors else 200
    told(text("Set %(version)s counts from now on. Devices get it with their next list.", version=version))
    return redirect_to("distribution.list_keys")


@blueprint.route("/keys/<int:key_id>/ask", methods=["GET", "POST"])
@guarded(RIGHT)
def ask_key_withdrawal(key_id: int) -> ResponseReturnValue:
    """Ask to withdraw a key, with the reason."""
    form = WithdrawalForm()
    with reading() as session:
        key = get_signing_key(session, key_id)

    def ask() -> bool:
        with transaction() as session:
            mine = get_signing_key(session, key_id)
            services.ask_withdrawal(session, mine, reason=form.reason.data or "", actor_id=current_actor().id, at=now())
        return True

    if form.accepts(ask) is None:
        return page(form=form, key=key, purposes=PURPOSES)
    told(text("Another person approves it now. Until then the key counts."))
    return redirect_to("distribution.list_keys")


@blueprint.post("/keys/<int:key_id>/withdraw")
@guarded(RIGHT)
def withdraw_key(key_id: int) -> ResponseReturnValue:
    """Approve that a key is withdrawn."""
    with transaction() as session:
        key = get_signing_key(session, key_id)
        services.withdraw_signing_key(session, key, actor_id=current_actor().id, at=now())
    told(text("The key is withdrawn: whatever it signed is refused from now on."))
    return redirect_to("distribution.list_keys")


@blueprint.post("/keys/<int:key_id>/keep")
@guarded(RIGHT)
def keep_key(key_id: int) -> ResponseReturnValue:
    """Let a key be that somebody asked to withdraw."""
    with transaction() as session:
        services.refuse_withdrawal(session, get_signing_key(session, key_id), actor_id=current_actor().id, at=now())
    told(text("The key counts as before."))
    return redirect_to("distribution.list_keys")


@blueprint.route("/keys/<int:key_id>/reissue", methods=["GET", "POST"])
@guarded(RIGHT)
def reissue_key_vouchers(key_id: int) -> ResponseReturnValue:
    """Tell how many families still hold a voucher of a withdrawn key, and replace all of those vouchers."""
    form, actor = ActForm(), current_actor()
    with reading() as session:
        key = get_signing_key(session, key_id)
        held = count_held(session, [key], at=now()).get(key_id)
        job = find_last_job(session, kind=REISSUE, subject=f"key:{key_id}")

    def ask() -> UUID:
        with transaction() as session:
            return ask_to_reissue(session, get_signing_key(session, key_id), actor=actor, at=now())

    job_id = form.accepts(ask)
    if job_id is not None:
        return redirect_to("app.show_job", job_id=job_id)
    return page(form=form, key=key, held=held, job=job)
