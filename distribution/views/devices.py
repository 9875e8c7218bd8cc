"""Pages of devices: who manages a point invites them, sees how they are, takes them off, takes their list back."""

from collections.abc import Mapping

from flask.typing import ResponseReturnValue

from core.clock import now
from core.i18n import Text, name_of, text
from core.qr import encode_address
from core.web.forms import ActForm, choices
from core.web.guards import current_actor, guarded
from core.web.lists import Sorts, ordered, read_list_query, slice_of
from core.web.pages import page, redirect_to, told
from core.web.session import reading, settings, transaction
from distribution.forms.devices import REASONS, InvitationForm, RevokeForm
from distribution.models import Device
from distribution.permissions import DistributionRight
from distribution.queries.allotments import count_by
from distribution.queries.devices import (
    count_open_incidents,
    device_state,
    devices_statement,
    find_open_lease,
    get_device,
    get_state,
    list_leases,
    list_maybe_given,
)
from distribution.queries.leases import count_indices
from distribution.rules.leases import INVITATION_LASTS
from distribution.services import device_ends
from distribution.services.devices import invite_device as invite
from distribution.values.devices import DeviceState, RevokedReason
from distribution.views.blueprint import blueprint
from distribution.views.shown import shown_name
from warehouses.models import Place
from warehouses.queries import list_points

STATES: Mapping[str, tuple[str, Text]] = {
    DeviceState.IN_USE: ("ok", text("At work")),
    DeviceState.HOLDS_LIST: ("ok", text("Holds a list")),
    DeviceState.SILENT: ("attention", text("Not heard of")),
    DeviceState.EXPIRED: ("muted", text("Its time is over")),
    DeviceState.REVOKED: ("muted", text("Taken off")),
}
CLOSED: Mapping[str, Text] = {
    "": text("Open"),
    "returned": text("Given back"),
    "released": text("List withdrawn"),
    "lost": text("Lost with the device"),
}
_SORTS: Sorts = {"code": Device.code, "seen": Device.last_seen_at, "unsent": Device.unsent}
_COLUMNS = ("point", "state", "seen", "unsent", "clock")
_RIGHT = DistributionRight.MANAGE_DEVICES
_MOST_FAMILIES = 200
_ENROL = "/distribution/scan/enrol"


@blueprint.get("/devices")
@guarded(_RIGHT)
def list_devices() -> ResponseReturnValue:
    """List the devices of the points that one manages, who was heard of last on top."""
    query = read_list_query(sorts=_SORTS, default="-seen", filters={"state"}, columns=_COLUMNS)
    reach, at = current_actor().reach(_RIGHT), now()
    pattern = query.pattern if query.q else ""
    with reading() as session:
        statement = devices_statement(reach, query.filters, at=at, pattern=pattern)
        statement = ordered(statement, query, _SORTS, Device.id)
        found = slice_of(session, statement, query)
        without = {key: value for key, value in query.filters.items() if key != "state"}
        counts = count_by(session, devices_statement(reach, without, at=at, pattern=pattern), device_state(at))
    return page(query=query, found=found, counts=counts, states=STATES)


@blueprint.route("/devices/invite", methods=["GET", "POST"])
@guarded(_RIGHT)
def invite_device() -> ResponseReturnValue:
    """Show the square with which one device becomes one of a point."""
    form = InvitationForm()
    with reading() as session:
        points = [(str(row.id), name_of(row)) for row in list_points(session, current_actor().reach(_RIGHT))]
    form.point_id.choices = choices(points if len(points) == 1 else [("", text("Choose")), *points])
    code = form.accepts(lambda: _invite(form))
    link = f"{settings().base_url}{_ENROL}#{code}" if code else None
    minutes = int(INVITATION_LASTS.total_seconds() // 60)
    return page(form=form, link=link, matrix=encode_address(link) if link else None, minutes=minutes)


def _invite(form: InvitationForm) -> str:
    with transaction() as session:
        _invitation, code = invite(
            session,
            point_id=int(form.point_id.data),
            label=form.label_text.data or "",
            actor=current_actor(),
            at=now(),
        )
        return code


@blueprint.get("/devices/<device_code>")
@guarded(_RIGHT)
def show_device(device_code: str) -> ResponseReturnValue:
    """Show a device: how it is, its lists, and what may have been given with one that did not come back."""
    at = now()
    with reading() as session:
        device = get_device(session, device_code, current_actor().reach(_RIGHT))
        leases = list_leases(session, device.id)
        lease, point = find_open_lease(session, device.id), session.get_one(Place, device.point_id)
        missing = next((one for one in leases if one.closed_how in {"released", "lost"}), None)
        may_read = current_actor().may(DistributionRight.READ_HAND_OVERS)
        maybe = list_maybe_given(session, missing.id, most=_MOST_FAMILIES + 1) if missing and may_read else []
        incidents = count_open_incidents(session, device.id)
        held = count_indices(session, lease.id) if lease else 0
        state = get_state(session, device, at=at)
    return page(
        device=device, point=point, lease=lease, leases=leases, held=held, missing=missing,
        maybe=maybe[:_MOST_FAMILIES], is_cut=len(maybe) > _MOST_FAMILIES, incidents=incidents,
        state=STATES[state], closed=CLOSED, reasons=REASONS, shown=shown_name, act_form=ActForm(),
    )  # fmt: skip


@blueprint.route("/devices/<device_code>/revoke", methods=["GET", "POST"])
@guarded(_RIGHT)
def revoke_device(device_code: str) -> ResponseReturnValue:
    """Take a device off its point."""
    form = RevokeForm()
    with reading() as session:
        device = get_device(session, device_code, current_actor().reach(_RIGHT))
        lease = find_open_lease(session, device.id)

    def revoke() -> Device:
        with transaction() as session:
            reason = RevokedReason(form.reason.data)
            return device_ends.revoke_device(session, device_code, reason=reason, actor=current_actor(), at=now())

    if form.accepts(revoke) is None:
        return page(form=form, device=device, lease=lease)
    told(text("Device %(code)s counts no more. It forgets its list at its next contact.", code=device.code))
    return redirect_to("distribution.show_device", device_code=device.code)


@blueprint.post("/devices/<device_code>/release")
@guarded(_RIGHT)
def release_lease(device_code: str) -> ResponseReturnValue:
    """Take the list of a device back."""
    with transaction() as session:
        device = device_ends.release_lease(session, device_code, actor=current_actor(), at=now())
    told(text("The list of device %(code)s was taken back. Look below at what it may have given.", code=device.code))
    return redirect_to("distribution.show_device", device_code=device.code)
