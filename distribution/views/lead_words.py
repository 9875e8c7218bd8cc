"""What leads are called: their kinds, what was seen, how they were decided."""

from collections.abc import Iterator, Mapping

from core.i18n import Text, text, text_plural
from distribution.models import Lead
from distribution.values.leads import LeadDecision, LeadKind, LeadStatus

KIND_NAMES: Mapping[str, Text] = {
    LeadKind.SAME_CHILD: text("One child entered twice"),
    LeadKind.MOVED_CHILD: text("Child came from another family"),
    LeadKind.SHARED_PHONE: text("Many families, one telephone"),
    LeadKind.SHARED_ADDRESS: text("Many families, one address"),
    LeadKind.CLOSE_BIRTHS: text("Births too close together"),
    LeadKind.MANY_CHILDREN: text("Too many small children"),
}
STATUS_WORDS: Mapping[str, tuple[str, Text]] = {
    LeadStatus.OPEN: ("attention", text("to decide")),
    LeadStatus.DECIDED: ("ok", text("decided")),
    LeadStatus.GONE: ("muted", text("found no more")),
}
DECISION_NAMES: Mapping[str, Text] = {
    LeadDecision.SAME: text("One child: only the one entered first gets sets"),
    LeadDecision.DIFFERENT: text("Two children: both get sets"),
    LeadDecision.RIGHT: text("It is right as it is"),
    LeadDecision.MISTAKE: text("It is a mistake: the family has to be corrected"),
}
_SEEN: Mapping[str, Text] = {
    "name_same": text("The name is the same, but for its spelling."),
    "name_shorter": text("One name is the other without a word."),
    "name_near": text("The names are one letter apart."),
    "birth_same": text("The birthday is the same."),
    "birth_swapped": text("Day and month of the birthday are swapped."),
    "one_family": text("Both are in one family."),
    "one_district": text("Both live in one district."),
    "one_guardian_name": text("Both guardians have the same name."),
    "one_phone": text("Both families have the same telephone."),
}


def reasons_of(lead: Lead) -> list[Text]:
    """Return what was seen, as sentences."""
    return list(_reasons(lead))


def _reasons(lead: Lead) -> Iterator[Text]:
    seen = lead.reasons.get("seen")
    for word in seen if isinstance(seen, list) else ():
        yield _SEEN[word]
    if lead.kind == LeadKind.CLOSE_BIRTHS:
        yield text_plural(
            "%(n)s time children were born less than seven months apart, and not as twins.",
            "%(n)s times children were born less than seven months apart, and not as twins.",
            _number(lead, "pairs"),
        )
    elif lead.kind == LeadKind.MANY_CHILDREN:
        count = _number(lead, "children")
        yield text_plural("%(n)s child is under six years old.", "%(n)s children are under six years old.", count)
    elif lead.kind == LeadKind.MOVED_CHILD:
        yield text("The child was in case %(number)s of another family.", number=str(lead.reasons["case_no"]))
        if lead.reasons["status"] == "awarded":
            yield text("That case still gets assistance.")
    elif lead.kind == LeadKind.SHARED_PHONE:
        count = _number(lead, "families")
        yield text_plural("%(n)s family has this telephone.", "%(n)s families have this telephone.", count)
    elif lead.kind == LeadKind.SHARED_ADDRESS:
        count = _number(lead, "families")
        yield text_plural("%(n)s family has this address.", "%(n)s families have this address.", count)


def _number(lead: Lead, name: str) -> int:
    found = lead.reasons.get(name)
    return found if isinstance(found, int) else 0
