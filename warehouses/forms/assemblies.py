"""What a person may say about packing sets and taking them apart."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from wtforms import FieldList, Form as PlainForm, FormField, HiddenField, SelectField, StringField
from wtforms.validators import Optional as StopIfEmpty

from core.i18n import text
from core.web.forms import AtMost, Form, Given, choices, cleaned, label
from core.web.late_reason import late_reason
from core.web.typed_fields import MomentField, NumberField, Optional, whole_number
from warehouses.values.assemblies import MOST_LINES, Pick, SetContent

_LONGEST_CODE = 40
_OFTEN = {"inputmode": "numeric", "autocomplete": "off"}


class AssemblyPlanForm(PlainForm):
    """What shall be packed: where, which set, for which quarter, how many. Stands in the address."""

    place = SelectField(label(text("Place")), validators=[Given(text("Choose the place."))])
    kit = SelectField(label(text("Set")), validators=[Given(text("Choose the set."))])
    quarter = SelectField(label(text("For the quarter")), validators=[Given(text("Choose the quarter."))])
    packs = NumberField(
        label(text("How many sets")), render_kw=_OFTEN, validators=[Given(text("Enter how many sets."))]
    )

    @property
    def kit_and_size(self) -> tuple[str, str]:
        """The code of the kind and the size, empty where the kind has none."""
        code, _, size = (self.kit.data or "").partition("/")
        return code, size


def substitutes_form(content: SetContent, uses: Mapping[int, int]) -> PlainForm:
    """Return the choice of how often each substitute is used in one set: `use0`, `use1` … by its number."""
    names = {line.item.code: line for line in content.lines}
    fields = {}
    for one in content.substitutes:
        line = names[one.item]
        words = text(
            "In place of %(for_packs)s × %(item)s: %(packs)s × %(substitute)s",
            for_packs=one.for_packs,
            item=line.item,
            packs=one.substitute_packs,
            substitute=one.substitute,
        )
        times = [(str(n), str(text("%(n)s times in a set", n=n) if n else text("no"))) for n in
                 range(line.packs // one.for_packs + 1)]  # fmt: skip
        fields[f"use{one.number}"] = SelectField(
            label(words), choices=choices(times), default=str(uses.get(one.number, 0))
        )
    made: type[PlainForm] = type("SubstitutesForm", (PlainForm,), fields)
    return made()


class PickedLotForm(PlainForm):
    """A lot and how many packs of it."""

    lot_id = HiddenField(render_kw={"id": False})
    packs = NumberField(label(text("Packs")), render_kw=_OFTEN)


class PicksForm(Form):
    """The lots of an act, each with its packs; lines without packs name nothing."""

    lines = FieldList(FormField(PickedLotForm), label(text("Lots")), max_entries=MOST_LINES)
    happened_at = MomentField(
        label(text("When it was done")),
        description=label(text("Empty for now")),
        validators=[Optional(), StopIfEmpty()],
    )
    late_reason = late_reason()

    def picks(self) -> tuple[Pick, ...]:
        """Return the lots that are named."""
        given = ((whole_number(line.form.lot_id.data), line.form.packs.data) for line in self.lines)
        return tuple(Pick(lot_id, packs) for lot_id, packs in given if lot_id is not None and packs)


class AssemblyForm(PicksForm):
    """The lots from which sets are packed, and the code of their own lot."""

    lot_code = StringField(
        label(text("Lot code of the sets")),
        description=label(text("It stands on the labels; write another one if you number lots yourself")),
        filters=[cleaned],
        validators=[Given(text("Enter a lot code.")), AtMost(_LONGEST_CODE)],
        render_kw={"autocomplete": "off"},
    )


class TakingApartForm(PicksForm):
    """The lots that come out of sets."""


class SetsForm(PlainForm):
    """How many sets are taken apart."""

    packs = NumberField(
        label(text("How many sets")), render_kw=_OFTEN, validators=[Given(text("Enter how many sets."))]
    )


def lines_of(lots: Iterable[int], taken: Mapping[int, int]) -> Sequence[Mapping[str, int | None]]:
    """Return the lines of a form: each lot with the packs proposed of it; of more than a form holds, the first.

    Those of which packs are proposed always stand.
    """
    every = list(lots)
    spare = max(0, MOST_LINES - len(taken))
    others = set(islice((lot_id for lot_id in every if lot_id not in taken), spare))
    shown = [lot_id for lot_id in every if lot_id in taken or lot_id in others]
    return [{"lot_id": lot_id, "packs": taken.get(lot_id)} for lot_id in shown[:MOST_LINES]]
