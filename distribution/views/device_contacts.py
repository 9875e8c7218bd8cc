"""What the device of a point asks: to be enrolled, for its list, to give the list back."""

import json
from collections.abc import Callable, Iterator

from flask import Response, jsonify, request, stream_with_context
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import milliseconds, now
from core.web.bodies import read_body
from core.web.guards import current_actor, guarded
from core.web.problems import answer
from core.web.session import field_keys, reading, settings, transaction
from distribution.errors.devices import ProofStale
from distribution.models import Device, Lease
from distribution.permissions import DistributionRight
from distribution.rules.device_proofs import HEADER, write_b64
from distribution.schemas.devices import EnrolBody, LeaseBody
from distribution.services.devices import Contact, ProofShown, enrol_device, hear_of_device, prove_device
from distribution.services.leases import LeaseShare, give_lease_back, take_lease
from distribution.services.manifests import VERSION, manifest_head, stream_manifest_rows, told_device, told_names
from distribution.services.root_keys import own_root_key
from distribution.services.trust import gather_trust, tell_new_keys
from distribution.views.blueprint import blueprint
from distribution.views.root_keys import root_key
from warehouses.models import Place


@blueprint.post("/scan/device")
@guarded(DistributionRight.HAND_OVER)
def scan_device() -> ResponseReturnValue:
    """Make the phone that asks a device of the point whose manager showed the code."""
    body, at = read_body(EnrolBody), now()
    with transaction() as session:
        device = enrol_device(session, code=body.code, key=body.key, app=body.app, actor=current_actor(), at=at)
        return jsonify(told_enrolment(session, device, root=root_key())), 201


@blueprint.post("/scan/lease")
@guarded(DistributionRight.HAND_OVER)
def scan_lease() -> ResponseReturnValue:
    """Open the lease of the device that asks, or let it last, and answer its manifest."""
    return answer_lease(lease_body())


@blueprint.post("/scan/lease/return")
@guarded(DistributionRight.HAND_OVER)
def scan_lease_return() -> ResponseReturnValue:
    """Take back the lease of the device that asks, once it sent all it had."""
    return answer_return(lease_body())


def answer_lease(body: LeaseBody) -> ResponseReturnValue:
    """Answer the manifest of the device that asks."""
    share = LeaseShare(body.settlement, body.most)
    return as_device(
        body,
        lambda session, device: answer_manifest(
            session,
            take_lease(session, device, share=share, unsent=body.unsent, operator=current_actor(), at=now()),
            device,
        ),
    )


def answer_return(body: LeaseBody) -> ResponseReturnValue:
    """Close the lease of the device that asks."""
    at = now()

    def act(session: Session, device: Device) -> ResponseReturnValue:
        lease = give_lease_back(session, device, unsent=body.unsent, actor=current_actor(), at=at)
        return jsonify(v=VERSION, server_time=milliseconds(at), lease=str(lease.id))

    return as_device(body, act)


def lease_body() -> LeaseBody:
    """Return what a device sent with its question; a device that says nothing sends nothing."""
    return read_body(LeaseBody) if request.get_data() else LeaseBody()


def as_device(body: LeaseBody, act: Callable[[Session, Device], ResponseReturnValue]) -> ResponseReturnValue:
    """Act for the device that proves that it asks, and keep what it says of itself; a stale proof is told our time."""
    at = now()
    shown = ProofShown(request.headers.get(HEADER, ""), request.method, request.path, request.get_data())
    try:
        with transaction() as session:
            device = prove_device(session, shown, at=at)
            hear_of_device(device, Contact(body.unsent, body.now or None, body.app), at=at)
            return act(session, device)
    except ProofStale as problem:
        return _answer_stale(problem)


def answer_manifest(session: Session, lease: Lease, device: Device) -> Response:
    """Return the manifest of a lease; its rows are written as they go out."""
    at, keys, operator = now(), field_keys(), current_actor()
    told = settings()
    if not told.production and not told.root_key:
        tell_new_keys(session, own_root_key(told.data_dir), actor_id=operator.id, at=at)
    trust = gather_trust(
        session, lease, root=root_key(), actor_id=operator.id, keys=keys, at=at, base_url=told.base_url
    )
    head = manifest_head(session, lease, device, trust, operator=operator, at=at)

    def written() -> Iterator[str]:
        yield f'{json.dumps(head, ensure_ascii=False)[:-1]}, "rows": ['
        with reading() as rows:
            for number, row in enumerate(stream_manifest_rows(rows, lease, keys=keys, at=at)):
                yield ("," if number else "") + json.dumps([write_b64(part) for part in row])
        yield "]}"

    return Response(stream_with_context(written()), mimetype="application/json")


def told_enrolment(session: Session, device: Device, *, root: bytes) -> dict[str, object]:
    """Return what a new device is told."""
    point = session.get_one(Place, device.point_id)
    return {
        "v": VERSION,
        "server_time": milliseconds(device.enrolled_at),
        "device": told_device(device),
        "point": {"id": point.id, **told_names(point, "name")},
        "root": write_b64(root),
    }


def _answer_stale(problem: ProofStale) -> Response:
    response = answer(problem.status, code=problem.code, message=problem.message)
    told = {**response.get_json(), "server_time": milliseconds(now())}
    response.set_data(json.dumps(told, ensure_ascii=False))
    return response
