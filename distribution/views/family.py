"""One family: as it is or was on a day, entered and corrected by hand, shown in full with a reason; its proxies."""

from datetime import date

from flask import request
from flask.typing import ResponseReturnValue

from core.audit import record
from core.clock import now, today
from core.i18n import name_of, text
from core.web.forms import ActForm, choices
from core.web.guards import current_actor, guarded
from core.web.lists import UnknownListArgument
from core.web.pages import page, redirect_to, told
from core.web.session import field_keys, reading, transaction
from distribution.forms.people import ChangedFamilyForm, FamilyForm, NewFamilyForm, ProxyForm, RevealForm
from distribution.forms.vouchers import REVOKED_FOR
from distribution.models import Family, FamilyProxy
from distribution.permissions import DistributionRight
from distribution.queries.families import get_family, list_children, list_proxies
from distribution.queries.history import family_on, list_changes
from distribution.queries.voucher_pages import list_vouchers_of
from distribution.rules.cases import shown_status
from distribution.services import families as services, proxies as proxy_services
from distribution.views.blueprint import blueprint
from distribution.views.case_words import people_words
from distribution.views.families import note_people
from logistics.queries.people import names_of_users
from territory.queries import get_district, list_districts

READ, EDIT = DistributionRight.READ_FAMILIES, DistributionRight.EDIT_CASES


@blueprint.get("/families/<int:family_id>")
@guarded(READ)
def show_family(family_id: int) -> ResponseReturnValue:
    """Show a family with its cases, children and proxies, as it stands or as it stood at the end of a day."""
    actor, asked = current_actor(), day_argument()
    reach = actor.reach(READ)
    with reading() as session:
        family = get_family(session, family_id, reach)
        then = family_on(session, family, asked or today(now()))
        district = get_district(session, then.district_id, reach) if then.district_id == family.district_id else None
        proxies, changes = list_proxies(session, family.id), list_changes(session, family.id)
        people = names_of_users(session, {change.actor_id for change in changes})
        vouchers = list_vouchers_of(session, family.id, actor.reach(DistributionRight.READ_VOUCHERS))
    note_people(people=1 + len(then.children))
    return page(
        family=family, then=then, asked=asked, district=district, proxies=proxies, changes=changes, people=people,
        status_of=lambda case: shown_status(case.status, case.award_to, asked or today(now())),
        may_edit=actor.may(EDIT), may_reveal=actor.may(DistributionRight.REVEAL_PEOPLE), today_=today(now()),
        vouchers=vouchers, revoked_for=REVOKED_FOR,
        act=ActForm(), **people_words(),
    )  # fmt: skip


@blueprint.route("/families/enter", methods=["GET", "POST"])
@guarded(EDIT)
def enter_family() -> ResponseReturnValue:
    """Enter a family by hand."""
    form = NewFamilyForm()
    _offer_districts(form)

    def enter() -> Family:
        with transaction() as session:
            return services.enter_family(
                session, iin=form.iin.data or "", facts=form.facts(), actor=current_actor(), at=now(), keys=field_keys()
            )

    family = form.accepts(enter)
    if family is None:
        return page(form=form)
    told(text("The family is entered. Next: its application."))
    return redirect_to("distribution.show_family", family_id=family.id)


@blueprint.route("/families/<int:family_id>/change", methods=["GET", "POST"])
@guarded(EDIT)
def change_family(family_id: int) -> ResponseReturnValue:
    """Correct what is known of a family, with the reason."""
    with reading() as session:
        family = get_family(session, family_id, current_actor().reach(EDIT))
    form = ChangedFamilyForm(data=None if request.form else _known(family))
    _offer_districts(form)

    def change() -> Family:
        with transaction() as session:
            return services.change_family(
                session, family_id, facts=form.facts(), why=form.why.data or "",
                actor=current_actor(), at=now(), keys=field_keys(),
            )  # fmt: skip

    if form.accepts(change) is None:
        return page(form=form, family=family, **people_words())
    told(text("The family is changed. What it was before stays in its history."))
    return redirect_to("distribution.show_family", family_id=family_id)


@blueprint.route("/families/<int:family_id>/reveal", methods=["GET", "POST"])
@guarded(DistributionRight.REVEAL_PEOPLE)
def reveal_family(family_id: int) -> ResponseReturnValue:
    """Show IIN, phone and address in full, once the reason is written down."""
    with reading() as session:
        family = get_family(session, family_id, current_actor().reach(DistributionRight.REVEAL_PEOPLE))
        children, proxies = list_children(session, family_id), list_proxies(session, family_id)
    form = RevealForm()

    def reveal() -> bool:
        with transaction() as session:
            record(
                session, actor_id=current_actor().id, action="distribution.reveal_family", subject="family",
                subject_id=str(family_id), at=now(), district_id=family.district_id,
                detail={"reason": form.why.data or "", "people": 1 + len(children) + len(proxies)},
            )  # fmt: skip
        return True

    seen = form.accepts(reveal) is not None
    if seen:
        note_people(people=1 + len(children) + len(proxies))
    return page(
        form=form, family=family, seen=seen, children=children, proxies=proxies, opened=_opened, **people_words()
    )


@blueprint.route("/families/<int:family_id>/proxies/add", methods=["GET", "POST"])
@guarded(EDIT)
def add_proxy(family_id: int) -> ResponseReturnValue:
    """Enter somebody who may collect for the family."""
    with reading() as session:
        family = get_family(session, family_id, current_actor().reach(EDIT))
    form = ProxyForm()

    def add() -> FamilyProxy:
        with transaction() as session:
            return proxy_services.add_proxy(
                session, family_id, facts=form.facts(), actor=current_actor(), at=now(), keys=field_keys()
            )

    if form.accepts(add) is None:
        return page(form=form, family=family, **people_words())
    told(text("The power of attorney is entered."))
    return redirect_to("distribution.show_family", family_id=family_id)


@blueprint.post("/families/<int:family_id>/proxies/<int:proxy_id>/withdraw")
@guarded(EDIT)
def withdraw_proxy(family_id: int, proxy_id: int) -> ResponseReturnValue:
    """Write down that a power of attorney no longer counts."""
    with transaction() as session:
        proxy_services.withdraw_proxy(session, proxy_id, actor=current_actor(), at=now())
    told(text("The power of attorney no longer counts."))
    return redirect_to("distribution.show_family", family_id=family_id)


def day_argument() -> date | None:
    """Return the past day that the address asks for (`on=2026-05-01`), or None for today.

    Raises:
        UnknownListArgument: it is no day, or one to come.
    """
    written = request.args.get("on")
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError as error:
        raise UnknownListArgument(text("Write the day as 2026-10-31.")) from error
    if day > today(now()):
        raise UnknownListArgument(text("That day is yet to come. Choose a past day."))
    return day


def _offer_districts(form: FamilyForm) -> None:
    with reading() as session:
        rows = [(str(row.id), name_of(row)) for row in list_districts(session, current_actor().reach(EDIT))]
    form.district_id.choices = choices(rows if len(rows) == 1 else [("", text("Choose")), *rows])


def _known(family: Family) -> dict[str, object]:
    return {
        "name": family.guardian_name,
        "district_id": family.district_id,
        "settlement": family.settlement,
        "phone": _opened(family.phone_sealed),
        "address": _opened(family.address_sealed),
        "language": family.language,
    }


def _opened(sealed: bytes | None) -> str:
    return field_keys().open(sealed) if sealed else ""
