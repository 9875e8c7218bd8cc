"""The list that a device takes along of 2,000 families, against the bare query and the same cryptography.

Ours opens the lease, makes the whole manifest as it is sent, then makes it anew. The floor reads token and name of as
many vouchers by one statement and seals each row with the same key derivation and cipher.
"""

import gzip
import json
import time
import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from benchmarks import plain
from benchmarks.jobs import Job, Outcome
from benchmarks.world import KEYS, QUARTER, actor
from core.actors import Actor
from core.clock import now
from core.database import Database
from distribution.models import Device, Voucher
from distribution.rules.device_proofs import write_b64
from distribution.rules.leases import DEVICE_LASTS
from distribution.rules.manifests import ManifestRow, handle_of, sealed_row
from distribution.rules.tokens import secret_of_own
from distribution.services.leases import LeaseShare, take_lease
from distribution.services.manifests import Trust, manifest_head, stream_manifest_rows

FAMILIES = 2_000
_TRUST = Trust(bytes(32), bytes(600), (), bytes(16_000), bytes(2), bytes(65))


def ours(job: Job) -> Outcome:
    """Open a lease of 2,000 families and write its manifest; then write it anew."""
    database = Database(job.url)
    with database.writing() as session:
        operator, device = _point_with_device(session)
        start = time.perf_counter()
        first = _manifest(session, device, operator, now())
        middle = time.perf_counter()
        _manifest(session, device, operator, now())
        done = time.perf_counter()
    database.dispose()
    facts = {"open and list": middle - start, "list anew": done - middle}
    return Outcome(middle - start, facts | _sizes(first))


def floor(job: Job) -> Outcome:
    """Read and seal as many rows, and write them as JSON."""
    connection, lease = plain.connect(job.url), uuid.uuid4().bytes
    start = time.perf_counter()
    found = connection.execute(
        f"SELECT v.token, f.guardian_name FROM voucher v JOIN family f ON f.id = v.family_id LIMIT {FAMILIES}"
    ).fetchall()
    rows = []
    for token, name in found:
        secret = secret_of_own(token)
        row = ManifestRow(0, name[:2], "", (), (), "kk", 0)
        rows.append([write_b64(handle_of(secret)), write_b64(sealed_row(row, secret=secret, lease=lease))])
    written = json.dumps({"rows": rows}).encode()
    done = time.perf_counter()
    connection.close()
    return Outcome(done - start, {"open and list": done - start, "list anew": done - start} | _sizes(written))


def _sizes(manifest: bytes) -> dict[str, float]:
    """Return what a phone has to load, in kB, and the longest of its rows in bytes."""
    rows = json.loads(manifest)["rows"]
    return {
        "size": len(manifest) / 1000,
        "size, compressed": len(gzip.compress(manifest)) / 1000,
        "longest row": max(len(json.dumps(row)) for row in rows),
    }


def _manifest(session: Session, device: Device, operator: Actor, at: datetime) -> bytes:
    lease = take_lease(session, device, share=LeaseShare(), unsent=0, operator=operator, at=at)
    head = manifest_head(session, lease, device, _TRUST, operator=operator, at=at)
    sealed = stream_manifest_rows(session, lease, keys=KEYS, at=at)
    return json.dumps({**head, "rows": [[write_b64(part) for part in row] for row in sealed]}).encode()


def _point_with_device(session: Session) -> tuple[Actor, Device]:
    """Let the busiest point serve 2,000 families, and give it a device."""
    operator = actor(session, "operator0")
    point = next(grant.scope_id for grant in operator.grants)
    chosen = select(Voucher.id).where(Voucher.quarter == QUARTER).order_by(Voucher.id).limit(FAMILIES)
    session.execute(update(Voucher).where(Voucher.quarter == QUARTER).values(point_id=_another(session, point)))
    session.execute(update(Voucher).where(Voucher.id.in_(chosen)).values(point_id=point))
    at = now()
    device = Device(
        id=uuid.uuid4(),
        code="4F2K",
        point_id=point,
        public_key=bytes(65),
        enrolled_at=at,
        enrolled_by_id=operator.id,
        expires_at=at + DEVICE_LASTS,
    )
    session.add(device)
    session.flush()
    return operator, device


def _another(session: Session, point: int) -> int:
    """Return another point with vouchers, or the same where there is no other."""
    return session.scalars(select(Voucher.point_id).where(Voucher.point_id != point).limit(1)).first() or point
