"""The rights that distribution checks."""

from enum import StrEnum


class DistributionRight(StrEnum):
    """What may be done with families, quarters, vouchers and hand-overs."""

    READ_FAMILIES = "distribution.read_families"
    EDIT_CASES = "distribution.edit_cases"
    DECIDE_CASES = "distribution.decide_cases"
    REVEAL_PEOPLE = "distribution.reveal_people"
    SET_POLICY = "distribution.set_policy"
    READ_REGISTRY = "distribution.read_registry"
    IMPORT_REGISTRY = "distribution.import_registry"
    CONFIRM_REGISTRY = "distribution.confirm_registry"
    DECIDE_LEADS = "distribution.decide_leads"
    ACKNOWLEDGE_ALERTS = "distribution.acknowledge_alerts"
    READ_QUARTERS = "distribution.read_quarters"
    FREEZE_ROSTER = "distribution.freeze_roster"
    ANNOUNCE_ROSTER = "distribution.announce_roster"
    DRAW = "distribution.draw"
    ALLOT = "distribution.allot"
    DROP_ALLOTMENTS = "distribution.drop_allotments"
    APPROVE_ALLOTMENT = "distribution.approve_allotment"
    PUBLISH = "distribution.publish"
    RESERVE_STOCK = "distribution.reserve_stock"
    READ_VOUCHERS = "distribution.read_vouchers"
    PRINT_VOUCHERS = "distribution.print_vouchers"
    HAND_OVER = "distribution.hand_over"
    READ_HAND_OVERS = "distribution.read_hand_overs"
    CORRECT_HAND_OVERS = "distribution.correct_hand_overs"
    PLAN_TRANSFERS = "distribution.plan_transfers"
