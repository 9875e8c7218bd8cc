"""The list of families: searched by name, settlement, IIN or case number; who looked for people is written down."""

from collections.abc import Iterable, Mapping

from flask.typing import ResponseReturnValue
from sqlalchemy import Row, Select

from core.actors import Reach
from core.audit import record
from core.clock import now, today
from core.i18n import gettext as _, name_of
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.lists import ListQuery, Sorts, ordered, read_list_query, slice_of
from core.web.pages import page
from core.web.session import field_keys, reading, transaction
from distribution.models import Family
from distribution.permissions import DistributionRight
from distribution.queries.families import count_families_by_status, count_families_with_missing, select_families
from distribution.rules.iin import read_iin
from distribution.services.person_reading import count_people_read
from distribution.values import CaseStatus
from distribution.views.blueprint import blueprint
from distribution.views.case_words import STATUS_NAMES, people_words, sees_names
from distribution.views.shown import shown_name
from territory.models import District
from territory.queries import list_districts

_COLUMNS = ("award", "district", "settlement", "children", "missing")
_SORTS: Sorts = {"name": Family.guardian_sort, "settlement": Family.settlement}
_AT_ONCE = 2000


@blueprint.get("/families")
@guarded(DistributionRight.READ_FAMILIES)
def list_families() -> ResponseReturnValue:
    """List the families of one's territory; their names in full only for those who bring registries in."""
    reach, day = current_actor().reach(DistributionRight.READ_FAMILIES), today(now())
    query = read_list_query(sorts=_SORTS, default="name", filters={"status", "missing", "district"}, columns=_COLUMNS)
    statement = ordered(_asked(query, reach), query, _SORTS, Family.id)
    with reading() as session:
        districts = {row.id: row for row in list_districts(session, reach)}
        if kind := asked_format():
            return _export(kind, session.execute(statement.execution_options(yield_per=_AT_ONCE)), districts)
        families = slice_of(session, statement, query)
        counts, missing = count_families_by_status(session, reach, day), count_families_with_missing(session, reach)
    note_people(people=len(families.rows) if sees_names() else 0, query=query, found=families.total)
    return page(
        query=query, families=families, districts=districts, counts=counts, missing=missing,
        may_enter=current_actor().may(DistributionRight.EDIT_CASES), **people_words(),
    )  # fmt: skip


def note_people(*, people: int, query: ListQuery | None = None, found: int = 0) -> None:
    """Write down that people were looked for, by what and how many were found, and how many were shown."""
    searched = query is not None and bool(query.q)
    if not searched and not people:
        return
    actor, at = current_actor(), now()
    with transaction() as session:
        if searched and query is not None:
            by = "text" if read_iin(query.q).fault else "iin"
            record(
                session,
                actor_id=actor.id,
                action="distribution.search_people",
                subject="family",
                subject_id="",
                at=at,
                detail={"by": by, "found": found},
            )
        count_people_read(session, people=people, actor=actor, at=at)


def _asked(query: ListQuery, reach: Reach) -> Select[int, str, str, int, int, int, str]:
    iin = read_iin(query.q)
    district = query.filters.get("district", "")
    return select_families(
        reach,
        pattern=query.pattern if query.q else "",
        iin_index=b"" if iin.fault else field_keys().blind_index(iin.digits),
        written=query.q,
        status=query.filters.get("status"),
        missing=query.filters.get("missing") == "yes",
        district_id=int(district[:9]) if district.isascii() and district.isdigit() else None,
        day=today(now()),
    )


def _export(
    kind: str, rows: Iterable[Row[int, str, str, int, int, int, str]], districts: Mapping[int, District]
) -> ResponseReturnValue:
    header = {
        "id": _("Number"),
        "applicant": _("Applicant"),
        "district": _("District"),
        "settlement": _("Settlement"),
        "children": _("Children"),
        "missing": _("Missing"),
        "award": _("Award"),
    }
    read = 0

    def cells() -> Iterable[tuple[Cell, ...]]:
        nonlocal read
        for row in rows:
            read += 1
            yield (
                row.id,
                shown_name(row.guardian_name),
                name_of(districts[row.district_id]),
                row.settlement,
                row.children,
                row.missing,
                str(STATUS_NAMES[CaseStatus(row.status)]) if row.status else "",
            )

    answer = export_response(kind, header, cells(), name="families", scope="", at=now())
    note_people(people=read if sees_names() else 0)
    return answer
