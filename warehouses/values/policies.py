"""What is set for all warehouses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a lot expires soon, how long a received one must last beyond its quarter, how much a delivery may exceed.

    Days, days, percent; `gs1_prefix` is the company prefix of the state's own warehouses, empty = none.
    """

    near_expiry_days: int
    receipt_margin_days: int
    over_percent: int
    gs1_prefix: str


USUAL_POLICY = Thresholds(near_expiry_days=122, receipt_margin_days=30, over_percent=0, gs1_prefix="")
"""What holds while nothing was set: a warning four months before, a month beyond the quarter, nothing in excess."""
