"""The form of the lines of a draft: one line per item, a place to add one, and a place to paste many."""

from collections.abc import Sequence

from wtforms import FieldList, Form as Part, FormField, HiddenField, StringField, TextAreaField

from catalog.forms.versions import whole
from catalog.rules.lines import MOST_LINES
from catalog.values import LineWish
from core.i18n import text
from core.web.forms import AtMost, Form, label

_LONGEST_PASTE = 20_000


class LinePart(Part):
    """One line: the code of the item, and its packs as they were typed."""

    item = HiddenField(render_kw={"id": False})
    packs = StringField(
        label(text("Packs")),
        validators=[AtMost(10)],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "input packs"},
    )


class LinesForm(Form):
    """The lines of a draft as they stand on the page, saved or not."""

    buttons = ("act",)

    revision = HiddenField(render_kw={"id": False})
    lines = FieldList(FormField(LinePart), max_entries=MOST_LINES)
    added_item = StringField(
        label(text("Item to add")),
        description=label(text("Its name in any of the three languages, or its code")),
        validators=[AtMost(300)],
        render_kw={"list": "items", "autocomplete": "off"},
    )
    added_packs = StringField(
        label(text("Packs of it")),
        default="1",
        validators=[AtMost(10)],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "input packs"},
    )
    pasted = TextAreaField(
        label(text("Rows copied from a table")),
        description=label(text("One row per item: its code or name, then the packs.")),
        validators=[AtMost(_LONGEST_PASTE)],
        render_kw={"rows": 5, "autocomplete": "off", "spellcheck": "false"},
    )

    def wishes(self) -> list[LineWish]:
        """Return the lines as they stand; packs that are no whole number count as 0, which the rules refuse."""
        return [LineWish(line.form.item.data or "", whole(line.form.packs.data)) for line in self.lines]

    def show(self, wishes: Sequence[LineWish]) -> None:
        """Let these lines stand on the page."""
        while len(self.lines):
            self.lines.pop_entry()
        for wish in wishes[:MOST_LINES]:
            self.lines.append_entry({"item": wish.item, "packs": str(wish.packs) if wish.packs else ""})
