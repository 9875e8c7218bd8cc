"""Every route with its parameters filled in: the ground for tests that go over all of them.

A package adds the parameters of its own routes to `SAMPLES`: a function that makes (or finds) two things and returns
the value of the address for one that belongs to the own district and for one of a district in another region.
Where the thing belongs to no district, both values are the same. A parameter without a sample gets a value that names
nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from core.clock import now
from core.quarters import Quarter
from core.web.guards import guard_of
from distribution.models import AssistanceCase, Child, CommissionMember, SigningKey
from territory.models import District
from tests.support.allotments import allotments_in, prints_in, vouchers_in
from tests.support.assemblies import an_assembly_in
from tests.support.corrections import a_movement_in, a_write_off_in
from tests.support.counts import a_count_in
from tests.support.devices import a_device_in
from tests.support.families import a_family
from tests.support.goods import a_place, receive, some_districts
from tests.support.leads import a_lead_in, an_alert_in, an_incident_in
from tests.support.objections import an_objection_in
from tests.support.people import a_user
from tests.support.requests import a_request, two_ends
from tests.support.transfer_plans import a_plan_in


@dataclass(frozen=True, slots=True)
class Sample:
    """The value of a parameter within the own district, and in a foreign one."""

    own: str
    foreign: str


@dataclass(frozen=True, slots=True)
class Route:
    """An address with its method, and who the guard lets in: "public", "signed in" or rights."""

    endpoint: str
    method: str
    path: str
    foreign_path: str
    guard: str

    @property
    def is_scoped(self) -> bool:
        """Say whether the address of a foreign district differs."""
        return self.path != self.foreign_path


def _places(session: Session) -> Sample:
    own, foreign = some_districts(session)
    return Sample(str(a_place(session, district_id=own.id).id), str(a_place(session, district_id=foreign.id).id))


def _lots(session: Session) -> Sample:
    own, foreign = (a_place(session, district_id=one.id) for one in some_districts(session))
    return Sample(*(str(receive(session, place, 3).id) for place in (own, foreign)))


def _allotments(session: Session) -> Sample:
    own, foreign = allotments_in(session, [one.id for one in some_districts(session)])
    return Sample(str(own.id), str(foreign.id))


def _vouchers(session: Session) -> Sample:
    own, foreign = vouchers_in(session, [one.id for one in some_districts(session)])
    return Sample(str(own.id), str(foreign.id))


def _prints(session: Session) -> Sample:
    own, foreign = prints_in(session, [one.id for one in some_districts(session)])
    return Sample(str(own.id), str(foreign.id))


def _users(session: Session) -> Sample:
    user = str(a_user(session).id)
    return Sample(user, user)


def _districts(session: Session) -> Sample:
    own, foreign = some_districts(session)
    return Sample(own.kato, foreign.kato)


def _counts(session: Session) -> Sample:
    own, foreign = some_districts(session)
    return Sample(*(str(a_count_in(session, district_id=one.id).id) for one in (own, foreign)))


def _requests(session: Session) -> Sample:
    own, foreign = (two_ends(session, district_id=one.id) for one in some_districts(session))
    return Sample(str(a_request(session, own, 3).id), str(a_request(session, foreign, 3).id))


def _assemblies(session: Session) -> Sample:
    return Sample(*(str(an_assembly_in(session, district_id=one.id).id) for one in some_districts(session)))


def _movements(session: Session) -> Sample:
    return Sample(*(str(a_movement_in(session, district_id=one.id)) for one in some_districts(session)))


def _write_offs(session: Session) -> Sample:
    return Sample(*(str(a_write_off_in(session, district_id=one.id).id) for one in some_districts(session)))


def _plans(session: Session) -> Sample:
    return Sample(*(str(a_plan_in(session, district_id=one.id).id) for one in some_districts(session)))


def _children(session: Session) -> Sample:
    birth = date(2023, 1, 1)
    return Sample(
        *(str(a_family(session, births=[birth], district_id=one.id)[0].id) for one in some_districts(session))
    )


def _cases(session: Session) -> Sample:
    children = _children(session)
    return Sample(*(str(session.get_one(Child, int(one)).case_id) for one in (children.own, children.foreign)))


def _families(session: Session) -> Sample:
    cases = _cases(session)
    return Sample(*(str(session.get_one(AssistanceCase, int(one)).family_id) for one in (cases.own, cases.foreign)))


def _members(session: Session) -> Sample:
    rows = [
        CommissionMember(district_id=one.id, section="1", name=f"Member of {one.kato}", position="teacher")
        for one in some_districts(session)
    ]
    session.add_all(rows)
    session.flush()
    return Sample(*(str(row.id) for row in rows))


def _leads(session: Session) -> Sample:
    return Sample(*(str(a_lead_in(session, district_id=one.id).id) for one in some_districts(session)))


def _alerts(session: Session) -> Sample:
    return Sample(*(str(an_alert_in(session, district_id=one.id).id) for one in some_districts(session)))


def _incidents(session: Session) -> Sample:
    return Sample(*(str(an_incident_in(session, district_id=one.id).id) for one in some_districts(session)))


def _objections(session: Session) -> Sample:
    return Sample(*(str(an_objection_in(session, district_id=one.id).id) for one in some_districts(session)))


def _devices(session: Session) -> Sample:
    return Sample(*(a_device_in(session, district_id=one.id).code for one in some_districts(session)))


def _always(value: str) -> Callable[[Session], Sample]:
    return lambda _: Sample(value, value)


def _signing_keys(session: Session) -> Sample:
    """A key belongs to no district."""
    key = SigningKey(
        kid=b"\x00\x00", quarter=Quarter(2026, 4), algorithm="EdDSA", public_key=bytes(32), private_sealed=b"",
        purpose="receipt", not_before=now(), not_after=now(),
    )  # fmt: skip
    session.add(key)
    session.flush()
    return Sample(str(key.id), str(key.id))


SAMPLES: dict[str, Callable[[Session], Sample]] = {
    "digest": _always("0"),
    "path": _always("favicon.svg"),
    "language": _always("ru"),
    "token": _always("x" * 43),
    "mark": _always("ab" * 32),
    "grant_id": _always("2147483647"),
    "user_id": _users,
    "place_id": _places,
    "lot_id": _lots,
    "allotment_id": _allotments,
    "voucher_id": _vouchers,
    "print_id": _prints,
    "assembly_id": _assemblies,
    "kind": _always("lot"),
    "request_id": _requests,
    "count_id": _counts,
    "movement_id": _movements,
    "write_off_id": _write_offs,
    "plan_id": _plans,
    "lead_id": _leads,
    "alert_id": _alerts,
    "incident_id": _incidents,
    "kato": _districts,
    "child_id": _children,
    "case_id": _cases,
    "objection_id": _objections,
    "family_id": _families,
    "member_id": _members,
    "device_code": _devices,
    "act": _always("withdraw"),
    "key_id": _signing_keys,
    "quarter": _always("2026-Q4"),
}
"""Parameter of an address → its sample. Packages add theirs here."""

_NOTHING = {"BoundedInteger": "2147483646", "UUIDConverter": "00000000-0000-4000-8000-000000000000"}
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def own_district(session: Session) -> District:
    """Return the district to which the own values belong."""
    return some_districts(session)[0]


def routes(app: Flask, session: Session) -> Iterator[Route]:
    """Yield every route with every method, parameters filled in."""
    made: dict[str, Sample] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        values = {name: _sample(rule, name, made, session) for name in rule.arguments}
        for method in _METHODS:
            if method in (rule.methods or ()):
                guard = guard_of(app.view_functions[rule.endpoint]) or "nothing"
                own = _path(app, rule, {name: sample.own for name, sample in values.items()})
                foreign = _path(app, rule, {name: sample.foreign for name, sample in values.items()})
                yield Route(rule.endpoint, method, own, foreign, guard)


def _sample(rule: Rule, name: str, made: dict[str, Sample], session: Session) -> Sample:
    if name not in made:
        default = _NOTHING.get(type(rule._converters[name]).__name__, "nothing")
        made[name] = SAMPLES.get(name, _always(default))(session)
    return made[name]


def _path(app: Flask, rule: Rule, values: dict[str, str]) -> str:
    filled = {name: rule._converters[name].to_python(value) for name, value in values.items()}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **filled)
