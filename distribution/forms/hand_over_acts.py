"""Forms of what becomes of hand-overs: returns, corrections, overrides."""

from collections.abc import Mapping, Sequence

from wtforms import FieldList, RadioField, SelectField, StringField

from core.i18n import Text, name_of, text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label, required_line
from core.web.typed_fields import Optional
from distribution.queries.returns import SetOfFamily
from distribution.queries.scans import LotAtPoint
from distribution.rules.vouchers import masked_name
from distribution.values import Collector, ReturnedPacks

_LONGEST = 200
_LONGEST_CODE = 40
_BACK = "back"
_OFF = {"autocomplete": "off"}
PACKS = {
    ReturnedPacks.STOCK: text("Whole: they may be given to another family"),
    ReturnedPacks.APART: text("Opened, damaged or spoiled: keep them apart"),
}
COLLECTORS = {
    Collector.GUARDIAN: text("Guardian"),
    Collector.PROXY: text("By proxy"),
    Collector.OTHER: text("Somebody else"),
}


class _OfSets(Form):
    """A question about each set of a family."""

    sets = FieldList(SelectField(validate_choice=True), label=label(text("Sets")))
    reason = required_line(text("Reason"), text("Enter the reason. It stays in the history."), most=_LONGEST)

    def _ask(
        self, found: Sequence[SetOfFamily], offered: Sequence[list[tuple[str, Text | str]]], now: list[str]
    ) -> None:
        while len(self.sets) < len(found):
            self.sets.append_entry(now[len(self.sets)])
        while len(self.sets) > len(found):
            self.sets.pop_entry()
        for field, one, options in zip(self.sets, found, offered, strict=True):
            field.choices = choices(options)
            field.label.text = f"{one.kit.code} – {name_of(one.kit)}, {masked_name(one.child.name)}"


class ReturnForm(_OfSets):
    """Which sets a family brought back, and in what state."""

    packs = RadioField(label(text("The packs")), validators=[Given(text("Choose in what state the packs are."))])

    def ask(self, found: Sequence[SetOfFamily]) -> None:
        """Ask about every set that the family has."""
        self.packs.choices = choices(list(PACKS.items()))
        options: list[tuple[str, Text | str]] = [("", text("The family keeps it")), (_BACK, text("Came back"))]
        self._ask(found, [options] * len(found), [""] * len(found))

    def came_back(self, found: Sequence[SetOfFamily]) -> Sequence[int]:
        """Return the sets that came back."""
        return [one.allotment_id for field, one in zip(self.sets, found, strict=True) if field.data == _BACK]


class CorrectForm(_OfSets):
    """What was really given, set by set."""

    def ask(
        self, found: Sequence[SetOfFamily], there: Mapping[int, Sequence[LotAtPoint]], codes: Mapping[int, str]
    ) -> None:
        """Ask about every set of the family: not given, or given from which lot."""
        offered: list[list[tuple[str, Text | str]]] = []
        for one in found:
            lots = {one.lot_id: one.lot or "–"} if one.lot_id else {}
            lots |= {lot.lot_id: _named(lot, codes) for lot in there.get(one.item_id, []) if lot.on_hand > 0}
            told = [(str(lot), text("Given from lot %(lot)s", lot=code)) for lot, code in lots.items()]
            offered.append([("0", text("Not given")), *told])
        self._ask(found, offered, [str(one.lot_id) for one in found])

    def really(self, found: Sequence[SetOfFamily]) -> Mapping[int, int]:
        """Return for each set the lot that it came from, or 0."""
        return {one.allotment_id: int(field.data) for field, one in zip(self.sets, found, strict=True)}


class OverrideForm(Form):
    """The code on the paper, who came, and why the family gets what the book lacks."""

    code = required_line(text("Code on the voucher"), text("Enter the code below the square."), most=_LONGEST_CODE)
    collector = RadioField(label(text("Who came")), validators=[Given(text("Choose who came."))])
    note = StringField(
        label(text("Name and paper, when it is not the guardian")),
        filters=[cleaned],
        validators=[Optional(), AtMost(_LONGEST)],
        render_kw=_OFF,
    )
    reason = required_line(
        text("Why the book lacks what is on the shelf"),
        text("Enter the reason. It stays in the history."),
        most=_LONGEST,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.collector.choices = choices(list(COLLECTORS.items()))
        self.reason.description = str(text("For example: the delivery of today is not entered yet."))


def _named(lot: LotAtPoint, codes: Mapping[int, str]) -> str:
    code = codes.get(lot.lot_id) or "–"
    return f"{code}, {lot.size}" if lot.size else code
