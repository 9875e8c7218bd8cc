"""What speaks against rows of a file of items, judged all at once by what the catalogue knows already."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from catalog.rules.gtin import same_numbers
from catalog.rules.item_columns import ItemRow
from catalog.rules.items import differences, faults_of
from catalog.values import UNITS, ItemFacts, ItemKind
from core.errors import Fault
from core.i18n import text

OF_PACKED_KITS = frozenset({"gtins", "storage_min_c", "storage_max_c", "note"})
"""What a file may change of a packed set; the rest comes with its kind of set."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An item as it stands in the catalogue."""

    id: int
    revision: int
    row: ItemRow


@dataclass(frozen=True, slots=True)
class Around:
    """What the catalogue knows of everything that a file names.

    `items` by code, `owners` of trade numbers by every way to print them, `counting` by item the set whose approved
    standard counts on its pack, `sizes` by item and size the code of the size, `with_sizes` the items that have any.
    """

    items: Mapping[str, Standing] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    counting: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    with_sizes: frozenset[str] = frozenset()


def faults_among(facts: ItemFacts, around: Around) -> list[Fault]:
    """Return everything that speaks against what a row says, by itself and by what the catalogue knows."""
    standing = around.items.get(facts.code)
    if standing is not None and standing.row.kind == ItemKind.PACKED_KIT:
        return [*_of_packed_kit(facts, standing), *_taken(facts, around)]
    alone = faults_of(facts)
    wrong = {str(fault.field) for fault in alone}
    known = [*_taken(facts, around), *_fixed(facts, around), *_misplaced(facts, around)]
    return [*alone, *(fault for fault in known if str(fault.field) not in wrong)]


def twins_among(rows: Sequence[tuple[int, ItemFacts]]) -> Mapping[int, list[Fault]]:
    """Return what speaks against rows, by their number, because other rows of the file say the same thing."""
    found: dict[int, list[Fault]] = defaultdict(list)
    by_code = _gathered((facts.code, number) for number, facts in rows if facts.code)
    by_gtin = _gathered((_longest(gtin), number) for number, facts in rows for gtin in facts.gtins)
    by_size = _gathered((f"{facts.variant_of}\n{facts.variant}", number) for number, facts in rows if facts.variant_of)
    for numbers in by_code.values():
        for number in numbers if len(numbers) > 1 else ():
            message = text("The code stands in the rows %(rows)s. Keep one of them.", rows=_told(numbers))
            found[number].append(Fault("code", message))
    for gtin, numbers in by_gtin.items():
        for number in set(numbers) if len(set(numbers)) > 1 else ():
            message = text("The trade number %(gtin)s stands in the rows %(rows)s.", gtin=gtin, rows=_told(numbers))
            found[number].append(Fault("gtins", message))
    for numbers in by_size.values():
        for number in numbers if len(numbers) > 1 else ():
            message = text("The same size of the same item stands in the rows %(rows)s.", rows=_told(numbers))
            found[number].append(Fault("variant", message))
    return found


def with_new_items(around: Around, entered: Mapping[str, ItemFacts]) -> Around:
    """Return what the catalogue would know if these new items were in it, so that their sizes find them."""
    made = {code: Standing(0, 0, ItemRow(facts, ItemKind.COMPONENT, False)) for code, facts in entered.items()}
    return replace(around, items={**made, **around.items})


def _gathered(pairs: Iterator[tuple[str, int]]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for key, number in pairs:
        found[key].append(number)
    return found


def _longest(gtin: str) -> str:
    return max(same_numbers(gtin), key=len, default=gtin) if gtin.isascii() and gtin.isdigit() else gtin


def _told(numbers: Sequence[int]) -> str:
    several = sorted(Counter(numbers))
    return ", ".join(map(str, several[:5])) + (" …" if len(several) > 5 else "")  # noqa: PLR2004 - five are enough


def _of_packed_kit(facts: ItemFacts, standing: Standing) -> Iterator[Fault]:
    stored = standing.row.facts
    message = text("This comes with the kind of set. Change it there; here, leave it as it is.")
    yield from (Fault(name, message) for name in differences(stored, facts) if name not in OF_PACKED_KITS)
    own = replace(
        stored,
        gtins=facts.gtins,
        storage_min_c=facts.storage_min_c,
        storage_max_c=facts.storage_max_c,
        note=facts.note,
    )
    yield from (fault for fault in faults_of(own) if str(fault.field) in OF_PACKED_KITS)


def _taken(facts: ItemFacts, around: Around) -> Iterator[Fault]:
    for gtin in facts.gtins:
        owner = around.owners.get(gtin)
        if owner is not None and owner != facts.code:
            yield Fault(
                "gtins",
                text(
                    "%(gtin)s is a trade number of the item %(code)s. Take it off there first, or off here.",
                    gtin=gtin,
                    code=owner,
                ),
            )


def _fixed(facts: ItemFacts, around: Around) -> Iterator[Fault]:
    standing, kit = around.items.get(facts.code), around.counting.get(facts.code)
    if standing is None or kit is None:
        return
    stored = standing.row.facts
    if (stored.pack_net, stored.pack_unit) != (facts.pack_net, facts.pack_unit):
        yield Fault(
            "pack_net",
            text(
                "An approved standard, %(kit)s, counts on packs of %(net)s %(unit)s. Another pack is another item: "
                "enter it and retire this one.",
                kit=kit,
                net=stored.pack_net,
                unit=UNITS[stored.pack_unit],
            ),
        )


def _misplaced(facts: ItemFacts, around: Around) -> Iterator[Fault]:
    if not facts.variant_of:
        return
    standing, base = around.items.get(facts.code), around.items.get(facts.variant_of)
    other = around.sizes.get((facts.variant_of, facts.variant))
    if base is None or base.row.kind != ItemKind.COMPONENT:
        yield Fault("variant_of", text("There is no component with the code %(code)s.", code=facts.variant_of[:40]))
    elif base.row.facts.variant_of:
        yield Fault(
            "variant_of",
            text(
                "%(code)s is a size itself, and sizes have no sizes. Name the item that it is a size of.",
                code=facts.variant_of,
            ),
        )
    elif facts.code in around.with_sizes:
        yield Fault("variant_of", text("This item has sizes of its own, so it cannot be a size of another."))
    elif base.row.is_retired and (standing is None or standing.row.facts.variant_of != facts.variant_of):
        yield Fault(
            "variant_of",
            text("%(code)s is retired and takes no new sizes. Restore it first.", code=facts.variant_of),
        )
    elif other is not None and other != facts.code:
        yield Fault("variant", text("%(code)s is this size of it already. Enter another size.", code=other))
