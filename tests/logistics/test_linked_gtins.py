"""Trade numbers of goods that came, linked once."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.values import Role
from catalog.errors import GtinTaken, GtinUnfit, LinkNotAllowed
from catalog.queries.gtins import find_item_by_gtin
from catalog.services.gtins import link_gtin
from core.audit import AuditEntry
from core.clock import now
from tests.logistics.test_supply import a_storekeeper, a_warehouse
from tests.support.goods import an_item
from tests.support.people import an_actor


def test_ux_22_a_trade_number_is_linked_once_and_another_item_is_named(session: Session) -> None:
    keeper = a_storekeeper(session, a_warehouse(session))
    item, other = an_item(session), an_item(session, "HYG")
    revision = item.revision
    for gtin in ("04870001234560", "4870001234560"):
        link_gtin(session, gtin=gtin, item_id=item.id, actor=keeper, at=now())
    found = find_item_by_gtin(session, "04870001234560")
    assert found is not None
    assert (found.id, found.revision) == (item.id, revision + 1)
    with pytest.raises(GtinTaken, match="F13"):
        link_gtin(session, gtin="4870001234560", item_id=other.id, actor=keeper, at=now())
    acts = session.scalars(select(AuditEntry).where(AuditEntry.action == "catalog.link_gtin")).all()
    assert [(one.subject_id, one.actor_id) for one in acts] == [("F13", keeper.id)]


@pytest.mark.parametrize("gtin", ["4870001234561", "123", "2000000000008", ""])
def test_a_number_that_no_manufacturer_gives_is_not_linked(session: Session, gtin: str) -> None:
    keeper = a_storekeeper(session, a_warehouse(session))
    with pytest.raises(GtinUnfit):
        link_gtin(session, gtin=gtin, item_id=an_item(session).id, actor=keeper, at=now())


def test_sec_20_only_who_has_the_right_links_a_trade_number(session: Session) -> None:
    auditor = an_actor(session, role=Role.AUDITOR)
    with pytest.raises(LinkNotAllowed):
        link_gtin(session, gtin="4870001234560", item_id=an_item(session).id, actor=auditor, at=now())
