"""The rights that accounts check."""

from enum import StrEnum


class AccountRight(StrEnum):
    """What may be done with accounts."""

    READ_USERS = "accounts.read_users"
    MANAGE_USERS = "accounts.manage_users"
    READ_AUDIT = "accounts.read_audit"
