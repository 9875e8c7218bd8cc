"""Plans of transfers, for tests that go over all pages."""

import uuid

from sqlalchemy.orm import Session

from core.clock import now
from core.quarters import Quarter
from distribution.models import Cycle, TransferPlan, TransferPlanLine
from distribution.values.transfer_plans import PlanStatus
from territory.models import District
from tests.support.goods import a_place, an_item
from tests.support.people import a_user
from warehouses.values import PlaceKind

FAR_QUARTER = Quarter(2031, 1)
"""A quarter that no test leads."""


def a_plan_in(session: Session, *, district_id: int) -> TransferPlan:
    """Add a plan of a district's region: five packs of F13 from the region's warehouse to a point of the district."""
    if session.get(Cycle, FAR_QUARTER) is None:
        session.add(Cycle(quarter=FAR_QUARTER, secret_sealed=b"", opened_at=now()))
        session.flush()
    region_id = session.get_one(District, district_id).region_id
    plan = TransferPlan(
        id=uuid.uuid4(),
        quarter=FAR_QUARTER,
        region_id=region_id,
        status=PlanStatus.PROPOSED,
        pack_kilometres=50,
        made_at=now(),
        made_by_id=a_user(session).id,
    )
    session.add(plan)
    session.flush()
    line = TransferPlanLine(
        plan_id=plan.id,
        number=1,
        item_id=an_item(session).id,
        from_place_id=a_place(session, kind=PlaceKind.REGIONAL, region_id=region_id).id,
        to_place_id=a_place(session, district_id=district_id).id,
        packs=5,
        kilometres=10,
        is_reserved=False,
    )
    session.add(line)
    session.flush()
    return plan
