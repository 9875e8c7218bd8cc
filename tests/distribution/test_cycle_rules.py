"""The order of a quarter's steps, previews and differences, by their properties."""

from datetime import timedelta

from hypothesis import given, strategies as st

from core.quarters import Quarter
from distribution.rules.comparison import differences, sums_of
from distribution.rules.previews import Group, by_class, preview
from distribution.rules.rationing import quotas
from distribution.rules.reports import report_of
from distribution.rules.steps import Done, find_step_out_of_order, is_overdue, next_step, usual_days
from distribution.values.cycles import QuarterStep

KATOS = ("113200000", "113400000", "114000000")
groups = st.lists(
    st.builds(
        Group,
        kato=st.sampled_from(KATOS),
        kit=st.just("ANY"),
        rank=st.integers(0, 3),
        missed=st.integers(0, 3),
        children=st.integers(1, 40),
    ),
    max_size=12,
)


@given(groups, st.integers(0, 300))
def test_a_preview_shares_out_exactly_what_the_real_sharing_would(found: list[Group], supply: int) -> None:
    need = {kato: sum(one.children for one in found if one.kato == kato) for kato in {one.kato for one in found}}
    districts = preview(found, supply)
    assert {one.kato: one.quota for one in districts} == quotas(supply, need)
    for one in districts:
        assert sum(row.granted for row in one.classes) == one.quota
        assert sum(row.need for row in one.classes) == one.need
        waits = [row.rank for row in one.classes if row.granted < row.need]
        assert all(row.granted == 0 for row in one.classes if waits and row.rank > waits[0]), "a class after the first"
    assert sum(row.granted for row in by_class(districts)) == min(supply, sum(need.values()))


@given(st.dates(min_value=Quarter(2021, 1).first_day, max_value=Quarter(2090, 1).first_day), st.integers(0, 60))
def test_the_usual_days_follow_each_other(on: object, objection_days: int) -> None:
    quarter = Quarter.of(on)  # type: ignore[arg-type]
    days = usual_days(quarter, objection_days)
    assert find_step_out_of_order(days) is None
    assert days[QuarterStep.OBJECTIONS] - days[QuarterStep.ANNOUNCE] == timedelta(days=objection_days)
    assert find_step_out_of_order({**days, QuarterStep.DRAW: days[QuarterStep.FREEZE]}) is not None


def test_a_roster_that_was_allotted_without_a_draw_goes_on() -> None:
    assert next_step(Done(imported=True, frozen=True)) is QuarterStep.ANNOUNCE
    assert next_step(Done(frozen=True, announced=True)) is QuarterStep.OBJECTIONS
    assert next_step(Done(frozen=True, announced=True, objected=True)) is QuarterStep.DRAW
    assert next_step(Done(frozen=True, allotted=True)) is QuarterStep.APPROVE
    done = Done(frozen=True, allotted=True, approved=True, reserved=True, vouchers=True, handed_over=True)
    assert next_step(done) is QuarterStep.CLOSE
    assert next_step(Done(closed=True)) is None


def test_a_report_sums_up_to_what_was_needed() -> None:
    kato, kit = KATOS[0], "ANY"
    told = report_of(
        [(kato, kit, "granted", "", 5), (kato, kit, "lapsed", "not_collected", 2), (kato, kit, "waiting", "", 3)],
        {(kato, kit): 7},
    )
    figures = {"need": 10, "quota": 7, "collected": 5, "not_collected": 2, "no_voucher": 0, "waiting": 3, "dropped": 0}
    assert told == {"districts": [{"kato": kato, "kit": kit, **figures}], "totals": {kit: figures}}


def test_before_plus_joined_minus_left_is_now() -> None:
    spot = (KATOS[0], "ANY")
    changes = [(*spot, "born", 3), (*spot, "ended", 1), (KATOS[2], "ANY", "born", 9)]
    rows = differences({spot: 10}, {spot: 12}, changes, katos=KATOS[:2])
    assert [row.kato for row in rows] == [KATOS[0]]
    total = sums_of(rows)
    assert (total.before, total.now, sum(total.causes.values())) == (10, 12, 4)


def test_handing_over_is_late_only_after_the_last_day_of_its_quarter() -> None:
    quarter = Quarter(2026, 4)
    planned = quarter.first_day
    assert not is_overdue(QuarterStep.HAND_OVER, planned, quarter=quarter, on=quarter.last_day)
    assert is_overdue(QuarterStep.HAND_OVER, planned, quarter=quarter, on=quarter.next().first_day)
    assert is_overdue(QuarterStep.RESERVE, planned, quarter=quarter, on=quarter.last_day)
    assert not is_overdue(QuarterStep.RESERVE, None, quarter=quarter, on=quarter.last_day)
