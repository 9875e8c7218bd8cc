"""How a kind of set is told: for which ages, how often, for whom, and whether it is given out."""

from catalog.models import KitKind
from catalog.rules.kits import WhoMayGet
from catalog.values import ForAward, ForSex
from core.i18n import gettext as _, ngettext

_MONTHS = 12
_QUARTERS = 4


def ages_told(kit: WhoMayGet) -> str:
    """Return the ages of a kind, in full years where they are."""
    if kit.age_from_months % _MONTHS or kit.age_to_months % _MONTHS:
        youngest = ngettext("from %(n)s month", "from %(n)s months", kit.age_from_months)
        oldest = ngettext("to under %(n)s month", "to under %(n)s months", kit.age_to_months)
    else:
        youngest = ngettext("from %(n)s year", "from %(n)s years", kit.age_from_months // _MONTHS)
        oldest = ngettext("to under %(n)s year", "to under %(n)s years", kit.age_to_months // _MONTHS)
    return f"{youngest} {oldest}"


def interval_told(kit: KitKind) -> str:
    """Return how often a set of the kind is due."""
    if kit.interval_quarters == 1:
        return _("every quarter")
    if kit.interval_quarters == _QUARTERS:
        return _("once a year")
    return ngettext("once in %(n)s quarter", "once in %(n)s quarters", kit.interval_quarters)


def who_told(kit: WhoMayGet) -> str:
    """Return for whom a kind is, beside the ages."""
    awards = {ForAward.UNCONDITIONAL: _("unconditional assistance"), ForAward.CONDITIONAL: _("conditional assistance")}
    sexes = {ForSex.FEMALE: _("girls"), ForSex.MALE: _("boys")}
    told = [words[key] for words, key in ((sexes, kit.for_sex), (awards, kit.for_award)) if key in words]  # type: ignore[index]  # texts of an enum
    return ", ".join(told) or _("every child")


def state_told(kit: KitKind) -> tuple[str, str]:
    """Return the mark and the words of whether a kind is given out."""
    if kit.is_active:
        return "ok", _("given out")
    return ("muted", _("not activated yet")) if kit.activated_at is None else ("attention", _("switched off"))
