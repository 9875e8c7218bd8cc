"""The rights that catalog checks."""

from enum import StrEnum


class CatalogRight(StrEnum):
    """What may be done with the catalogue."""

    READ = "catalog.read"
    EDIT_ITEMS = "catalog.edit_items"
    LINK_GTINS = "catalog.link_gtins"
    MANAGE_KITS = "catalog.manage_kits"
    COMMENT_STANDARDS = "catalog.comment_standards"
    DRAFT_STANDARDS = "catalog.draft_standards"
    APPROVE_STANDARDS = "catalog.approve_standards"
    SET_COVERAGE = "catalog.set_coverage"
