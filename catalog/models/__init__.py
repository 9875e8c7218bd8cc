"""Tables of items, kit kinds, versions of standards and norms."""

from catalog.models.item_batches import ItemBatch, ItemBatchRow
from catalog.models.items import Item, ItemGtin, ItemNutrient
from catalog.models.kits import (
    FixedQuarter,
    KitKind,
    KitKindAuthor,
    KitLine,
    KitSubstitute,
    KitVersion,
    KitVersionAuthor,
    KitVersionComment,
)
from catalog.models.norms import CoveragePolicy, Norm, NormValue

__all__ = [
    "CoveragePolicy",
    "FixedQuarter",
    "Item",
    "ItemBatch",
    "ItemBatchRow",
    "ItemGtin",
    "ItemNutrient",
    "KitKind",
    "KitKindAuthor",
    "KitLine",
    "KitSubstitute",
    "KitVersion",
    "KitVersionAuthor",
    "KitVersionComment",
    "Norm",
    "NormValue",
]
