"""The search for leads over the whole registry: block by block, so that memory is flat; the same found twice is one.

After a kill it begins anew: what it has written is found again and stays what it is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy.orm import Session

from core.actors import Actor
from core.clock import now, today
from core.database import Database
from core.i18n import Text, text
from core.jobs.working import JobRun
from distribution.jobs.acting import actor_of
from distribution.models import Family
from distribution.queries.lead_search import (
    ChildOfFamily,
    children_between,
    children_born_on,
    children_of_families,
    common_phones,
    families_sharing,
    first_and_last_birth,
    last_family_id,
    moved_children,
    names_between,
)
from distribution.rules.leads import (
    FEWEST_AT_ONE_ADDRESS,
    FEWEST_AT_ONE_PHONE,
    MOST_CHILDREN_UNDER_SIX,
    Commonness,
    Pair,
    close_births,
    count_under_six,
    list_pairs,
    list_swapped_pairs,
    swapped_day,
)
from distribution.services.lead_search import MOST_NAMED, Kept, keep_leads, let_go_of_leads, let_search
from distribution.values import CaseStatus
from distribution.values.leads import FoundLead, LeadKind

Tell = Callable[[Text, int, int], None]
T = TypeVar("T")

FIND_LEADS = "find_leads"
"""The kind of the job; its subject is "registry"."""
_BLOCK = 1000
_FAMILIES = 5_000
_SURE, _LIKELY, _UNLIKELY = 90, 60, 40
_PER_FAMILY, _PER_CHILD = 10, 5


def find_leads_job(run: JobRun) -> Mapping[str, object]:
    """Search the whole registry."""
    with run.database.reading() as session:
        actor = actor_of(session, run)
    kept, gone = search_registry(run.database, actor=actor, at=now(), tell=run.tell)
    return {"link": {}, "new": kept.new, "known": kept.known, "again": kept.again, "gone": gone}


def search_registry(database: Database, *, actor: Actor, at: datetime, tell: Tell) -> tuple[Kept, int]:
    """Search for leads of every kind; return what became of them, and how many are gone.

    `tell` is called between units of work with what is being done and how far it is.

    Raises:
        NotYourStep: the actor may not search.
    """
    let_search(actor)
    kept = Kept()
    for found in _searches(database, at, tell):
        kept += _keep(database, found, at)
    tell(text("Closing what is found no more"), 0, 0)
    with database.writing() as session:
        gone = let_go_of_leads(session, actor=actor, kept=kept, at=at)
    return kept, gone


def _searches(database: Database, at: datetime, tell: Tell) -> Iterator[Sequence[FoundLead]]:
    """Yield what each block has, of one kind at a time; between two blocks nothing is being read."""
    yield from _alike_children(database, tell)
    yield from _odd_families(database, today(at), tell)
    tell(text("Looking at telephones and addresses of many families"), 0, 0)
    yield from _in_one_read(database, _shared_phones)
    yield from _in_one_read(database, _shared_addresses)
    tell(text("Looking at children who came from other families"), 0, 0)
    yield from _in_one_read(database, _moved)


def _keep(database: Database, found: Sequence[FoundLead], at: datetime) -> Kept:
    kept = Kept()
    for part in _blocks(found):
        with database.writing() as session:
            kept += keep_leads(session, part, at=at)
    return kept


def _alike_children(database: Database, tell: Tell) -> Iterator[Sequence[FoundLead]]:
    with database.reading() as session:
        births = first_and_last_birth(session)
        phones = common_phones(session, FEWEST_AT_ONE_PHONE)
    if births is None:
        return
    months = list(_months(*births))
    commonness = Commonness(phones)
    for place, (first, before) in enumerate(months):
        tell(text("Counting how common names are"), place, len(months))
        with database.reading() as session:
            commonness.count(names_between(session, first, before))
    for place, (first, before) in enumerate(months):
        tell(text("Comparing children of one birthday"), place, len(months))
        with database.reading() as session:
            found = [_lead_of_pair(pair) for pair in _pairs_of_month(session, first, before, commonness)]
        yield found


def _pairs_of_month(session: Session, first: date, before: date, commonness: Commonness) -> Iterator[Pair]:
    by_birthday = children_between(session, first, before)
    for _day, children in sorted(by_birthday.items()):
        yield from list_pairs(children, commonness)
    # each pair of swapped days once: from the one in the earlier month
    others = {day: other for day in by_birthday if (other := swapped_day(day)) is not None and other > day}
    swapped = children_born_on(session, sorted(others.values()))
    for day, other in sorted(others.items()):
        yield from list_swapped_pairs(by_birthday[day], swapped.get(other, ()), commonness)


def _lead_of_pair(pair: Pair) -> FoundLead:
    earlier, later = pair.earlier, pair.later
    return FoundLead(
        LeadKind.SAME_CHILD,
        f"{earlier.child_id}:{later.child_id}",
        later.district_id,
        pair.score,
        {"seen": pair.seen},
        ((earlier.family_id, earlier.child_id), (later.family_id, later.child_id)),
    )


def _odd_families(database: Database, on: date, tell: Tell) -> Iterator[Sequence[FoundLead]]:
    with database.reading() as session:
        last = last_family_id(session)
    for after in range(0, last, _FAMILIES):
        tell(text("Looking at the sizes of families"), after, last)
        close: list[FoundLead] = []
        many: list[FoundLead] = []
        with database.reading() as session:
            for children in children_of_families(session, after, after + _FAMILIES):
                close += _close_births(children)
                many += _many_children(children, on)
        yield close
        yield many


def _close_births(children: Sequence[ChildOfFamily]) -> Iterator[FoundLead]:
    pairs = close_births([(child.birth_on, child.child_id) for child in children])
    if not pairs:
        return
    family_id, named = children[0].family_id, sorted({child_id for pair in pairs for child_id in pair})
    people = tuple((family_id, child_id) for child_id in named)
    score = min(_LIKELY, _UNLIKELY + _PER_CHILD * (len(pairs) - 1))
    reasons = {"pairs": len(pairs)}
    yield FoundLead(LeadKind.CLOSE_BIRTHS, str(family_id), children[0].district_id, score, reasons, people)


def _many_children(children: Sequence[ChildOfFamily], on: date) -> Iterator[FoundLead]:
    count = count_under_six([child.birth_on for child in children], on)
    if count > MOST_CHILDREN_UNDER_SIX:
        first = children[0]
        people = ((first.family_id, None),)
        yield FoundLead(
            LeadKind.MANY_CHILDREN, str(first.family_id), first.district_id, _SURE, {"children": count}, people
        )


def _shared_phones(session: Session) -> Iterator[FoundLead]:
    for index, families in families_sharing(session, Family.phone_index, FEWEST_AT_ONE_PHONE):
        yield _shared(LeadKind.SHARED_PHONE, index, families)


def _shared_addresses(session: Session) -> Iterator[FoundLead]:
    for index, families in families_sharing(session, Family.address_index, FEWEST_AT_ONE_ADDRESS):
        yield _shared(LeadKind.SHARED_ADDRESS, index, families)


def _shared(kind: LeadKind, index: bytes, families: Sequence[tuple[int, int]]) -> FoundLead:
    """Make a lead of families; it belongs to the district of the one that came last.

    Of very many (a telephone that somebody typed where there is none) the first are named, and all are counted.
    """
    score = min(_SURE, _UNLIKELY + _PER_FAMILY * (len(families) - FEWEST_AT_ONE_PHONE))
    people = tuple((family_id, None) for family_id, _district in families[:MOST_NAMED])
    return FoundLead(kind, index.hex(), families[-1][1], score, {"families": len(families)}, people)


def _moved(session: Session) -> Iterator[FoundLead]:
    told: set[str] = set()
    for child_id, family_id, district_id, before_id, status, case_no in moved_children(session):
        key = f"{child_id}:{before_id}:{family_id}"
        if key in told:
            continue
        told.add(key)
        score = _LIKELY if status == CaseStatus.AWARDED else _UNLIKELY
        people = ((family_id, child_id), (before_id, None))
        yield FoundLead(LeadKind.MOVED_CHILD, key, district_id, score, {"case_no": case_no, "status": status}, people)


def _in_one_read(database: Database, look: Callable[[Session], Iterator[FoundLead]]) -> Iterator[Sequence[FoundLead]]:
    """Read what is rare enough to be held in memory as a whole."""
    with database.reading() as session:
        found = list(look(session))
    yield found


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the first day of each month and of the one after it, from the month of a day to that of another."""
    month = first.replace(day=1)
    while month <= last:
        after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        yield month, after
        month = after


def _blocks(found: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(found)
    while block := list(islice(rest, _BLOCK)):
        yield block
