"""Lines chosen from more than a page can hold: what is searched for is offered page by page, what was filled stays."""

from collections.abc import Collection, Sequence

from flask import request
from wtforms import FieldList, Form as PlainForm, FormField, HiddenField, StringField

from core.i18n import text
from core.web.forms import AtMost, Form, label
from core.web.lists import like_pattern
from core.web.typed_fields import Optional, PacksField, whole_number

MOST_LINES = 1_500
"""More lines than any paper has; what a page offers beside them comes on top."""

_OFFERED_BESIDE = 200
MOST_ENTRIES = MOST_LINES + _OFFERED_BESIDE
_LONGEST_SEARCH = 400
FIND, PAGE = "find", "page-"


class LotLineForm(PlainForm):
    """So many packs of a lot; no packs means no line."""

    lot_id = HiddenField(render_kw={"id": False})
    packs = PacksField(label(text("Packs")), render_kw={"inputmode": "numeric", "autocomplete": "off"})


class LineChoiceForm(Form):
    """A form whose lines are lots searched for: those that were filled come first, then those that are offered.

    The buttons that search and turn pages send the whole form, so nothing that was typed is lost, with or without
    scripts. A form of this kind names its own `lines`, each with `lot_id` and `packs`.
    """

    buttons = ("act",)

    q = StringField(
        label(text("Find lots")),
        description=label(text("Item, lot, or a scanned code")),
        filters=[lambda value: (value or "").strip()],
        validators=[Optional(), AtMost(_LONGEST_SEARCH)],
        render_kw={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "class": "input code"},
    )
    page_shown = HiddenField(render_kw={"id": False})
    lines: "FieldList[FormField[LotLineForm]]"
    chosen = 0
    """How many lines on top were filled before."""

    @property
    def act(self) -> str:
        """What the button says that sent the form: search, turn to a page, or nothing of the two."""
        return request.form.get("act", "")

    @property
    def is_looking(self) -> bool:
        """Say whether lots are only searched for: nothing is to be written yet."""
        return bool(self.is_submitted()) and (self.act == FIND or self.act.startswith(PAGE))

    @property
    def searched(self) -> str:
        """What is searched for, by the form or by the address."""
        if self.is_submitted():
            return (self.q.data or "")[:_LONGEST_SEARCH]
        return request.args.get("q", "").strip()[:_LONGEST_SEARCH]

    @property
    def pattern(self) -> str:
        """The LIKE pattern of what is searched for."""
        return like_pattern(self.searched)

    @property
    def page_asked(self) -> int:
        """The page of the offer that is to be shown."""
        asked = self.act.removeprefix(PAGE) if self.act.startswith(PAGE) else self.page_shown.data
        return 1 if self.act == FIND else whole_number(asked) or 1

    @property
    def lot_ids(self) -> Sequence[int]:
        """The lots that stand on the form."""
        found = (whole_number(line.form.lot_id.data) for line in self.lines)
        return [lot_id for lot_id in found if lot_id is not None]

    def offer(self, lot_ids: Collection[int], *, page: int) -> None:
        """Let the lots that were filled stand first, then those offered; a form that was refused stays as it was sent.

        Raises:
            UnknownField: the form carries a field that is not its own.
        """
        self.page_shown.data = str(page)
        if self.is_submitted() and not self.is_looking:
            return
        if self.is_looking:
            self.validate()  # refuses fields that are not its own
        filled = self._filled()
        self.chosen = len(filled)
        while len(self.lines):
            self.lines.pop_entry()
        for lot_id, packs in filled.items():
            self.lines.append_entry({"lot_id": str(lot_id), "packs": packs})
        for lot_id in lot_ids:
            if lot_id not in filled and len(self.lines) < MOST_ENTRIES:
                self.lines.append_entry({"lot_id": str(lot_id), "packs": None})
        for field in self:
            field.errors = ()
        self.q.data, self.q.raw_data = self.searched, None

    def _filled(self) -> dict[int, str]:
        """Return what was typed for each lot, whether it can be read or not."""
        found: dict[int, str] = {}
        for line in self.lines:
            lot_id, typed = whole_number(line.form.lot_id.data), line.form.packs.raw_data
            if lot_id is not None and typed and str(typed[0]).strip():
                found.setdefault(lot_id, str(typed[0]).strip())
        return found
