"""Which rights each role holds: the one table a person reviews (domain, §8)."""

from accounts.permissions import AccountRight
from accounts.values import Role
from catalog.permissions import CatalogRight
from core.actors import Rights
from distribution.permissions import DistributionRight
from logistics.permissions import LogisticsRight
from warehouses.permissions import WarehouseRight

_READ_ALL: frozenset[str] = frozenset(
    {
        CatalogRight.READ,
        WarehouseRight.READ_STOCK,
        LogisticsRight.READ_ORDERS,
        LogisticsRight.READ_TRANSFERS,
        DistributionRight.READ_FAMILIES,
        DistributionRight.READ_REGISTRY,
        DistributionRight.READ_QUARTERS,
        DistributionRight.READ_VOUCHERS,
        DistributionRight.READ_HAND_OVERS,
        DistributionRight.READ_INCIDENTS,
    }
)

_TERRITORY: frozenset[str] = _READ_ALL | {
    CatalogRight.COMMENT_STANDARDS,
    DistributionRight.EDIT_CASES,
    DistributionRight.DECIDE_CASES,
    DistributionRight.REVEAL_PEOPLE,
    DistributionRight.ENTER_OBJECTIONS,
    DistributionRight.IMPORT_REGISTRY,
    DistributionRight.CONFIRM_REGISTRY,
    DistributionRight.DECIDE_LEADS,
    DistributionRight.ACKNOWLEDGE_ALERTS,
    DistributionRight.DROP_ALLOTMENTS,
    DistributionRight.PRINT_VOUCHERS,
    DistributionRight.CORRECT_HAND_OVERS,
    DistributionRight.RESOLVE_INCIDENTS,
    DistributionRight.MANAGE_DEVICES,
    LogisticsRight.DRAFT_ORDERS,
    LogisticsRight.APPROVE_ORDERS,
    LogisticsRight.DISPATCH_TRANSFERS,
    LogisticsRight.RECEIVE_TRANSFERS,
    LogisticsRight.REQUEST_TRANSFERS,
    LogisticsRight.APPROVE_TRANSFERS,
    WarehouseRight.MANAGE_PLACES,
    WarehouseRight.MANAGE_BINS,
    WarehouseRight.CORRECT_STOCK,
    WarehouseRight.APPROVE_WRITE_OFFS,
    WarehouseRight.CLOSE_COUNTS,
}

_POINT: frozenset[str] = frozenset(
    {
        CatalogRight.READ,
        WarehouseRight.READ_STOCK,
        LogisticsRight.READ_TRANSFERS,
        LogisticsRight.RECEIVE_TRANSFERS,
        LogisticsRight.REQUEST_TRANSFERS,
        DistributionRight.HAND_OVER,
        DistributionRight.READ_HAND_OVERS,
        WarehouseRight.COUNT_STOCK,
    }
)

RIGHTS: Rights = {
    Role.ADMINISTRATOR: frozenset(
        {
            AccountRight.READ_USERS,
            AccountRight.MANAGE_USERS,
            AccountRight.READ_AUDIT,
            DistributionRight.ACKNOWLEDGE_ALERTS,
            DistributionRight.MANAGE_DEVICES,
        }
    ),
    Role.MINISTRY: _READ_ALL
    | {
        CatalogRight.EDIT_ITEMS,
        CatalogRight.COMMENT_STANDARDS,
        CatalogRight.DRAFT_STANDARDS,
        CatalogRight.EDIT_ITEMS,
        CatalogRight.APPROVE_STANDARDS,
        CatalogRight.MANAGE_KITS,
        CatalogRight.SET_COVERAGE,
        DistributionRight.IMPORT_REGISTRY,
        DistributionRight.CONFIRM_REGISTRY,
        DistributionRight.ACKNOWLEDGE_ALERTS,
        DistributionRight.SET_POLICY,
        DistributionRight.FREEZE_ROSTER,
        DistributionRight.ANNOUNCE_ROSTER,
        DistributionRight.CLOSE_QUARTER,
        DistributionRight.DECIDE_OBJECTIONS,
        DistributionRight.DRAW,
        DistributionRight.ALLOT,
        DistributionRight.DROP_ALLOTMENTS,
        DistributionRight.APPROVE_ALLOTMENT,
        DistributionRight.PUBLISH,
        DistributionRight.MANAGE_KEYS,
        DistributionRight.RESERVE_STOCK,
        DistributionRight.PLAN_TRANSFERS,
        DistributionRight.PRINT_VOUCHERS,
        LogisticsRight.DRAFT_ORDERS,
        LogisticsRight.APPROVE_ORDERS,
        LogisticsRight.MANAGE_SUPPLIERS,
        LogisticsRight.REQUEST_TRANSFERS,
        LogisticsRight.APPROVE_TRANSFERS,
        LogisticsRight.ACCEPT_DELIVERIES,
        WarehouseRight.MANAGE_PLACES,
        WarehouseRight.CORRECT_STOCK,
        WarehouseRight.APPROVE_WRITE_OFFS,
        WarehouseRight.CLOSE_COUNTS,
        WarehouseRight.HOLD_LOTS,
        WarehouseRight.RELEASE_LOTS,
        WarehouseRight.ENTER_AFTER_CLOSE,
        WarehouseRight.CLOSE_PERIODS,
        WarehouseRight.SET_STOCK_POLICY,
        WarehouseRight.IMPORT_JOURNALS,
        WarehouseRight.RECALL_LOTS,
    },
    Role.REGION: _TERRITORY
    | {
        DistributionRight.DECIDE_OBJECTIONS,
        DistributionRight.PLAN_TRANSFERS,
        WarehouseRight.HOLD_LOTS,
        WarehouseRight.RELEASE_LOTS,
        WarehouseRight.ENTER_AFTER_CLOSE,
        WarehouseRight.IMPORT_JOURNALS,
        WarehouseRight.ASSEMBLE_KITS,
        LogisticsRight.ACCEPT_DELIVERIES,
        CatalogRight.LINK_GTINS,
    },
    Role.DISTRICT: _TERRITORY | {WarehouseRight.PRINT_LABELS},
    Role.STOREKEEPER: frozenset(
        {
            CatalogRight.READ,
            CatalogRight.LINK_GTINS,
            WarehouseRight.READ_STOCK,
            WarehouseRight.MANAGE_BINS,
            WarehouseRight.PUT_AWAY,
            WarehouseRight.HOLD_LOTS,
            LogisticsRight.READ_ORDERS,
            LogisticsRight.ACCEPT_DELIVERIES,
            LogisticsRight.READ_TRANSFERS,
            LogisticsRight.DISPATCH_TRANSFERS,
            LogisticsRight.RECEIVE_TRANSFERS,
            LogisticsRight.REQUEST_TRANSFERS,
            WarehouseRight.CORRECT_STOCK,
            WarehouseRight.DRAFT_WRITE_OFFS,
            WarehouseRight.APPROVE_WRITE_OFFS,
            WarehouseRight.ASSEMBLE_KITS,
            WarehouseRight.PRINT_LABELS,
            WarehouseRight.COUNT_STOCK,
            WarehouseRight.CLOSE_COUNTS,
        }
    ),
    Role.MANAGER: _POINT
    | {
        DistributionRight.MANAGE_DEVICES,
        DistributionRight.WORK_OFFLINE,
        DistributionRight.SEARCH_FAMILIES,
    },
    Role.OPERATOR: _POINT,
    Role.SUPPLIER: frozenset({LogisticsRight.READ_ORDERS}),
    Role.AUDITOR: _READ_ALL | {AccountRight.READ_AUDIT},
}
