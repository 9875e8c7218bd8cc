"""Writes of what may stand in for the items of a draft; with the version's approval they are approved."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.errors import SubstituteRefused
from catalog.models import KitSubstitute, KitVersion
from catalog.queries.lines import candidates_by_code
from catalog.queries.substitutes import find_standing, get_substitute, list_substitutes
from catalog.rules.substitutes import Proposed, substitute_faults
from catalog.services.version_steps import record_step
from catalog.services.versions import touch_draft
from core.actors import Actor
from core.i18n import text
from core.quarters import Quarter
from core.text import clean

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class SubstituteWish:
    """What a person gives to let an item stand in: items by code, packs on both sides, reason, quarters of validity."""

    item: str
    substitute: str
    for_packs: int
    substitute_packs: int
    reason_kk: str
    reason_ru: str
    reason_en: str
    valid_from: Quarter | None = None
    valid_until: Quarter | None = None


def add_substitute(
    session: Session, version: KitVersion, *, wish: SubstituteWish, revision: int, actor: Actor, at: datetime
) -> KitSubstitute:
    """Let an item stand in for one of a draft's.

    Raises:
        SubstituteRefused: it cannot stand so; the sentence says why.
        Whatever `touch_draft` raises: this is no open draft of theirs, or it changed meanwhile.
    """
    locked = touch_draft(session, version, actor=actor, revision=revision, at=at)
    known = candidates_by_code(session, (wish.item, wish.substitute))
    for code in (wish.item, wish.substitute):
        if code not in known:
            raise SubstituteRefused(text("There is no item with the code %(code)s.", code=code))
    reasons = {name: clean(getattr(wish, name)) for name in ("reason_kk", "reason_ru", "reason_en")}
    if not all(reasons.values()):
        raise SubstituteRefused(text("Say the reason in the three languages: it is made public."))
    if max(map(len, reasons.values())) > LONGEST_REASON:
        raise SubstituteRefused(text("Shorten this to %(n)s characters.", n=LONGEST_REASON))
    others = {(row.item.code, row.substitute.code) for row in list_substitutes(session, locked)}
    item, substitute = known[wish.item], known[wish.substitute]
    ratio = (wish.for_packs, wish.substitute_packs)
    proposed = Proposed(item, substitute, *ratio, wish.valid_from, wish.valid_until)
    faults = substitute_faults(proposed, find_standing(session, locked), others)
    if faults:
        raise SubstituteRefused(faults[0])
    row = KitSubstitute(
        version_id=locked.id,
        item_id=item.id,
        substitute_id=substitute.id,
        for_packs=wish.for_packs,
        substitute_packs=wish.substitute_packs,
        valid_from=wish.valid_from,
        valid_until=wish.valid_until,
        **reasons,
    )
    session.add(row)
    session.flush()
    detail = {"item": wish.item, "substitute": wish.substitute, "ratio": list(ratio)}
    record_step(session, locked, "add_substitute", actor=actor, at=at, detail=detail)
    return row


def remove_substitute(
    session: Session, version: KitVersion, substitute_id: int, *, revision: int, actor: Actor, at: datetime
) -> None:
    """Take a substitute out of a draft.

    Raises:
        SubstituteUnknown: the draft has none of that id.
        Whatever `touch_draft` raises: this is no open draft of theirs, or it changed meanwhile.
    """
    locked = touch_draft(session, version, actor=actor, revision=revision, at=at)
    row = get_substitute(session, locked, substitute_id)
    detail = {"item": row.item.code, "substitute": row.substitute.code}
    session.delete(row)
    session.flush()
    record_step(session, locked, "remove_substitute", actor=actor, at=at, detail=detail)
