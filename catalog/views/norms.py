"""Pages of norms: the list, one table, a further one, and which of them rules."""

from collections.abc import Iterator
from decimal import Decimal

from flask import request
from flask.typing import ResponseReturnValue

from catalog.forms.norms import NormEntryForm, PolicyForm
from catalog.models import CoveragePolicy, Norm
from catalog.permissions import CatalogRight
from catalog.queries.norms import get_norm, get_policy, is_norm_used, list_norms as norms_of, list_policies
from catalog.services.norms import enter_norm, set_policy
from catalog.values import NUTRIENTS, Bound, ForSex, Nutrient
from catalog.views.blueprint import blueprint
from core.clock import now
from core.i18n import Text, gettext as _, text
from core.tabular import Cell
from core.web.exports import asked_format, export_response
from core.web.guards import current_actor, guarded
from core.web.lists import read_list_query
from core.web.pages import page, redirect_to, told
from core.web.session import reading, transaction

SEXES: dict[str, Text] = {ForSex.ANY: text("any"), ForSex.FEMALE: text("girls"), ForSex.MALE: text("boys")}
BOUNDS: dict[str, Text] = {Bound.MINIMUM: text("minimum"), Bound.LIMIT: text("limit")}
SAID_BY_FACTS: tuple[Text, ...] = (
    text("proposal"),
    text(
        "calcium, iron, zinc and iodine verified in the source; energy, protein and vitamins A, C and D general "
        "knowledge; limits proposal"
    ),
    text("macronutrients verified; energy general knowledge"),
    text("minimums verified in a reprint of the table; limit of sodium general knowledge"),
)
"""What the norms that come with the catalogue say of their figures; pages say it in the reader's language."""

_MONTHS = 12
_THOUSANDTHS = 1000


@blueprint.get("/norms")
@guarded(CatalogRight.READ)
def list_norms() -> ResponseReturnValue:
    """List the norms, which one rules, and which ones ruled before."""
    with reading() as session:
        norms, policies = norms_of(session), list_policies(session)
    return page(norms=norms, policies=policies, may_set=current_actor().may(CatalogRight.SET_COVERAGE))


@blueprint.get("/norms/<code>")
@guarded(CatalogRight.READ)
def show_norm(code: str) -> ResponseReturnValue:
    """Show a norm: its source and its whole table."""
    query, form = read_list_query(sorts={""}, default=""), asked_format()
    with reading() as session:
        norm, policy = get_norm(session, code), get_policy(session)
        is_used = is_norm_used(session, norm)
    if form:
        return export_response(form, _header(), _rows(norm), name="norm", scope=code, at=now())
    return page(
        norm=norm,
        rows=list(_rows(norm)),
        is_ruling=norm.id == policy.norm_id,
        is_used=is_used,
        query=query,
        may_set=current_actor().may(CatalogRight.SET_COVERAGE),
    )


def _header() -> list[str]:
    return [_("Age from, years"), _("Age to, years"), _("Sex"), _("Nutrient"), _("Bound"), _("Amount a day")]


def _rows(norm: Norm) -> Iterator[tuple[Cell, ...]]:
    """Yield the table of a norm in the order of nutrients and ages, as it can be pasted again."""
    order = {nutrient.value: place for place, nutrient in enumerate(NUTRIENTS)}
    for one in sorted(norm.values, key=lambda one: (one.bound != Bound.MINIMUM, order[one.nutrient], one.id)):
        shown = NUTRIENTS[Nutrient(one.nutrient)]
        yield (
            _years(one.age_from_months), _years(one.age_to_months), str(SEXES[one.sex]),
            f"{shown.name}, {shown.unit}", str(BOUNDS[one.bound]), _plain(Decimal(one.milli) / _THOUSANDTHS),
        )  # fmt: skip


def _years(months: int) -> int | Decimal:
    return _plain((Decimal(months) / _MONTHS).quantize(Decimal("0.0001")))


def _plain(number: Decimal) -> int | Decimal:
    return int(number) if number == int(number) else number.normalize()


@blueprint.route("/norms/new", methods=["GET", "POST"])
@guarded(CatalogRight.SET_COVERAGE)
def new_norm() -> ResponseReturnValue:
    """Enter a further norm, from scratch or from the table of another one."""
    form, source = NormEntryForm(), request.args.get("source")
    norm = form.accepts(lambda: _enter(form))
    if norm is not None:
        told(text("The norm is entered. It rules once it is chosen."))
        return redirect_to("catalog.show_norm", code=norm.code)
    if source and not form.is_submitted():
        with reading() as session:
            rows = [_header(), *_rows(get_norm(session, source))]
        form.table.data = "\n".join("\t".join(map(str, row)) for row in rows)
    return page(form=form)


def _enter(form: NormEntryForm) -> Norm:
    with transaction() as session:
        return enter_norm(session, form.given(), actor=current_actor(), at=now())


@blueprint.route("/coverage-policy", methods=["GET", "POST"])
@guarded(CatalogRight.SET_COVERAGE)
def set_coverage_policy() -> ResponseReturnValue:
    """Choose which norm rules, what is warned of, and say why."""
    with reading() as session:
        norms, policy = norms_of(session), get_policy(session)
    below, above = policy.warn_below_percent, policy.warn_above_percent
    form = PolicyForm(norm=request.args.get("norm") or policy.norm.code, below=below, above=above)
    form.offer(norms)
    if form.accepts(lambda: _set(form)):
        told(text("This norm rules from now on."))
        return redirect_to("catalog.list_norms")
    return page(form=form, policy=policy)


def _set(form: PolicyForm) -> CoveragePolicy:
    with transaction() as session:
        norm = get_norm(session, form.norm.data)
        thresholds, reason = form.thresholds(), form.reason.data or ""
        return set_policy(session, norm, thresholds=thresholds, reason=reason, actor=current_actor(), at=now())
