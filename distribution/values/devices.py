"""Nouns of devices: in which state one is, and why one was revoked."""

from enum import StrEnum


class DeviceState(StrEnum):
    """What people see of a device first; the gravest that is so."""

    IN_USE = "in_use"
    HOLDS_LIST = "holds_list"
    SILENT = "silent"
    EXPIRED = "expired"
    REVOKED = "revoked"


class RevokedReason(StrEnum):
    """Why a device counts no more."""

    LOST = "lost"
    REPLACED = "replaced"
    LEFT = "left"
    MISUSE = "misuse"
