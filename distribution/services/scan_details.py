"""What the scan page shows beside a verdict with sets to give: who may have come, and the lots by their boxes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from core.clock import today
from core.crypto import FieldKeys
from distribution.queries.collectors import LotOnBox, get_collecting, list_lots_on_boxes
from distribution.rules.vouchers import masked_name
from distribution.services.scans import ScanResult

REPLACED = "replaced"
"""A reason to look twice: this print took the place of another one."""

_LAST_SIGNS = 4


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody who may have come, masked; `proxy_id` 0 is the person who applied; the last four digits of their IIN."""

    proxy_id: int
    name: str
    last4: str


@dataclass(frozen=True, slots=True)
class ScanDetails:
    """Who may have come, what asks for a tap before giving, and the lots of what is due by their id."""

    comers: Sequence[Comer] = ()
    attention: Sequence[str] = ()
    lots: Mapping[int, LotOnBox] = field(default_factory=dict)


def details_of_scan(session: Session, result: ScanResult, *, keys: FieldKeys, at: datetime) -> ScanDetails:
    """Return what is shown beside a scan's answer; nothing where nothing is due."""
    if result.voucher_id is None or not result.due:
        return ScanDetails()
    collecting = get_collecting(session, result.voucher_id, on=today(at))
    comers = [
        Comer(one.proxy_id, masked_name(one.name), keys.open(one.iin_sealed)[-_LAST_SIGNS:])
        for one in collecting.people
    ]
    lots = {lot.lot_id for kit in result.due for lot in kit.lots}
    attention = [REPLACED] if collecting.rev > 0 else []
    return ScanDetails(comers, attention, list_lots_on_boxes(session, sorted(lots)))
