"""Manifests: what a device takes along of its lease. Names stand only in rows that nobody opens without the voucher."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.models import KitKind
from core.actors import Actor
from core.clock import milliseconds, today
from core.crypto import FieldKeys
from distribution.models import Device, FamilyProxy, Lease
from distribution.queries.manifests import (
    LeasedVoucher,
    list_items_in_sizes,
    list_kits,
    list_lease_proxies,
    list_revisions,
    list_stock_there,
    stream_leased_vouchers,
)
from distribution.rules.device_proofs import write_b64
from distribution.rules.eligibility import full_months
from distribution.rules.leases import STALE_AFTER
from distribution.rules.manifests import (
    GIVEN_BEFORE,
    REPLACED,
    DueSet,
    ListedProxy,
    ManifestRow,
    handle_of,
    sealed_row,
)
from distribution.rules.tokens import secret_of_own
from distribution.rules.vouchers import masked_name
from warehouses.models import Place

VERSION = 1
_LAST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Trust:
    """What a device believes: root, keys that it signed, those withdrawn since, list of states; to whom it seals."""

    root: bytes
    key_set: bytes
    withdrawn: tuple[str, ...]
    status_list: bytes
    sealing_kid: bytes
    sealing_key: bytes


def told_device(device: Device) -> Mapping[str, object]:
    """Return what a device is told of itself."""
    return {"id": str(device.id), "code": device.code, "expires": milliseconds(device.expires_at)}


def told_names(row: Place, *fields: str) -> dict[str, object]:
    """Return a place's words in the three languages."""
    return {
        f"{name}_{language}": getattr(row, f"{name}_{language}") for name in fields for language in ("kk", "ru", "en")
    }


def manifest_head(
    session: Session, lease: Lease, device: Device, trust: Trust, *, operator: Actor, at: datetime
) -> Mapping[str, object]:
    """Return all of a manifest but its rows."""
    point = session.get_one(Place, lease.point_id)
    stock = list_stock_there(session, point.id, quarter=lease.quarter, on=today(at))
    return {
        "v": VERSION,
        "server_time": milliseconds(at),
        "device": told_device(device),
        "lease": {
            "id": str(lease.id),
            "quarter": str(lease.quarter),
            "cycle": lease.quarter.ordinal,
            "opened": milliseconds(lease.opened_at),
            "ends": milliseconds(lease.ends_at),
            "most_events": lease.most_events,
        },
        "operator": {"id": operator.id, "name": operator.name},
        "point": {"id": point.id, **told_names(point, "name", "address")},
        "sealing": {"kid": trust.sealing_kid.hex(), "key": write_b64(trust.sealing_key)},
        "root": write_b64(trust.root),
        "key_set": write_b64(trust.key_set),
        "withdrawn": list(trust.withdrawn),
        "status_list": write_b64(trust.status_list),
        "stale_after": int(STALE_AFTER.total_seconds() * 1000),
        "kits": [_told_kit(kit) for kit in list_kits(session, lease)],
        "stock": [
            {
                "lot": one.lot_id,
                "code": one.code,
                "kit": one.kit_bit,
                "item": one.item_id,
                "size": one.size,
                "expires": one.expires_on.isoformat() if one.expires_on else "",
                "packs": one.packs,
            }
            for one in stock
        ],
        "revisions": {str(idx): rev for idx, rev in list_revisions(session, point.id, lease.quarter).items()},
    }


def _told_kit(kit: KitKind) -> Mapping[str, object]:
    return {
        "bit": kit.voucher_bit,
        "code": kit.code,
        "name_kk": kit.name_kk,
        "name_ru": kit.name_ru,
        "name_en": kit.name_en,
        "item": kit.item_id,
    }


def stream_manifest_rows(
    session: Session, lease: Lease, *, keys: FieldKeys, at: datetime
) -> Iterator[tuple[bytes, bytes]]:
    """Yield H and the sealed row of each voucher of a lease with something due, in the order of H.

    Why sorted: the order of rows would otherwise tell which families were entered one after another.
    """
    proxies = list_lease_proxies(session, lease.id, first=today(at), last=today(lease.ends_at))
    kits = {kit.id: kit for kit in list_kits(session, lease)}
    sized = list_items_in_sizes(session)
    bits = {kit_id: (kit.voucher_bit, kit.item_id in sized) for kit_id, kit in kits.items()}
    rows = []
    for voucher in stream_leased_vouchers(session, lease.id, lease.point_id):
        listed = [_listed(proxy, keys) for proxy in proxies.get(voucher.family_id, ())]
        row = _row(voucher, tuple(listed), bits, keys=keys, at=at)
        secret = secret_of_own(voucher.token)
        rows.append((handle_of(secret), sealed_row(row, secret=secret, lease=lease.id.bytes)))
    yield from sorted(rows)


def _row(
    voucher: LeasedVoucher,
    proxies: tuple[ListedProxy, ...],
    bits: Mapping[int, tuple[int, bool]],
    *,
    keys: FieldKeys,
    at: datetime,
) -> ManifestRow:
    due = []
    for one in voucher.due:
        bit, is_sized = bits[one.kit_kind_id]
        child, years = (
            (masked_name(one.child_name), full_months(one.birth_on, today(at)) // 12) if is_sized else ("", 0)
        )
        due.append(DueSet(one.allotment_id, bit, child, years))
    return ManifestRow(
        rev=voucher.rev,
        guardian=masked_name(voucher.guardian_name),
        last4=keys.open(voucher.guardian_iin_sealed)[-_LAST_DIGITS:],
        due=tuple(due),
        proxies=proxies,
        language=voucher.language,
        flags=(REPLACED if voucher.rev else 0) | (GIVEN_BEFORE if voucher.was_given else 0),
    )


def _listed(proxy: FamilyProxy, keys: FieldKeys) -> ListedProxy:
    return ListedProxy(proxy.id, masked_name(proxy.name), keys.open(proxy.iin_sealed)[-_LAST_DIGITS:])
