"""Families entered and corrected by hand: who applied, where they live, how they are reached."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actors import Actor
from core.audit import record
from core.clock import today
from core.crypto import FieldKeys
from core.i18n import Text, text
from core.text import clean, fold, sort_key
from distribution.errors import FamilyUnknown, ReasonMissing
from distribution.errors.people import PersonFactsWrong, PersonKnown
from distribution.models import AssistanceCase, Family
from distribution.permissions import DistributionRight
from distribution.queries.families import get_family
from distribution.rules.eligibility import full_months
from distribution.rules.iin import FAULT_TEXTS, read_iin
from distribution.rules.phones import read_phone
from distribution.services.past import keep_case, keep_family
from territory.queries import district_condition, list_districts

LONGEST_NAME = 200
LONGEST_ADDRESS = 300
FAMILY_LANGUAGES = ("kk", "ru")
"""The languages in which families are told what is due; the first where nobody said."""

_YOUNGEST_APPLICANT = 14 * 12


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """What a person enters of a family; the IIN is entered once, with the family."""

    name: str
    district_id: int
    settlement: str
    phone: str = ""
    address: str = ""
    language: str = FAMILY_LANGUAGES[0]


def enter_family(
    session: Session, *, iin: str, facts: FamilyFacts, actor: Actor, at: datetime, keys: FieldKeys
) -> Family:
    """Enter a family under the IIN of whoever applies.

    Raises:
        PersonFactsWrong: the IIN, the name or the phone cannot be; the applicant would be a child.
        FamilyUnknown: the district is out of reach. PersonKnown: the applicant has a family here already.
    """
    read = read_iin(iin)
    if read.fault is not None:
        raise PersonFactsWrong(FAULT_TEXTS[read.fault])
    day = today(at)
    if read.birth_on is None or read.birth_on > day or full_months(read.birth_on, day) < _YOUNGEST_APPLICANT:
        raise PersonFactsWrong(text("This is the IIN of a child. Enter the IIN of the adult who applies."))
    columns = _columns(session, facts, actor, keys)
    index = keys.blind_index(read.digits)
    known = session.scalar(select(Family).where(Family.guardian_index == index))
    if known is not None:
        raise PersonKnown(_known_sentence(session, known, actor))
    family = Family(
        guardian_index=index,
        guardian_iin_sealed=keys.seal(read.digits),
        entered_at=at,
        entered_batch_id=None,
        **columns,
    )
    session.add(family)
    session.flush()
    _record(session, family, "distribution.enter_family", actor=actor, at=at)
    return family


def change_family(
    session: Session, family_id: int, *, facts: FamilyFacts, why: str, actor: Actor, at: datetime, keys: FieldKeys
) -> Family:
    """Correct what is known of a family; what it was before is kept with the reason. Its cases move along with it.

    Raises:
        FamilyUnknown: the family or the new district is out of reach.
        ReasonMissing: nobody says why. PersonFactsWrong: the name or the phone cannot be.
    """
    family = locked_family(session, family_id, actor, DistributionRight.EDIT_CASES)
    why = clean(why)
    if not why:
        raise ReasonMissing(text("Enter why this is changed, for example: moved, name misspelt."))
    columns = _columns(session, facts, actor, keys)
    moved = (family.district_id, family.settlement) != (columns["district_id"], columns["settlement"])
    keep_family(session, family, actor_id=actor.id, at=at, why=why)
    for name, value in columns.items():
        setattr(family, name, value)
    if moved:
        for case in session.scalars(select(AssistanceCase).where(AssistanceCase.family_id == family.id)):
            keep_case(session, case, actor_id=actor.id, at=at, why=why)
            case.district_id, case.settlement = family.district_id, family.settlement
    session.flush()
    _record(session, family, "distribution.change_family", actor=actor, at=at)
    return family


def locked_family(session: Session, family_id: int, actor: Actor, right: DistributionRight) -> Family:
    """Return a family within the reach of a right, locked until the end of the act.

    Raises:
        FamilyUnknown: there is none within the reach.
    """
    get_family(session, family_id, actor.reach(right))
    statement = select(Family).where(Family.id == family_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise FamilyUnknown(text("There is no such family here."))
    return found


def _columns(session: Session, facts: FamilyFacts, actor: Actor, keys: FieldKeys) -> dict[str, object]:
    reach = actor.reach(DistributionRight.EDIT_CASES)
    if facts.district_id not in {district.id for district in list_districts(session, reach)}:
        raise FamilyUnknown(text("There is no such district here."))
    name, settlement, address = clean(facts.name), clean(facts.settlement), clean(facts.address)
    phone = read_phone(facts.phone)
    if not name or len(name) > LONGEST_NAME or not any(letter.isalpha() for letter in name):
        raise PersonFactsWrong(text("Enter the name as it stands in the identity document."))
    if not settlement or len(settlement) > LONGEST_NAME:
        raise PersonFactsWrong(text("Enter the settlement where the family lives."))
    if phone is None:
        raise PersonFactsWrong(text("Enter the phone with its code, for example +7 701 000 00 00."))
    if len(address) > LONGEST_ADDRESS:
        raise PersonFactsWrong(text("Shorten the address to %(n)s characters.", n=LONGEST_ADDRESS))
    if facts.language not in FAMILY_LANGUAGES:
        raise PersonFactsWrong(text("Choose the language of the family."))
    where = f"{facts.district_id} {fold(settlement)} {fold(address)}"
    return {
        "district_id": facts.district_id,
        "settlement": settlement,
        "guardian_name": name,
        "guardian_sort": sort_key(name)[:LONGEST_NAME],
        "search_text": fold(f"{name} {settlement}")[:400],
        "phone_sealed": keys.seal(phone),
        "phone_index": keys.blind_index(phone) if phone else b"",
        "address_sealed": keys.seal(address) if address else None,
        "address_index": keys.blind_index(where) if address else None,
        "language": facts.language,
    }


def _known_sentence(session: Session, known: Family, actor: Actor) -> Text:
    reach = actor.reach(DistributionRight.READ_FAMILIES)
    inside = session.scalar(
        select(Family.id).where(Family.id == known.id, district_condition(reach, Family.district_id))
    )
    if inside is None:
        return text("This IIN is known in another district. Ask your region to look.")
    return text("This person has a family here already: number %(number)s. Open it from the list.", number=known.id)


def _record(session: Session, family: Family, action: str, *, actor: Actor, at: datetime) -> None:
    record(
        session,
        actor_id=actor.id,
        action=action,
        subject="family",
        subject_id=str(family.id),
        at=at,
        district_id=family.district_id,
    )
