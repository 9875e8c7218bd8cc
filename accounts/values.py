"""Nouns of accounts."""

from dataclasses import dataclass
from enum import StrEnum

from core.i18n import Text, text


class Role(StrEnum):
    """What a person is in the programme (domain, §8)."""

    ADMINISTRATOR = "administrator"
    MINISTRY = "ministry"
    REGION = "region"
    DISTRICT = "district"
    STOREKEEPER = "storekeeper"
    MANAGER = "manager"
    OPERATOR = "operator"
    SUPPLIER = "supplier"
    AUDITOR = "auditor"


class ScopeKind(StrEnum):
    """What a role may be bound to."""

    COUNTRY = "country"
    REGION = "region"
    DISTRICT = "district"
    PLACE = "place"
    SUPPLIER = "supplier"


BOUND_TO: dict[Role, tuple[ScopeKind, ...]] = {
    Role.ADMINISTRATOR: (ScopeKind.COUNTRY,),
    Role.MINISTRY: (ScopeKind.COUNTRY,),
    Role.REGION: (ScopeKind.REGION,),
    Role.DISTRICT: (ScopeKind.DISTRICT,),
    Role.STOREKEEPER: (ScopeKind.PLACE,),
    Role.MANAGER: (ScopeKind.PLACE,),
    Role.OPERATOR: (ScopeKind.PLACE,),
    Role.SUPPLIER: (ScopeKind.SUPPLIER,),
    Role.AUDITOR: (ScopeKind.COUNTRY, ScopeKind.REGION, ScopeKind.DISTRICT),
}
"""Which kinds of scope each role is given with."""


ROLE_NAMES: dict[str, Text] = {
    Role.ADMINISTRATOR: text("Administrator"),
    Role.MINISTRY: text("Ministry"),
    Role.REGION: text("Region"),
    Role.DISTRICT: text("District"),
    Role.STOREKEEPER: text("Storekeeper"),
    Role.MANAGER: text("Manager of a point"),
    Role.OPERATOR: text("Operator of a point"),
    Role.SUPPLIER: text("Supplier"),
    Role.AUDITOR: text("Auditor"),
}

ROLE_DUTIES: dict[str, Text] = {
    Role.ADMINISTRATOR: text(
        "Invites users, gives and withdraws roles, reads the audit trail. Sees no families and no stock."
    ),
    Role.MINISTRY: text("Keeps standards and quarters, orders supply, allots and approves; reads everything."),
    Role.REGION: text("Imports the registry, orders, sends and receives goods, looks after the points of its region."),
    Role.DISTRICT: text(
        "Imports the registry, orders, sends and receives goods, looks after the points of its district."
    ),
    Role.STOREKEEPER: text("Receives deliveries, sends and receives transfers of its warehouse."),
    Role.MANAGER: text("Hands packages over at its point, and lets phones and operators of the point work offline."),
    Role.OPERATOR: text("Hands packages over at its point; may take a hand-over back for 5 minutes."),
    Role.SUPPLIER: text("Sees its own orders and nothing else."),
    Role.AUDITOR: text("Reads everything within its territory, the audit trail too; changes nothing."),
}
"""What each role may do, in a sentence."""

SCOPE_KIND_NAMES: dict[str, Text] = {
    ScopeKind.COUNTRY: text("Whole country"),
    ScopeKind.REGION: text("Region"),
    ScopeKind.DISTRICT: text("District"),
    ScopeKind.PLACE: text("Warehouse or point"),
    ScopeKind.SUPPLIER: text("Supplier"),
}


class TokenScope(StrEnum):
    """What a program may do with a token; never more than the roles of whoever made it."""

    READ = "read"
    WRITE = "write"


TOKEN_SCOPES: dict[str, Text] = {
    TokenScope.READ: text("Read"),
    TokenScope.WRITE: text("Read and write"),
}


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    FIRST_ADMINISTRATOR = "first_administrator"
    INVITATION = "invitation"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Credential:
    """What a sign-in is checked against; `password_hash` is None where nobody can sign in with this login."""

    user_id: int | None
    password_hash: str | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A role of a user as pages show it: with names, and who gave and approved it."""

    id: int
    role: str
    scope_kind: str
    scope_id: int
    is_approved: bool
    granted_by_id: int | None
    granted_by: str | None
    approved_by: str | None
