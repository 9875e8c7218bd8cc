"""Pages of families: a list to search, and one family with its cases and children."""

from collections.abc import Iterable, Mapping

from flask.typing import ResponseReturnValue
from sqlalchemy import Row, Select

from core.actors import Reach
from core.clock import now
from core.i18n import gettext as _, name_of, text
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.lists import ListQuery, Sorts, ordered, read_list_query, slice_of
from core.web.pages import page
from core.web.session import field_keys, reading
from distribution.models import Family
from distribution.permissions import DistributionRight
from distribution.queries.families import (
    count_families_by_status,
    count_families_with_missing,
    get_family,
    list_cases,
    list_children,
    select_families,
)
from distribution.rules.iin import masked_iin, read_iin
from distribution.rules.vouchers import masked_name
from distribution.values import AwardStatus
from distribution.views.blueprint import blueprint
from territory.models import District
from territory.queries import get_district, list_districts

_COLUMNS = ("award", "district", "settlement", "children", "missing")
_SORTS: Sorts = {"name": Family.guardian_sort, "settlement": Family.settlement}
_AT_ONCE = 2000
_DIGITS_OF_PHONE = 4
STATUS_NAMES = {
    AwardStatus.AWARDED: text("Awarded"),
    AwardStatus.SUSPENDED: text("Suspended"),
    AwardStatus.TERMINATED: text("Terminated"),
    AwardStatus.REFUSED: text("Refused aid"),
}
KIND_NAMES = {"unconditional": text("Unconditional"), "conditional": text("Conditional")}
REASON_NAMES = {
    "employment_refused": text("Employment measures refused"),
    "commission_not_needed": text("The commission saw no need"),
}
SEX_NAMES = {"male": text("boy"), "female": text("girl")}
STATUS_KINDS = {"awarded": "ok", "suspended": "attention", "terminated": "muted", "refused": "muted"}


@blueprint.get("/families")
@guarded(DistributionRight.READ_FAMILIES)
def list_families() -> ResponseReturnValue:
    """List the families of one's territory; their names in full only for those who bring registries in."""
    reach = current_actor().reach(DistributionRight.READ_FAMILIES)
    query = read_list_query(sorts=_SORTS, default="name", filters={"status", "missing", "district"}, columns=_COLUMNS)
    statement = ordered(_asked(query, reach), query, _SORTS, Family.id)
    with reading() as session:
        districts = {row.id: row for row in list_districts(session, reach)}
        if kind := asked_format():
            return _export(kind, session.execute(statement.execution_options(yield_per=_AT_ONCE)), districts)
        families = slice_of(session, statement, query)
        counts, missing = count_families_by_status(session, reach), count_families_with_missing(session, reach)
    return page(query=query, families=families, districts=districts, counts=counts, missing=missing, **_words())


@blueprint.get("/families/<int:family_id>")
@guarded(DistributionRight.READ_FAMILIES)
def show_family(family_id: int) -> ResponseReturnValue:
    """Show a family: who applied, the cases, the children with the last digits of their IIN."""
    reach = current_actor().reach(DistributionRight.READ_FAMILIES)
    with reading() as session:
        family = get_family(session, family_id, reach)
        district = get_district(session, family.district_id, reach)
        cases, children = list_cases(session, family.id), list_children(session, family.id)
    return page(family=family, district=district, cases=cases, children=children, masked_iin=_masked, **_words())


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
    )


def _sees_names() -> bool:
    return current_actor().may(DistributionRight.IMPORT_REGISTRY)


def _shown(name: str) -> str:
    """Return a name as the person who is signed in may see it."""
    return name if _sees_names() else masked_name(name)


def _masked(sealed: bytes) -> str:
    return masked_iin(field_keys().open(sealed))


def _phone(sealed: bytes) -> str:
    number = field_keys().open(sealed)
    return number if _sees_names() or not number else f"•••{number[-_DIGITS_OF_PHONE:]}"


def _words() -> dict[str, object]:
    return {
        "status_names": STATUS_NAMES,
        "status_kinds": STATUS_KINDS,
        "kind_names": KIND_NAMES,
        "reason_names": REASON_NAMES,
        "sex_names": SEX_NAMES,
        "shown": _shown,
        "phone": _phone,
    }


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
    cells = (
        (
            row.id,
            _shown(row.guardian_name),
            name_of(districts[row.district_id]),
            row.settlement,
            row.children,
            row.missing,
            str(STATUS_NAMES[AwardStatus(row.status)]) if row.status else "",
        )
        for row in rows
    )
    return export_response(kind, header, cells, name="families", scope="", at=now())
