"""Notices: every family of a roster learns its children's numbers, granted or not, before and after the draw (§6.6)."""

from datetime import datetime
from typing import IO
from uuid import UUID

from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.i18n import text
from core.jobs.queue import ask_job
from distribution.documents.notices import write_notice_sheets
from distribution.errors import StepTooEarly
from distribution.models import Roster
from distribution.permissions import DistributionRight
from distribution.queries.notices import stream_notices
from distribution.queries.quarters import get_district_by_kato

NOTICES = "notices"
"""The kind of long work."""


def ask_for_notices(session: Session, *, roster: Roster, kato: str, address: str, actor: Actor, at: datetime) -> UUID:
    """Ask for the notices of a district as long work; `address` is where the public page of a child begins.

    Raises:
        DistrictUnknown: the district is not within what the actor may print.
        StepTooEarly: the roster is not announced: the page that the notices lead to would not be there.
        JobAlreadyAsked: they are being written now.
    """
    district = get_district_by_kato(session, kato, actor.reach(DistributionRight.PRINT_VOUCHERS))
    if roster.root_published_at is None:
        raise StepTooEarly(text("The roster is not announced yet. Notices lead to its public page."))
    arguments = {"quarter": str(roster.quarter), "roster": roster.number, "kato": kato, "address": address}
    record(
        session,
        actor_id=actor.id,
        action="notices.printed",
        subject="roster",
        subject_id=f"{roster.quarter}/{roster.number}",
        at=at,
        district_id=district.id,
    )
    subject = notices_subject(roster, kato)
    return ask_job(session, kind=NOTICES, subject=subject, arguments=arguments, actor_id=actor.id, at=at)


def notices_subject(roster: Roster, kato: str) -> str:
    """Return what the long work for a district's notices is about."""
    return f"{roster.quarter}/{roster.number}/{kato}"


def write_notices(session: Session, file: IO[bytes], *, roster: Roster, kato: str, address: str, actor: Actor) -> int:
    """Write the notices of a district's families; return how many families there are.

    Raises:
        DistrictUnknown: the district is not within what the actor may print.
    """
    district = get_district_by_kato(session, kato, actor.reach(DistributionRight.PRINT_VOUCHERS))
    notices = stream_notices(session, roster, district.id)
    return write_notice_sheets(file, notices, quarter=roster.quarter, district=district, address=address)
