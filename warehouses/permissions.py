"""The rights that warehouses check."""

from enum import StrEnum


class WarehouseRight(StrEnum):
    """What may be done with places and stock."""

    READ_STOCK = "warehouses.read_stock"
    MANAGE_PLACES = "warehouses.manage_places"
    MANAGE_BINS = "warehouses.manage_bins"
    PUT_AWAY = "warehouses.put_away"
    HOLD_LOTS = "warehouses.hold_lots"
    RELEASE_LOTS = "warehouses.release_lots"
    RECALL_LOTS = "warehouses.recall_lots"
    ASSEMBLE_KITS = "warehouses.assemble_kits"
    PRINT_LABELS = "warehouses.print_labels"
    CORRECT_STOCK = "warehouses.correct_stock"
    ENTER_AFTER_CLOSE = "warehouses.enter_after_close"
    DRAFT_WRITE_OFFS = "warehouses.draft_write_offs"
    APPROVE_WRITE_OFFS = "warehouses.approve_write_offs"
    CLOSE_PERIODS = "warehouses.close_periods"
    SET_STOCK_POLICY = "warehouses.set_stock_policy"
    IMPORT_JOURNALS = "warehouses.import_journals"
    COUNT_STOCK = "warehouses.count_stock"
    CLOSE_COUNTS = "warehouses.close_counts"
