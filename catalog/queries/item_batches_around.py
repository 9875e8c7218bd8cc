"""What the catalogue knows of everything that a file of items names, in a few statements however long the file is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload, subqueryload

from catalog.models import Item, ItemGtin, KitKind, KitLine, KitSubstitute, KitVersion
from catalog.queries.items import facts_of
from catalog.rules.gtin import same_numbers
from catalog.rules.item_batches_faults import Around, Standing
from catalog.rules.item_columns import ItemRow
from catalog.values import ItemFacts, VersionStatus

_AT_ONCE = 5_000
"""Values in one IN: fewer than either engine takes."""


def row_of(item: Item) -> ItemRow:
    """Return an item, read with its facts, as a file tells it."""
    return ItemRow(facts_of(item), item.kind, item.retired_at is not None)


def find_standing(session: Session, codes: Iterable[str]) -> Mapping[str, Standing]:
    """Return the items with these codes as they stand, by code."""
    found = {}
    for some in _portions(sorted(set(codes))):
        statement = select(Item).where(Item.code.in_(some))
        parts = (subqueryload(Item.gtins), subqueryload(Item.nutrients), joinedload(Item.base))
        for item in session.scalars(statement.options(*parts).execution_options(populate_existing=True)):
            found[item.code] = Standing(item.id, item.revision, row_of(item))
    return found


def look_around(session: Session, given: Sequence[ItemFacts], standing: Mapping[str, Standing]) -> Around:
    """Return what must be known to judge rows; `standing` are the items that the rows are about."""
    bases = {facts.variant_of for facts in given if facts.variant_of}
    repacked = [
        facts.code
        for facts in given
        if (known := standing.get(facts.code)) is not None
        and (known.row.facts.pack_net, known.row.facts.pack_unit) != (facts.pack_net, facts.pack_unit)
    ]
    becoming_sizes = [facts.code for facts in given if facts.variant_of and facts.code in standing]
    return Around(
        items={**find_standing(session, bases - standing.keys()), **standing},
        owners=_owners(session, {gtin for facts in given for gtin in facts.gtins}),
        counting=_counting(session, repacked),
        sizes=_sizes(session, bases),
        with_sizes=_with_sizes(session, becoming_sizes),
    )


def find_revisions(session: Session, ids: Iterable[int]) -> Mapping[int, int]:
    """Return the revisions of items, by their id."""
    found: dict[int, int] = {}
    for some in _portions(sorted(set(ids))):
        found |= dict(session.execute(select(Item.id, Item.revision).where(Item.id.in_(some))).all())
    return found


def _owners(session: Session, gtins: Iterable[str]) -> Mapping[str, str]:
    wanted = {one for gtin in gtins if gtin.isascii() and gtin.isdigit() for one in same_numbers(gtin)}
    found: dict[str, str] = {}
    for some in _portions(sorted(wanted)):
        statement = select(ItemGtin.gtin, Item.code).join(Item, Item.id == ItemGtin.item_id)
        for gtin, code in session.execute(statement.where(ItemGtin.gtin.in_(some))):
            found |= dict.fromkeys(same_numbers(gtin), code)
    return found


def _counting(session: Session, codes: Sequence[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for some in _portions(codes):
        for part, column in ((KitLine, KitLine.item_id), (KitSubstitute, KitSubstitute.substitute_id)):
            statement = (
                select(Item.code, KitKind.code)
                .join(part, column == Item.id)
                .join(KitVersion, KitVersion.id == part.version_id)
                .join(KitKind, KitKind.id == KitVersion.kit_kind_id)
                .where(Item.code.in_(some), KitVersion.status == VersionStatus.APPROVED)
                .order_by(KitKind.id.desc())
            )
            found |= dict(session.execute(statement).all())
    return found


def _sizes(session: Session, bases: Iterable[str]) -> Mapping[tuple[str, str], str]:
    base = aliased(Item)
    found: dict[tuple[str, str], str] = {}
    for some in _portions(sorted(bases)):
        statement = select(base.code, Item.variant, Item.code).join(base, base.id == Item.variant_of_id)
        for code, variant, size in session.execute(statement.where(base.code.in_(some))):
            found[code, variant] = size
    return found


def _with_sizes(session: Session, codes: Sequence[str]) -> frozenset[str]:
    base = aliased(Item)
    found: set[str] = set()
    for some in _portions(codes):
        statement = select(base.code).join(Item, Item.variant_of_id == base.id).where(base.code.in_(some))
        found |= set(session.scalars(statement.distinct()))
    return frozenset(found)


def _portions(values: Sequence[str] | Sequence[int]) -> Iterator[Sequence[str] | Sequence[int]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
