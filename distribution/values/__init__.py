"""Nouns of families, quarters, vouchers and hand-overs."""

from distribution.values.allotments import AllotmentStatus
from distribution.values.cases import CaseStatus
from distribution.values.hand_overs import Collector, ReturnedPacks, ScanAnswer, ScanWay, SeenPaper, Verdict
from distribution.values.registry import NOTES, AwardStatus, BatchStatus, KeptState, RowRemark, RowState

__all__ = [
    "NOTES",
    "AllotmentStatus",
    "AwardStatus",
    "BatchStatus",
    "CaseStatus",
    "Collector",
    "KeptState",
    "ReturnedPacks",
    "RowRemark",
    "RowState",
    "ScanAnswer",
    "ScanWay",
    "SeenPaper",
    "Verdict",
]
