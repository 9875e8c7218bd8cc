"""What alerts say, and the rows that each opens."""

from collections.abc import Callable, Mapping

from flask import url_for

from core.i18n import Text, name_of, text, text_plural
from distribution.models import Alert
from distribution.values.alerts import AlertKind, AlertState
from territory.models import District
from warehouses.models import Place

KIND_NAMES: Mapping[str, Text] = {
    AlertKind.SHORT_SETS: text("Allotted sets are short"),
    AlertKind.EXPIRED_PACKS: text("Lots expired"),
    AlertKind.EXPIRING_PACKS: text("Lots that expire soon"),
    AlertKind.LATE_ORDER: text("Late suppliers"),
    AlertKind.LATE_TRANSFER: text("Transfers too long on the road"),
    AlertKind.REPEATED_SCANS: text("Vouchers shown again"),
    AlertKind.LATE_COMMISSION: text("Late commissions"),
    AlertKind.WAITING_LEADS: text("Possible doubles that wait"),
    AlertKind.SILENT_DEVICE: text("Devices that send nothing"),
    AlertKind.MANY_PEOPLE_READ: text("Many people's records read"),
}
STATE_WORDS: Mapping[str, tuple[str, Text]] = {
    AlertState.FIRING: ("refused", text("firing")),
    AlertState.PENDING: ("attention", text("pending")),
    AlertState.NORMAL: ("muted", text("is over")),
}

_SENTENCES: Mapping[str, Callable[[Alert, str], Text]] = {
    AlertKind.SHORT_SETS: lambda alert, where: text_plural(
        "%(where)s: %(n)s allotted set has to come.",
        "%(where)s: %(n)s allotted sets have to come.",
        _number(alert, "sets"),
        where=where,
    ),
    AlertKind.EXPIRED_PACKS: lambda alert, where: text_plural(
        "%(where)s: %(n)s pack is expired.",
        "%(where)s: %(n)s packs are expired.",
        _number(alert, "packs"),
        where=where,
    ),
    AlertKind.EXPIRING_PACKS: lambda alert, where: text_plural(
        "%(where)s: %(n)s pack expires soon.",
        "%(where)s: %(n)s packs expire soon.",
        _number(alert, "packs"),
        where=where,
    ),
    AlertKind.LATE_ORDER: lambda alert, _where: text_plural(
        "Order %(number)s is %(n)s day late.",
        "Order %(number)s is %(n)s days late.",
        _number(alert, "days"),
        number=str(alert.values.get("number", "")),
    ),
    AlertKind.LATE_TRANSFER: lambda alert, _where: text_plural(
        "Transfer %(number)s is on the road for %(n)s day.",
        "Transfer %(number)s is on the road for %(n)s days.",
        _number(alert, "days"),
        number=str(alert.values.get("number", "")),
    ),
    AlertKind.REPEATED_SCANS: lambda alert, where: text_plural(
        "%(where)s: %(n)s voucher was shown again within a day after all was handed over.",
        "%(where)s: %(n)s vouchers were shown again within a day after all was handed over.",
        _number(alert, "vouchers"),
        where=where,
    ),
    AlertKind.LATE_COMMISSION: lambda alert, where: text_plural(
        "%(where)s: the commission is late with %(n)s family.",
        "%(where)s: the commission is late with %(n)s families.",
        _number(alert, "families"),
        where=where,
    ),
    AlertKind.WAITING_LEADS: lambda alert, where: text_plural(
        "%(where)s: %(n)s possible double has waited for two weeks.",
        "%(where)s: %(n)s possible doubles have waited for two weeks.",
        _number(alert, "leads"),
        where=where,
    ),
    AlertKind.SILENT_DEVICE: lambda alert, where: text_plural(
        "%(where)s: device %(device)s has sent nothing for %(n)s day.",
        "%(where)s: device %(device)s has sent nothing for %(n)s days.",
        _number(alert, "days"),
        where=where,
        device=str(alert.values.get("device", "")),
    ),
    AlertKind.MANY_PEOPLE_READ: lambda alert, _where: text_plural(
        "%(login)s was shown %(n)s person within an hour.",
        "%(login)s was shown %(n)s people within an hour.",
        _number(alert, "people"),
        login=str(alert.values.get("login", "")),
    ),
}
_ROWS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    AlertKind.SHORT_SETS: ("distribution.show_district", {"quarter": ":quarter", "kato": ":kato"}),
    AlertKind.EXPIRED_PACKS: ("warehouses.list_stock", {"place": ":place", "freshness": "expired"}),
    AlertKind.EXPIRING_PACKS: ("warehouses.list_stock", {"place": ":place", "freshness": "soon"}),
    AlertKind.LATE_ORDER: ("logistics.show_order", {"order_id": ":order"}),
    AlertKind.LATE_TRANSFER: ("logistics.show_transfer", {"key": ":transfer"}),
    AlertKind.REPEATED_SCANS: ("distribution.list_hand_overs", {"point": ":place", "when": "all"}),
    AlertKind.LATE_COMMISSION: ("distribution.list_cases", {"late": "yes", "district": ":district"}),
    AlertKind.WAITING_LEADS: ("distribution.list_leads", {"district": ":district", "sort": "found"}),
    AlertKind.SILENT_DEVICE: ("distribution.show_device", {"device_code": ":device"}),
    AlertKind.MANY_PEOPLE_READ: ("accounts.list_audit", {"q": "read_many_people"}),
}
"""Where the rows of each kind are, and with which arguments; `:name` stands for a value of the alert."""


def sentence_of(alert: Alert, districts: Mapping[int, District], places: Mapping[int, Place]) -> Text:
    """Return what an alert says, in a sentence."""
    return _SENTENCES[alert.kind](alert, _where(alert, districts, places))


def rows_of(alert: Alert) -> str:
    """Return the address of the rows that an alert is about."""
    endpoint, arguments = _ROWS[alert.kind]
    known = {**alert.values, "district": alert.district_id}
    given = {name: known.get(value[1:]) if value.startswith(":") else value for name, value in arguments.items()}
    return url_for(endpoint, **given)  # type: ignore[arg-type]  # whatever an address takes


def _where(alert: Alert, districts: Mapping[int, District], places: Mapping[int, Place]) -> str:
    place = places.get(_number(alert, "place"))
    district = districts.get(alert.district_id or 0)
    return name_of(place) if place is not None else name_of(district) if district is not None else ""


def _number(alert: Alert, name: str) -> int:
    found = alert.values.get(name)
    return found if isinstance(found, int) else 0
