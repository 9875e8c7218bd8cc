"""Nouns of keys."""

from enum import StrEnum


class KeyPurpose(StrEnum):
    """What a key of a quarter is for, and for nothing else."""

    VOUCHER = "voucher"
    STATUS = "status"
    RECEIPT = "receipt"
    SEALING = "sealing"


class KeyAlgorithm(StrEnum):
    """How a key signs; `HPKE` opens what devices seal."""

    EDDSA = "EdDSA"
    ES256 = "ES256"
    HPKE = "HPKE"
