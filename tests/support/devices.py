"""A phone in Python: enrols, takes a lease, opens rows, writes events signed, chained and sealed (docs/offline.md).

It is written from the protocol, not with the product's own code, so that the two check each other.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from accounts.values import Role, ScopeKind
from core.actors import Actor
from core.clock import now
from core.crypto import FieldKeys
from distribution.models import Device
from distribution.queries.devices import find_device
from distribution.services.devices import enrol_device, invite_device
from distribution.services.leases import LeaseShare, take_lease
from distribution.services.manifests import manifest_head, stream_manifest_rows
from distribution.services.trust import gather_trust, tell_new_keys
from tests.support.client import InspectingClient, hidden_fields
from tests.support.goods import a_place
from tests.support.people import an_actor
from tests.support.phones import PhoneEvent, PhoneRow, b64, es256, secret_of, unb64
from warehouses.models import Place

ENROL, LEASE, RETURN = "/distribution/scan/device", "/distribution/scan/lease", "/distribution/scan/lease/return"
BATCH = "/api/v1/handovers/batch"
__all__ = [
    "BATCH", "ENROL", "LEASE", "RETURN", "ROOT", "Phone", "PhoneEvent", "PhoneRow", "a_device_in", "a_manager",
    "a_phone", "an_invitation", "b64", "es256", "form_token", "lease_to", "secret_of", "unb64",
]  # fmt: skip
_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_NOTHING_BEFORE = bytes(32)

ROOT = Ed25519PrivateKey.generate()
"""The root of phones that take their lease without the detour over HTTP."""


@dataclass(slots=True)
class Phone:
    """A phone. `clock` is its own, `offset_ms` what it adds to know ours; `state` can be copied to roll it back."""

    clock: Callable[[], datetime] = now
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    offset_ms: int = 0
    heard_ms: int = 0
    device_id: uuid.UUID = field(default_factory=uuid.uuid4)
    code: str = ""
    manifest: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    events: list[PhoneEvent] = field(default_factory=list)
    seq: int = 0
    prev: bytes = _NOTHING_BEFORE

    @property
    def public_key(self) -> bytes:
        """The 65 bytes that the server keeps."""
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def lease_id(self) -> uuid.UUID:
        """The lease it holds."""
        return uuid.UUID(self.manifest["lease"]["id"])

    # -- asking over HTTP

    def enrol(self, client: InspectingClient, code: str) -> TestResponse:
        """Become a device with the code of an invitation; the client is signed in as an operator of the point."""
        body = {"code": code, "key": b64(self.public_key), "app": "tests 1"}
        response = client.post(ENROL, json=body, headers={"X-CSRFToken": form_token(client)})
        if response.status_code == 201:
            self._become(response.get_json())
        return response

    def ask(self, client: InspectingClient, path: str, body: Mapping[str, object] | None = None) -> TestResponse:
        """Post something with the proof of this device."""
        written = b"" if body is None else json.dumps(body).encode()
        headers = {"X-CSRFToken": form_token(client), "Toptama-Device": self.proof("POST", path, written)}
        return client.post(path, data=written, headers=headers, content_type="application/json")

    def take_lease(self, client: InspectingClient, **said: object) -> TestResponse:
        """Ask for a lease or a newer manifest of it, and keep what comes."""
        response = self.ask(client, LEASE, {"unsent": 0, "now": self.now_ms(), "app": "tests 1", **said})
        if response.status_code == 200:
            self.keep(response.get_json())
        return response

    def proof(self, method: str, path: str, body: bytes = b"", *, time: int | None = None) -> str:
        """Return the header that proves that this device asks."""
        at = self.now_ms() + self.offset_ms if time is None else time
        message = f"{method}\n{path}\n{at}\n{hashlib.sha256(body).hexdigest()}".encode()
        return f"{self.device_id}.{at}.{b64(self.sign(message))}"

    # -- what it keeps

    def keep(self, manifest: Mapping[str, Any]) -> None:
        """Keep a manifest, its rows by H."""
        self.manifest = {name: value for name, value in manifest.items() if name != "rows"}
        self.rows = dict(manifest["rows"])
        self.heard_ms = manifest["server_time"]

    def open_row(self, scanned: str) -> PhoneRow | None:
        """Return the row of a scanned token or typed code, or None when the list does not have it."""
        secret = secret_of(scanned)
        handle = hashlib.sha256(secret).digest()[:16]
        sealed = self.rows.get(b64(handle))
        if sealed is None:
            return None
        derived = HKDF(SHA256(), 32, self.lease_id.bytes, b"toptama manifest row").derive(secret)
        opened = cbor2.loads(AESGCM(derived).decrypt(bytes(12), unb64(sealed), handle))
        rev, guardian, last4, sets, proxies, language, flags = opened
        return PhoneRow(rev, guardian, last4, tuple(map(tuple, sets)), tuple(map(tuple, proxies)), language, flags)

    # -- writing events

    def hand_over(
        self,
        voucher: str,
        sets: Sequence[int] | None = None,
        *,
        lots: Sequence[int] | None = None,
        sizes: Sequence[int] | None = None,
        collector: str = "guardian",
        proxy: int = 0,
        note: str = "",
        document: str = "",
        last4: str = "",
        **every: Any,  # noqa: ANN401 - whatever `event` takes
    ) -> PhoneEvent:
        """Write down that sets were handed over; without `sets` all that the row says are due."""
        if sets is None:
            row = self.open_row(voucher)
            assert row is not None, "the list does not have this voucher"
            sets = row.allotments
        content = {
            "voucher": voucher,
            "sets": list(sets),
            "lots": list(lots) if lots is not None else [0] * len(sets),
            "sizes": list(sizes) if sizes is not None else [0] * len(sets),
            "collector": collector,
            "proxy": proxy,
            "note": note,
            "document": document,
            "last4": last4,
        }
        return self.event("hand_over", content, **every)

    def undo(self, hand_over: PhoneEvent | uuid.UUID, reason: str = "The wrong family", **every: Any) -> PhoneEvent:  # noqa: ANN401 - whatever `event` takes
        """Write down that a hand-over was taken back."""
        undone = hand_over.id if isinstance(hand_over, PhoneEvent) else hand_over
        return self.event("undo", {"undoes": undone.bytes, "reason": reason}, **every)

    def day_seal(
        self,
        day: str,
        counted: Mapping[str, int],
        expected: Mapping[str, int],
        given: Mapping[str, int],
        **every: Any,  # noqa: ANN401 - whatever `event` takes
    ) -> PhoneEvent:
        """Write down that a day was closed."""
        content = {"day": day, "counted": dict(counted), "expected": dict(expected), "given": dict(given)}
        return self.event("day_seal", content, **every)

    def event(
        self,
        kind: str,
        content: Mapping[str, object],
        *,
        id: uuid.UUID | None = None,
        seq: int | None = None,
        prev: bytes | None = None,
        claimed: int | None = None,
        lease: uuid.UUID | None = None,
        operator: int | None = None,
        point: int | None = None,
        keeps: bool = True,
        **changed: object,
    ) -> PhoneEvent:
        """Write an event of the chain; what is named may differ from what a true phone writes.

        Without `keeps` the phone forgets it: the next one stands at its place.
        """
        payload: dict[str, object] = {
            "v": 1,
            "kind": kind,
            "id": (id or uuid.uuid4()).bytes,
            "lease": (lease or self.lease_id).bytes,
            "seq": self.seq + 1 if seq is None else seq,
            "prev": self.prev if prev is None else prev,
            "operator": self.manifest["operator"]["id"] if operator is None else operator,
            "point": self.manifest["point"]["id"] if point is None else point,
            "claimed": self.now_ms() if claimed is None else claimed,
            "server": self.heard_ms,
            **content,
            **changed,
        }
        signed = self.signed(payload)
        made = PhoneEvent(
            uuid.UUID(bytes=payload["id"]),  # type: ignore[arg-type]  # bytes, as written above
            int(str(payload["seq"])),
            kind,
            int(str(payload["claimed"])),
            signed,
            self.sealed(signed),
        )
        if keeps:
            self.seq, self.prev = made.seq, hashlib.sha256(signed).digest()
            self.events.append(made)
        return made

    def signed(self, payload: Mapping[str, object], *, key: EllipticCurvePrivateKey | None = None) -> bytes:
        """Return the COSE_Sign1 of a payload."""
        protected = cbor2.dumps({1: -7, 4: self.device_id.bytes}, canonical=True)
        written = cbor2.dumps(dict(payload), canonical=True)
        to_sign = cbor2.dumps(["Signature1", protected, b"", written], canonical=True)
        return cbor2.dumps([protected, {}, written, es256(key or self.key, to_sign)], canonical=True)

    def sealed(self, signed: bytes) -> bytes:
        """Return a signed event sealed to the server."""
        kid, written = bytes.fromhex(self.manifest["sealing"]["kid"]), unb64(self.manifest["sealing"]["key"])
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), written)
        return kid + _SUITE.encrypt(signed, key, info=b"toptama event 1")

    def batch(self, events: Sequence[PhoneEvent] | None = None, *, unsent: int | None = None) -> dict[str, object]:
        """Return the body that sends events; without any, all that it has."""
        sent = self.events if events is None else events
        return {
            "device": str(self.device_id),
            "unsent": len(self.events) if unsent is None else unsent,
            "app": "tests 1",
            "now": self.now_ms(),
            "events": [event.as_sent() for event in sent],
        }

    def sign(self, message: bytes) -> bytes:
        """Return r ‖ s over a message."""
        return es256(self.key, message)

    def now_ms(self) -> int:
        """Return its own clock."""
        return round(self.clock().timestamp() * 1000)

    def _become(self, told: Mapping[str, Any]) -> None:
        self.device_id, self.code = uuid.UUID(told["device"]["id"]), told["device"]["code"]
        self.heard_ms = told["server_time"]
        self.offset_ms = self.heard_ms - self.now_ms()


def a_manager(session: Session, point: Place, *, language: str = "en") -> Actor:
    """Add a manager of a point."""
    return an_actor(session, role=Role.MANAGER, scope_kind=ScopeKind.PLACE, scope_id=point.id, language=language)


def a_device_in(session: Session, *, district_id: int) -> Device:
    """Add a device of a point of a district."""
    point = a_place(session, district_id=district_id)
    operator = an_actor(session, role=Role.OPERATOR, scope_kind=ScopeKind.PLACE, scope_id=point.id)
    phone = a_phone(session, point, operator, at=now())
    device = find_device(session, phone.device_id)
    assert device is not None
    return device


def an_invitation(session: Session, point: Place, *, at: datetime, manager: Actor | None = None) -> str:
    """Let a manager invite a device and return the code."""
    _, code = invite_device(session, point_id=point.id, label="", actor=manager or a_manager(session, point), at=at)
    return code


def a_phone(
    session: Session, point: Place, operator: Actor, *, at: datetime, clock: Callable[[], datetime] | None = None
) -> Phone:
    """Give a phone that was enrolled at a point without the detour over HTTP."""
    phone = Phone(clock=clock or (lambda: at))
    code = an_invitation(session, point, at=at)
    device = enrol_device(session, code=code, key=b64(phone.public_key), app="tests 1", actor=operator, at=at)
    phone.device_id, phone.code, phone.heard_ms = device.id, device.code, round(at.timestamp() * 1000)
    return phone


def lease_to(
    session: Session,
    phone: Phone,
    operator: Actor,
    *,
    at: datetime,
    keys: FieldKeys,
    share: LeaseShare | None = None,
) -> None:
    """Let a phone take a lease, or a newer manifest of it, without the detour over HTTP."""
    device = find_device(session, phone.device_id)
    assert device is not None
    lease = take_lease(session, device, share=share or LeaseShare(), unsent=0, operator=operator, at=at)
    tell_new_keys(session, ROOT, actor_id=operator.id, at=at)
    trust = gather_trust(
        session,
        lease,
        root=ROOT.public_key().public_bytes_raw(),
        actor_id=operator.id,
        keys=keys,
        at=at,
        base_url="http://localhost",
    )
    head = manifest_head(session, lease, device, trust, operator=operator, at=at)
    rows = [[b64(handle), b64(sealed)] for handle, sealed in stream_manifest_rows(session, lease, keys=keys, at=at)]
    phone.keep({**json.loads(json.dumps(head)), "rows": rows})


def form_token(client: InspectingClient) -> str:
    """Return what a page of this client sends with its requests."""
    return hidden_fields(client.get("/").get_data(as_text=True)).get("csrf_token", "")
