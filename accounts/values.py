"""Nouns of accounts."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is in the programme (domain, §8)."""

    ADMINISTRATOR = "administrator"
    MINISTRY = "ministry"
    REGION = "region"
    DISTRICT = "district"
    STOREKEEPER = "storekeeper"
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
    Role.OPERATOR: (ScopeKind.PLACE,),
    Role.SUPPLIER: (ScopeKind.SUPPLIER,),
    Role.AUDITOR: (ScopeKind.COUNTRY, ScopeKind.REGION, ScopeKind.DISTRICT),
}
"""Which kinds of scope each role is given with."""


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    FIRST_ADMINISTRATOR = "first_administrator"
    INVITATION = "invitation"
    RESET = "reset"
