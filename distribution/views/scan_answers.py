"""What the scan page is answered with, as its modules read it (static/js/scan/types.js)."""

from datetime import date

from core.i18n import name_of, ngettext
from distribution.queries.collectors import LotOnBox
from distribution.services.scan_details import ScanDetails
from distribution.services.scans import UNDO_WINDOW, DueKit, ScanResult
from distribution.values import Verdict
from distribution.views.scan_words import attention_words

_NOBODYS_LANGUAGE = "kk"
"""What is shown to a family that a text does not name; the page lets the operator choose another."""


def scan_answer(result: ScanResult, details: ScanDetails) -> dict[str, object]:
    """Return the answer to a scan."""
    return {
        **verdict_answer(result.verdict, result.language),
        **_own(result),
        "due": [_due(kit, details) for kit in result.due],
        "attention": [{"code": code, "words": attention_words(code)} for code in details.attention],
        "collectors": [{"proxy": one.proxy_id, "name": one.name, "last4": one.last4} for one in details.comers],
    }


def verdict_answer(verdict: Verdict, language: str) -> dict[str, object]:
    """Return a verdict with nothing to give and nothing to undo; `language` is the family's, empty where unknown."""
    return {
        "answer": verdict.answer,
        "kind": verdict.kind,
        "words": str(verdict.words),
        "why": str(verdict.why),
        "step": str(verdict.step),
        "due": [],
        "hand_over": None,
        "undo_until": None,
        "family_language": language or _NOBODYS_LANGUAGE,
        "attention": [],
        "collectors": [],
    }


def _due(kit: DueKit, details: ScanDetails) -> dict[str, object]:
    return {
        "code": kit.kit.code,
        "name": name_of(kit.kit),
        "names": {"kk": kit.kit.name_kk, "ru": kit.kit.name_ru, "en": kit.kit.name_en},
        "sets": list(kit.allotment_ids),
        "in_stock": min(kit.in_stock, len(kit.allotment_ids)),
        "child": _child(kit),
        "size": kit.size,
        "sizes": [{"item": one.item_id, "name": one.name, "packs": one.packs} for one in kit.sizes],
        "lots": [
            {"lot": lot.lot_id, "item": lot.item_id, "packs": lot.on_hand, **_box(details.lots.get(lot.lot_id))}
            for lot in kit.lots
        ],
    }


def _box(box: LotOnBox | None) -> dict[str, str]:
    if box is None:
        return {"code": "", "expires": ""}
    return {"code": box.code, "expires": _day(box.expires_on)}


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _child(kit: DueKit) -> str:
    """Return for whom a set in sizes is; the same for all of the family's other sets, so nothing."""
    if not kit.sizes:
        return ""
    return ngettext("%(child)s, %(n)s year", "%(child)s, %(n)s years", kit.years, child=kit.child)


def _own(result: ScanResult) -> dict[str, str | None]:
    """Return what the operator may take back, when the answer is their own hand-over of a moment ago."""
    if result.given is None or result.verdict.kind != "attention":
        return {"hand_over": None, "undo_until": None}
    until = result.given.received_at + UNDO_WINDOW
    return {"hand_over": str(result.given.hand_over_id), "undo_until": until.isoformat()}
