"""Codes on packs, cartons and pallets, as scanners and people send them: read by the rules of GS1, or refused."""

from core.gs1.errors import CodeUnreadable
from core.gs1.reading import read_code
from core.gs1.values import ReadCode, Reading

__all__ = ["CodeUnreadable", "ReadCode", "Reading", "read_code"]
