"""Writes of versions of standards: they are drafted, submitted, approved, and count from a quarter on."""

from datetime import datetime

from sqlalchemy.orm import Session

from catalog.models import FixedQuarter
from core.dialects import insert_into
from core.quarters import Quarter


def fix_standards(session: Session, *, quarter: Quarter, at: datetime) -> None:
    """Let the standards of a quarter count as they are: from now on no version may begin in it or before it.

    Whoever freezes a roster does this first; the database refuses a roster without. Twice is as good as once.

    Source: domain, §2: a frozen quarter takes no new version.
    """
    row = {"quarter": quarter, "fixed_at": at}
    session.execute(insert_into(session, FixedQuarter).values(row).on_conflict_do_nothing())
