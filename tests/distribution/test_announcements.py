"""What is told before the draw: supply fixed, event named, window open, seed written down once, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from accounts.values import Role
from core.clock import today
from core.crypto import FieldKeys
from distribution.errors import KitUnknown, NotYourStep, SeedMissing, StepTaken, StepTooEarly
from distribution.models import Roster
from distribution.services.announcements import announce, fixed_supply, record_seed
from distribution.services.rosters import freeze_roster
from tests.distribution.test_allot import TODDLER
from tests.support.families import AT, QUARTER, a_family, a_ministry, a_point, packed_kits
from tests.support.people import an_actor


def frozen(session: Session, keys: FieldKeys) -> Roster:
    return freeze_roster(session, quarter=QUARTER, actor=a_ministry(session), at=AT, keys=keys)


def announced(session: Session, roster: Roster, promised: dict[str, int] | None = None) -> Roster:
    return announce(
        session,
        roster=roster,
        seed_source="Lottery 6/49, 5 October 2026",
        announced=promised or {},
        actor=a_ministry(session),
        at=AT,
    )


def test_announcing_fixes_supply_and_opens_the_window(session: Session, keys: FieldKeys) -> None:
    point = a_point(session)
    a_family(session, births=[TODDLER])
    packed_kits(session, point, "F13", 3)
    roster = announced(session, frozen(session, keys), {"HYG": 2})
    assert fixed_supply(session, roster)["F13"] == 3
    assert fixed_supply(session, roster)["HYG"] == 2
    assert roster.objections_until == today(AT) + timedelta(days=10)
    packed_kits(session, point, "F13", 5)
    assert fixed_supply(session, roster)["F13"] == 3
    with pytest.raises(StepTaken), session.begin_nested():
        announced(session, roster)


def test_what_one_roster_was_told_is_not_told_to_the_next(session: Session, keys: FieldKeys) -> None:
    point = a_point(session)
    a_family(session, births=[TODDLER])
    packed_kits(session, point, "F13", 3)
    announced(session, frozen(session, keys))
    a_family(session, births=[TODDLER])
    second = announced(session, frozen(session, keys))
    assert fixed_supply(session, second)["F13"] == 2


def test_a_seed_is_entered_once_and_only_after_the_window(session: Session, keys: FieldKeys) -> None:
    a_family(session, births=[TODDLER])
    roster, actor = frozen(session, keys), a_ministry(session)
    with pytest.raises(StepTooEarly), session.begin_nested():
        record_seed(session, roster=roster, seed="1 2 3", actor=actor, at=AT)
    announced(session, roster)
    with pytest.raises(StepTooEarly, match="object through"), session.begin_nested():
        record_seed(session, roster=roster, seed="1 2 3", actor=actor, at=AT + timedelta(days=10))
    later = AT + timedelta(days=11)
    with pytest.raises(SeedMissing), session.begin_nested():
        record_seed(session, roster=roster, seed=" ", actor=actor, at=later)
    record_seed(session, roster=roster, seed=" 1 2 3 ", actor=actor, at=later)
    assert (roster.seed, roster.drawn_by_id) == ("1 2 3", actor.id)
    with pytest.raises(StepTaken), session.begin_nested():
        record_seed(session, roster=roster, seed="4 5 6", actor=actor, at=later)


def test_an_event_must_be_named_and_sets_be_known(session: Session, keys: FieldKeys) -> None:
    a_family(session, births=[TODDLER])
    roster, actor = frozen(session, keys), a_ministry(session)
    with pytest.raises(SeedMissing), session.begin_nested():
        announce(session, roster=roster, seed_source=" ", announced={}, actor=actor, at=AT)
    with pytest.raises(KitUnknown), session.begin_nested():
        announced(session, roster, {"XXX": 1})
    assert roster.root_published_at is None


def test_only_the_ministry_announces_and_draws(session: Session, keys: FieldKeys) -> None:
    a_family(session, births=[TODDLER])
    roster, stranger = frozen(session, keys), an_actor(session, role=Role.REGION)
    with pytest.raises(NotYourStep):
        announce(session, roster=roster, seed_source="x", announced={}, actor=stranger, at=AT)
    with pytest.raises(NotYourStep):
        record_seed(session, roster=roster, seed="x", actor=stranger, at=AT)
