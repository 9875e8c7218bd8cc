"""Writes of kinds of sets: opened, changed until they are activated, activated and deactivated by a second person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import (
    KitCodeTaken,
    KitFixed,
    KitMalformed,
    KitNotReady,
    KitsOverlap,
    KitStateTaken,
    NotYourDraft,
    SecondPersonNeeded,
)
from catalog.models import Item, KitKind, KitKindAuthor
from catalog.permissions import CatalogRight
from catalog.queries.kits import has_approved_version, is_author_of_kit, is_definition_sealed
from catalog.queries.sizes import list_sizes
from catalog.rules.kits import free_bit, is_group, is_kit_code, is_size, may_fit_one_child
from catalog.values import ForAward, ForSex, ItemKind, PackUnit
from core.actors import Actor
from core.audit import record
from core.database import named
from core.dialects import insert_into
from core.i18n import name_of, text
from core.text import clean

_LONGEST_NAME = 200
_MOST_MONTHS = 1200
_MOST_QUARTERS = 40
_MOST_SIZES = 60


@dataclass(frozen=True, slots=True)
class KitDefinition:
    """What defines a kind of set. Ages are in months, the upper one exclusive.

    Without a `group` it gets one of its own: it is given beside all other kinds.
    """

    code: str
    name_kk: str
    name_ru: str
    name_en: str
    age_from_months: int
    age_to_months: int
    interval_quarters: int = 1
    group: str = ""
    for_award: str = ForAward.ANY
    for_sex: str = ForSex.ANY


def open_kit(session: Session, definition: KitDefinition, *, actor: Actor, at: datetime) -> KitKind:
    """Add a kind of set with its packed item and the next free bit of vouchers; it is not active yet.

    Raises:
        NotYourDraft: the actor may not define sets for the whole country.
        KitMalformed: something of the definition cannot stand so.
        KitCodeTaken: a set or an item has the code.
    """
    _require_right(actor)
    kinds = _lock(session)
    group = _checked(definition, kinds)
    bit = free_bit(sum(kind.voucher_bit for kind in kinds))
    if bit is None:
        raise KitMalformed(text("Vouchers have no room for a further kind of set."))
    names = named(definition.name_kk, definition.name_ru, definition.name_en)
    packed = {"kind": ItemKind.PACKED_KIT, "pack_net": 1, "pack_unit": PackUnit.PIECE}
    adding = insert_into(session, Item).values(code=definition.code, **packed, **names)
    item_id = session.scalar(adding.on_conflict_do_nothing(index_elements=["code"]).returning(Item.id))
    if item_id is None:
        raise KitCodeTaken(text("An item has the code %(code)s already. Choose another code.", code=definition.code))
    kit = KitKind(voucher_bit=bit, is_active=False, item_id=item_id, **_columns(definition, group), **names)
    kit.created_by_id = actor.id
    session.add(kit)
    session.flush()
    _add_author(session, kit, actor)
    _record(session, kit, "open_kit", actor=actor, at=at, detail=_told(kit))
    return kit


def edit_kit(session: Session, kit: KitKind, definition: KitDefinition, *, actor: Actor, at: datetime) -> KitKind:
    """Change what defines a kind that was never activated; whoever changes it does not activate it.

    Raises:
        NotYourDraft, KitMalformed, KitCodeTaken: as when it is opened.
        KitFixed: it was activated once, or a version of its standard was submitted or approved: papers name it.
    """
    _require_right(actor)
    kinds = _lock(session)
    session.refresh(kit)
    _refuse_fixed(session, kit)
    group = _checked(definition, [kind for kind in kinds if kind.id != kit.id])
    used = select(Item.id).where(Item.code == definition.code, Item.id != kit.item_id)
    if session.scalar(used) is not None:
        raise KitCodeTaken(text("An item has the code %(code)s already. Choose another code.", code=definition.code))
    before = _told(kit)
    for column, value in _columns(definition, group).items():
        setattr(kit, column, value)
    kit.set_names(definition.name_kk, definition.name_ru, definition.name_en)
    _add_author(session, kit, actor)
    item = session.get_one(Item, kit.item_id)
    item.code, item.revision = definition.code, item.revision + 1
    item.set_names(definition.name_kk, definition.name_ru, definition.name_en)
    for size in list_sizes(session, kit):
        size.code, size.revision = _size_code(kit, size.variant), size.revision + 1
        size.set_names(*_size_names(kit, size.variant))
    session.flush()
    _record(session, kit, "edit_kit", actor=actor, at=at, detail={"before": before, "after": _told(kit)})
    return kit


def add_sizes(session: Session, kit: KitKind, sizes: Sequence[str], *, actor: Actor, at: datetime) -> int:
    """Let the packed sets of a kind come in further sizes and return how many are new; each size is an item of its own.

    Whoever adds one is an author of the kind. Lots of a size count as lots of the kind.
    A size never leaves: there may be stock of it.

    Raises:
        NotYourDraft: the actor may not define sets for the whole country.
        KitMalformed: no size, or one that cannot stand in a code.
        KitCodeTaken: an item that is no size of this kind has the code.
    """
    _require_right(actor)
    _lock(session)
    known = {size.variant for size in list_sizes(session, kit)}
    wrong = next((size for size in sizes if not is_size(size)), None)
    if not sizes or wrong is not None:
        raise KitMalformed(
            text("Write each size with up to 12 digits and Latin capitals, as 122, 122-128 or XL, with commas between.")
        )
    if len(known | set(sizes)) > _MOST_SIZES:
        raise KitMalformed(text("A set comes in at most %(n)s sizes.", n=_MOST_SIZES))
    new = [size for size in sizes if size not in known]
    for size in new:
        code = _size_code(kit, size)
        packed = {"kind": ItemKind.PACKED_KIT, "pack_net": 1, "pack_unit": PackUnit.PIECE}
        variant = {"variant_of_id": kit.item_id, "variant": size, **named(*_size_names(kit, size))}
        adding = insert_into(session, Item).values(code=code, **packed, **variant)
        if session.scalar(adding.on_conflict_do_nothing(index_elements=["code"]).returning(Item.id)) is None:
            raise KitCodeTaken(text("An item has the code %(code)s already. Choose another code.", code=code))
    if new:
        _add_author(session, kit, actor)
        _record(session, kit, "add_sizes", actor=actor, at=at, detail={"sizes": new})
    return len(new)


def _size_code(kit: KitKind, size: str) -> str:
    return f"{kit.code}-{size}"


def _size_names(kit: KitKind, size: str) -> tuple[str, str, str]:
    return f"{kit.name_kk}, {size}", f"{kit.name_ru}, {size}", f"{kit.name_en}, {size}"


def activate_kit(session: Session, kit: KitKind, *, actor: Actor, at: datetime) -> None:
    """Let rosters that are frozen from now on count a kind of set, as a person who defined nothing of it.

    Raises:
        NotYourDraft: the actor may not do this for the whole country.
        SecondPersonNeeded: they opened it, changed it or added a size.
        KitStateTaken: it is active.
        KitNotReady: no version of its standard is approved.
        KitsOverlap: a child could get it and another active kind of its group.
    """
    _require_right(actor)
    kinds = _lock(session)
    _require_second(session, actor, kit)
    session.refresh(kit)
    if kit.is_active:
        raise KitStateTaken(text("%(kit)s is active already.", kit=kit.code))
    if not has_approved_version(session, kit):
        raise KitNotReady(
            text(
                "No version of the standard of %(kit)s is approved. Draft one and have it approved first.", kit=kit.code
            )
        )
    _refuse_overlap(kit, kinds)
    kit.is_active, kit.activated_by_id, kit.activated_at = True, actor.id, at
    session.flush()
    _record(session, kit, "activate_kit", actor=actor, at=at, detail=_told(kit))


def deactivate_kit(session: Session, kit: KitKind, *, actor: Actor, at: datetime) -> None:
    """Let rosters that are frozen from now on leave a kind of set out; those that are frozen keep it.

    Raises:
        NotYourDraft, SecondPersonNeeded: as when it is activated.
        KitStateTaken: it is not active.
    """
    _require_right(actor)
    _lock(session)
    _require_second(session, actor, kit)
    session.refresh(kit)
    if not kit.is_active:
        raise KitStateTaken(text("%(kit)s is not active.", kit=kit.code))
    kit.is_active = False
    session.flush()
    _record(session, kit, "deactivate_kit", actor=actor, at=at, detail={})


def _require_right(actor: Actor) -> None:
    if not actor.reach(CatalogRight.MANAGE_KITS).everywhere:
        raise NotYourDraft(text("Kinds of sets are opened by the ministry, for the whole country."))


def _add_author(session: Session, kit: KitKind, actor: Actor) -> None:
    author = {"kit_kind_id": kit.id, "user_id": actor.id}
    session.execute(insert_into(session, KitKindAuthor).values(author).on_conflict_do_nothing())


def _require_second(session: Session, actor: Actor, kit: KitKind) -> None:
    if is_author_of_kit(session, kit, actor.id):
        raise SecondPersonNeeded(
            text(
                "%(login)s defined this kind of set. Another person of the ministry activates and deactivates it.",
                login=actor.login,
            )
        )


def _lock(session: Session) -> Sequence[KitKind]:
    """Return all kinds, locked until the transaction ends, so that no two people open or activate at once.

    They are read after the lock: PostgreSQL does not show rows that were added while it waited for it.
    """
    session.execute(select(KitKind.id).order_by(KitKind.id).with_for_update(of=KitKind, key_share=True)).all()
    every = select(KitKind).order_by(KitKind.id).execution_options(populate_existing=True)
    return session.scalars(every).all()


def _checked(definition: KitDefinition, others: Sequence[KitKind]) -> str:
    """Return the group of a definition that can stand beside the other kinds."""
    if not is_kit_code(definition.code):
        raise KitMalformed(text("Write the code as 2 to 8 capital Latin letters and digits, the first a letter."))
    if any(kind.code == definition.code for kind in others):
        raise KitCodeTaken(text("A set has the code %(code)s already. Choose another code.", code=definition.code))
    names = (definition.name_kk, definition.name_ru, definition.name_en)
    if not all(0 < len(clean(name)) <= _LONGEST_NAME for name in names):
        raise KitMalformed(text("Enter the name in Kazakh, Russian and English, each up to 200 characters."))
    if not 0 <= definition.age_from_months < definition.age_to_months <= _MOST_MONTHS:
        raise KitMalformed(text("The age from must be below the age until."))
    if not 0 < definition.interval_quarters <= _MOST_QUARTERS:
        raise KitMalformed(text("Enter after how many quarters the set is due again: 1 to 40."))
    if definition.for_award not in set(ForAward) or definition.for_sex not in set(ForSex):
        raise KitMalformed(text("Choose who may get the set."))
    if definition.group and not is_group(definition.group):
        raise KitMalformed(text("Write the group as up to 20 small Latin letters, digits and underlines."))
    return definition.group or _own_group(definition.code, {kind.group for kind in others})


def _own_group(code: str, taken: set[str]) -> str:
    group = code.lower()
    while group in taken:
        group += "_"
    return group


def _refuse_fixed(session: Session, kit: KitKind) -> None:
    if kit.activated_at is not None:
        raise KitFixed(text("%(kit)s was activated and keeps its definition. Open a new kind instead.", kit=kit.code))
    if is_definition_sealed(session, kit):
        raise KitFixed(
            text("A version of the standard of %(kit)s was submitted and names its definition.", kit=kit.code)
        )


def _refuse_overlap(kit: KitKind, kinds: Sequence[KitKind]) -> None:
    for other in kinds:
        if other.id != kit.id and other.is_active and other.group == kit.group and may_fit_one_child(kit, other):
            raise KitsOverlap(
                text(
                    "%(other)s (%(name)s) is of the same group, and some children could get both. "
                    "Deactivate %(other)s first, or set the ages apart.",
                    other=other.code,
                    name=name_of(other),
                )
            )


def _columns(definition: KitDefinition, group: str) -> dict[str, object]:
    return {
        "code": definition.code,
        "group": group,
        "age_from_months": definition.age_from_months,
        "age_to_months": definition.age_to_months,
        "interval_quarters": definition.interval_quarters,
        "for_award": definition.for_award,
        "for_sex": definition.for_sex,
    }


def _told(kit: KitKind) -> dict[str, object]:
    return {
        "code": kit.code,
        "group": kit.group,
        "months": [kit.age_from_months, kit.age_to_months],
        "quarters": kit.interval_quarters,
        "for_award": kit.for_award,
        "for_sex": kit.for_sex,
        "bit": kit.voucher_bit,
    }


def _record(
    session: Session, kit: KitKind, action: str, *, actor: Actor, at: datetime, detail: Mapping[str, object]
) -> None:
    record(
        session,
        actor_id=actor.id,
        action=f"catalog.{action}",
        subject="kit",
        subject_id=kit.code,
        at=at,
        detail=detail,
    )
