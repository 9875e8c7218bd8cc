"""Section commissions: who their members are, and what they do with an application."""

from flask.typing import ResponseReturnValue

from core.clock import now, today
from core.i18n import name_of, text
from core.web.forms import choices
from core.web.guards import current_actor, guarded
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction
from distribution.forms.cases import ExaminationForm, LeavingForm, MemberForm, OpinionForm, SectionForm, StepForm
from distribution.forms.days import day_in
from distribution.models import CommissionMember, CommissionOpinion, CommissionReview
from distribution.permissions import DistributionRight
from distribution.queries import cases as queries
from distribution.queries.policy import policy_in_force
from distribution.rules.cases import FEWEST_MEMBERS
from distribution.services import commissions as services
from distribution.values.cases import Opinion
from distribution.views.blueprint import blueprint
from distribution.views.case_words import people_words
from territory.queries import list_districts

READ, EDIT = DistributionRight.READ_FAMILIES, DistributionRight.EDIT_CASES


@blueprint.get("/commissions")
@guarded(READ)
def list_commission_members() -> ResponseReturnValue:
    """List the members of the section commissions of one's territory."""
    reach = current_actor().reach(READ)
    with reading() as session:
        districts = {row.id: row for row in list_districts(session, reach)}
        members = queries.list_members(session, reach)
    return page(members=members, districts=districts, may_edit=current_actor().may(EDIT), fewest=FEWEST_MEMBERS)


@blueprint.route("/commissions/members/add", methods=["GET", "POST"])
@guarded(EDIT)
def add_commission_member() -> ResponseReturnValue:
    """Enter a member of a commission."""
    form = MemberForm()
    with reading() as session:
        rows = [(str(row.id), name_of(row)) for row in list_districts(session, current_actor().reach(EDIT))]
    form.district_id.choices = choices(rows if len(rows) == 1 else [("", text("Choose")), *rows])

    def add() -> CommissionMember:
        with transaction() as session:
            return services.add_member(
                session, district_id=form.district_id.data or 0, section=form.section.data or "",
                name=form.name.data or "", position=form.position.data or "", actor=current_actor(), at=now(),
            )  # fmt: skip

    if form.accepts(add) is None:
        return page(form=form)
    told(text("The member is entered."))
    return redirect_to("distribution.list_commission_members")


@blueprint.route("/commissions/members/<int:member_id>/leave", methods=["GET", "POST"])
@guarded(EDIT)
def end_membership(member_id: int) -> ResponseReturnValue:
    """Write down since when somebody is no member any more."""
    with reading() as session:
        member = queries.get_member(session, member_id, current_actor().reach(EDIT))
    form = LeavingForm(data={"left_on": today(now())})

    def leave() -> CommissionMember:
        with transaction() as session:
            return services.end_membership(
                session, member_id, left_on=day_in(form.left_on), actor=current_actor(), at=now()
            )

    if form.accepts(leave) is None:
        return page(form=form, member=member)
    told(text("The member has left the commission. Their conclusions stay."))
    return redirect_to("distribution.list_commission_members")


@blueprint.route("/cases/<int:case_id>/commission/send", methods=["GET", "POST"])
@guarded(EDIT)
def send_to_commission(case_id: int) -> ResponseReturnValue:
    """Give an application to the commission of its section."""
    day = today(now())
    with reading() as session:
        case = queries.get_case(session, case_id, current_actor().reach(EDIT))
        sections, policy = queries.list_sections(session, case.district_id, day), policy_in_force(session)
    form = SectionForm(data={"happened_on": day})
    form.section.choices = choices([("", text("Choose")), *((one, one) for one in sections)])

    def send() -> CommissionReview:
        with transaction() as session:
            return services.send_to_commission(
                session, case_id, section=form.section.data or "", facts=form.facts(), actor=current_actor(), at=now()
            )

    if form.accepts(send) is None:
        return page(form=form, case=case, sections=sections, policy=policy, fewest=FEWEST_MEMBERS)
    told(text("The application is with the commission."))
    return redirect_to("distribution.show_case", case_id=case_id)


@blueprint.route("/cases/<int:case_id>/commission/examine", methods=["GET", "POST"])
@guarded(EDIT)
def record_examination(case_id: int) -> ResponseReturnValue:
    """Write down what the commission found."""
    with reading() as session:
        case = queries.get_case(session, case_id, current_actor().reach(EDIT))
    form = ExaminationForm(data={"happened_on": today(now())})

    def examine() -> CommissionReview:
        with transaction() as session:
            return services.record_examination(
                session, case_id, findings=form.findings.data or "", facts=form.facts(), actor=current_actor(), at=now()
            )

    if form.accepts(examine) is None:
        return page(form=form, case=case)
    told(text("The examination is written down. Next: the personal conclusion of each member."))
    return redirect_to("distribution.show_case", case_id=case_id)


@blueprint.route("/cases/<int:case_id>/commission/opinion", methods=["GET", "POST"])
@guarded(EDIT)
def record_opinion(case_id: int) -> ResponseReturnValue:
    """Write down the personal conclusion of a member."""
    with reading() as session:
        case = queries.get_case(session, case_id, current_actor().reach(EDIT))
        waiting = queries.list_members_to_hear(session, case, today(now()))
    form = OpinionForm()
    form.member_id.choices = choices([("", text("Choose")), *((str(one.id), one.name) for one in waiting)])

    def say() -> CommissionOpinion:
        with transaction() as session:
            return services.record_opinion(
                session, case_id, member_id=form.member_id.data or 0, opinion=Opinion(form.opinion.data),
                note=form.note.data or "", actor=current_actor(), at=now(),
            )  # fmt: skip

    if form.accepts(say) is None:
        return page(form=form, case=case, waiting=waiting)
    told(text("The conclusion of the member is written down."))
    return redirect_to("distribution.show_case", case_id=case_id)


@blueprint.route("/cases/<int:case_id>/commission/conclude", methods=["GET", "POST"])
@guarded(EDIT)
def conclude_review(case_id: int) -> ResponseReturnValue:
    """Close the examination with what the majority says."""
    with reading() as session:
        case = queries.get_case(session, case_id, current_actor().reach(EDIT))
        review = queries.find_review(session, case_id)
        opinions = queries.list_opinions(session, review.id) if review else []
    form = StepForm(data={"happened_on": today(now())})

    def conclude() -> Opinion:
        with transaction() as session:
            return services.conclude_review(session, case_id, facts=form.facts(), actor=current_actor(), at=now())

    if form.accepts(conclude) is None:
        return page(form=form, case=case, opinions=opinions, **people_words())
    told(text("The commission has concluded. An officer decides next."))
    return redirect_to("distribution.show_case", case_id=case_id)
