"""What a person may type about items."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from wtforms import (
    Form as PlainForm,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import Field
from wtforms.widgets import CheckboxInput, ListWidget

from catalog.errors import ItemMalformed
from catalog.models import Item
from catalog.rules.items import UNREADABLE
from catalog.values import ALLERGENS, NUTRIENTS, UNITS, ItemFacts
from core.errors import Fault
from core.i18n import Text, current_language, name_of, text
from core.web.forms import AtMost, Form, Result, choices, cleaned, label
from core.web.typed_fields import Optional

OWN_OF_PACKED_KITS = frozenset({"gtins", "storage_min_c", "storage_max_c", "note"})
_OF_EVERY_FORM = frozenset({"csrf_token", "form_key", "revision"})
_WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)
_LONGEST_GTINS = 1000
_NOTHING = ItemFacts(code="", name_kk="", name_ru="", name_en="", pack_net=0, pack_unit="")
_NAMED_OTHERWISE = {"reference_price_tiyn": "price"}
_FIGURES = {"inputmode": "decimal", "autocomplete": "off"}


class Whole:
    """Validator: a whole number, or nothing."""

    def __call__(self, form: object, field: Field) -> None:
        """Refuse anything else."""
        del form
        if field.data and not _WHOLE.fullmatch(field.data):
            raise ValidationError(str(text("Write a whole number in figures, for example 400.")))


class Figure:
    """Validator: a figure with a few digits behind the comma, or nothing."""

    def __init__(self, digits: int) -> None:
        self.digits = digits

    def __call__(self, form: object, field: Field) -> None:
        """Refuse anything else."""
        del form
        if field.data and not re.fullmatch(rf"\d{{1,9}}([.,]\d{{1,{self.digits}}})?", field.data, re.ASCII):
            message = text(
                "Write a figure, for example 12,5, with at most %(n)s digits behind the comma.", n=self.digits
            )
            raise ValidationError(str(message))


class Readable:
    """Validator: every letter arrived."""

    def __call__(self, form: object, field: Field) -> None:
        """Refuse the sign that stands for a letter that was lost."""
        del form
        if UNREADABLE in (field.data or ""):
            raise ValidationError(
                str(text("Letters were lost on the way: the sign «\ufffd» stands for them. Write them."))
            )


def squeezed(value: str | None) -> str | None:
    """Filter: a figure without the spaces between its digits, with a plain minus."""
    return None if value is None else re.sub(r"\s", "", cleaned(value) or "").replace("\u2212", "-")


class CheckboxesField(SelectMultipleField):
    """Several choices, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _line(title: Text, hint: Text | None = None, *, optional: bool = False) -> StringField:
    return StringField(
        label(title),
        description=label(hint) if hint is not None else "",
        filters=[cleaned],
        validators=[Optional(), Readable()] if optional else [Readable()],
        render_kw={"autocomplete": "off"},
    )


def _whole(title: Text, hint: Text | None = None) -> StringField:
    description = label(hint) if hint is not None else ""
    return StringField(
        label(title),
        description=description,
        filters=[squeezed],
        validators=[Optional(), Whole()],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


def _allergens(title: Text, hint: Text) -> CheckboxesField:
    return CheckboxesField(
        label(title), description=label(hint), choices=lambda: choices(ALLERGENS.items()), validate_choice=False
    )


class NutrientsForm(PlainForm):
    """How much of each nutrient 100 g hold; a field for each, by its code."""


for _code, _named in NUTRIENTS.items():
    setattr(
        NutrientsForm,
        _code.value,
        StringField(
            label(text("%(nutrient)s, %(unit)s", nutrient=_named.name, unit=_named.unit)),
            filters=[squeezed],
            validators=[Figure(3)],
            render_kw=_FIGURES,
        ),
    )


class ItemForm(Form):
    """All that is said about a component. `revision` is the one that the page was opened with."""

    revision = HiddenField(render_kw={"id": False})
    code = StringField(
        label(text("Code of the item")),
        description=label(text("Latin letters, digits and hyphens, for example MILK25; it stays for ever")),
        filters=[cleaned],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    name_kk = _line(text("Name in Kazakh"))
    name_ru = _line(text("Name in Russian"))
    name_en = _line(text("Name in English"))
    pack_net = StringField(
        label(text("Net content of a pack")),
        filters=[squeezed],
        validators=[Whole()],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    pack_unit = RadioField(label(text("Unit")), choices=lambda: choices(UNITS.items()), validate_choice=False)
    pack_grams = _whole(
        text("Mass of a pack, g"), text("By it nutrients are counted; leave it empty where the unit is g")
    )
    storage_min_c = _whole(text("Storage from, °C"))
    storage_max_c = _whole(text("Storage to, °C"))
    shelf_life_days = _whole(text("Shelf life in days"), text("Empty for goods that do not expire"))
    allergens = _allergens(text("Contains"), text("What is in the recipe"))
    may_contain = _allergens(text("May contain"), text("Traces that the label warns of"))
    nutrients = FormField(
        NutrientsForm,
        label(text("Nutrients in 100 g")),
        description=label(text("Leave empty what is not known: unknown is not zero")),
    )
    nutrient_source = _line(
        text("Source of the nutrients"), text("A label, a table of foods or a laboratory report"), optional=True
    )
    gtins = TextAreaField(
        label(text("Trade numbers (GTIN)")),
        description=label(text("The digits below the barcode, one number a line")),
        validators=[Optional(), AtMost(_LONGEST_GTINS)],
        render_kw={"rows": 3, "inputmode": "numeric", "autocomplete": "off"},
    )
    hs_code = _line(text("Customs code"), text("Digits and spaces, for example 0401 20"), optional=True)
    price = StringField(
        label(text("Reference price, tenge")),
        filters=[squeezed],
        validators=[Optional(), Figure(2)],
        render_kw=_FIGURES,
    )
    note = TextAreaField(
        label(text("Note on the item")), filters=[cleaned], validators=[Optional()], render_kw={"rows": 3}
    )
    variant_of = _line(text("Size of the item"), text("The code of the item that this is a size of"), optional=True)
    variant = _line(text("Size"), text("For example 122; empty where there are no sizes"), optional=True)

    def keep_only(self, names: frozenset[str]) -> None:
        """Take off the form what may not be changed here."""
        for name in [field.name for field in self if field.name not in names | _OF_EVERY_FORM]:
            del self[name]

    def facts(self, stored: ItemFacts | None = None) -> ItemFacts:
        """Return what was typed; what the form does not ask for is as it was stored."""
        given: dict[str, Any] = {
            name: read(self[field])
            for name, read in _READERS.items()
            if (field := _NAMED_OTHERWISE.get(name, name)) in self
        }
        return replace(stored or _NOTHING, **given)

    def show(self, facts: ItemFacts) -> None:
        """Fill the fields with what is said about an item."""
        for name, write in _WRITERS.items():
            field = _NAMED_OTHERWISE.get(name, name)
            if field in self:
                self[field].data = write(facts)
        if "nutrients" in self:
            for code in NUTRIENTS:
                self.nutrients.form[code].data = _typed_milli(facts.nutrients.get(code))

    def accepts(self, action: Callable[[], Result]) -> Result | None:
        """Run the action when the form was sent and is whole; each fault it tells stands beside its field."""

        def told() -> Result:
            try:
                return action()
            except ItemMalformed as refusal:
                self._tell(refusal.faults)
                raise

        accepted = super().accepts(told)
        if self.errors:
            self.problem = None
        return accepted

    def _tell(self, faults: Sequence[Fault]) -> None:
        for fault in faults:
            name = _NAMED_OTHERWISE.get(str(fault.field), str(fault.field))
            fields = self.nutrients.form if name in NUTRIENTS else self
            if name in fields:
                fields[name].errors = [*fields[name].errors, str(fault.message)]
            else:
                self.form_errors.append(str(fault.message))


class RetireForm(Form):
    """Which item replaces the one that is retired."""

    revision = HiddenField(render_kw={"id": False})
    replacement = SelectField(
        label(text("Replaced by")),
        description=label(text("Needed where a standard in force or to come counts on the item")),
        validate_choice=False,
    )

    def offer(self, items: Sequence[Item]) -> None:
        """Offer the items that may replace it, by name."""
        by_name = sorted((f"{name_of(one)} · {one.code}", one.code) for one in items)
        self.replacement.choices = choices(
            [("", text("Nothing replaces it")), *((code, words) for words, code in by_name)]
        )


def _word(field: Field) -> str:
    return field.data or ""


def _number(field: Field) -> int | None:
    return int(field.data) if field.data else None


def _counted(field: Field) -> int:
    return int(field.data) if field.data else 0


def _codes(field: Field) -> tuple[str, ...]:
    return tuple(field.data or ())


def _lines(field: Field) -> tuple[str, ...]:
    return tuple(line for line in re.split(r"[\r\n;,]+", field.data or "") if line.strip())


def _tiyn(field: Field) -> int | None:
    return int(Decimal(field.data.replace(",", ".")).scaleb(2)) if field.data else None


def _milli(field: Field) -> dict[str, int]:
    typed: dict[str, str | None] = field.data or {}
    return {code: int(Decimal(said.replace(",", ".")).scaleb(3)) for code, said in typed.items() if said}


def _typed(number: Decimal) -> str:
    """Return a figure as people of the current language type it, without needless zeros."""
    said = f"{number:f}"
    said = said.rstrip("0").rstrip(".") if "." in said else said
    return said if current_language() == "en" else said.replace(".", ",")


def _typed_milli(milli: int | None) -> str:
    return "" if milli is None else _typed(Decimal(milli).scaleb(-3))


def _typed_whole(number: int | None) -> str:
    return "" if number is None else str(number)


_READERS: Mapping[str, Callable[[Field], object]] = {
    **dict.fromkeys(("code", "name_kk", "name_ru", "name_en", "pack_unit", "nutrient_source"), _word),
    **dict.fromkeys(("hs_code", "note", "variant_of", "variant"), _word),
    **dict.fromkeys(("pack_grams", "storage_min_c", "storage_max_c", "shelf_life_days"), _number),
    **dict.fromkeys(("allergens", "may_contain"), _codes),
    "pack_net": _counted,
    "gtins": _lines,
    "nutrients": _milli,
    "reference_price_tiyn": _tiyn,
}

_WRITERS: Mapping[str, Callable[[ItemFacts], object]] = {
    "code": lambda facts: facts.code,
    "name_kk": lambda facts: facts.name_kk,
    "name_ru": lambda facts: facts.name_ru,
    "name_en": lambda facts: facts.name_en,
    "pack_net": lambda facts: _typed_whole(facts.pack_net or None),
    "pack_unit": lambda facts: facts.pack_unit,
    "pack_grams": lambda facts: "" if facts.pack_unit == "g" else _typed_whole(facts.pack_grams),
    "storage_min_c": lambda facts: _typed_whole(facts.storage_min_c),
    "storage_max_c": lambda facts: _typed_whole(facts.storage_max_c),
    "shelf_life_days": lambda facts: _typed_whole(facts.shelf_life_days),
    "allergens": lambda facts: list(facts.allergens),
    "may_contain": lambda facts: list(facts.may_contain),
    "nutrient_source": lambda facts: facts.nutrient_source,
    "gtins": lambda facts: "\n".join(facts.gtins),
    "hs_code": lambda facts: facts.hs_code,
    "reference_price_tiyn": lambda facts: (
        "" if facts.reference_price_tiyn is None else _typed(Decimal(facts.reference_price_tiyn).scaleb(-2))
    ),
    "note": lambda facts: facts.note,
    "variant_of": lambda facts: facts.variant_of,
    "variant": lambda facts: facts.variant,
}
