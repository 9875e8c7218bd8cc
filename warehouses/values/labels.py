"""Nouns of labels: what a label is for, which code it bears, which paper it is printed on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.i18n import Text, text

MOST_COPIES = 1000
"""The most labels of one print (SEC-34)."""

MOST_PACKS = 99_999_999
"""The most packs that a label can tell: the eight digits of the GS1 application identifier 37."""


class LabelKind(StrEnum):
    """What a label is stuck on."""

    LOT = "lot"
    CARTON = "carton"


class CodeKind(StrEnum):
    """The symbol of a label."""

    QR = "qr"
    DATA_MATRIX = "datamatrix"


@dataclass(frozen=True, slots=True)
class LabelTemplate:
    """A sheet of labels or a roll; all measures in millimetres from the top left of the page as it is fed.

    `turned` labels lie across the roll: they are laid out `width` wide and turned a quarter on the page.
    """

    key: str
    name: Text
    page: tuple[float, float]
    width: float
    height: float
    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    gap: float = 0
    turned: bool = False

    @property
    def per_page(self) -> int:
        """The labels of one page."""
        return self.columns * self.rows


_A4 = (210.0, 297.0)
_SHEET_OF_14 = LabelTemplate(
    "a4-14", text("A4 sheet, 14 labels of 99 × 38 mm"), _A4, 99.1, 38.1,
    columns=2, rows=7, left=4.65, top=15.15, gap=2.5,
)  # fmt: skip
LOT_TEMPLATES: Mapping[str, LabelTemplate] = {
    one.key: one
    for one in (
        LabelTemplate("a4-24", text("A4 sheet, 24 labels of 70 × 37 mm"), _A4, 70, 37, columns=3, rows=8, top=0.5),
        _SHEET_OF_14,
        LabelTemplate("roll-58", text("Roll of 58 mm"), (58, 70), 58, 70),
        LabelTemplate("roll-80", text("Roll of 80 mm"), (80, 50), 80, 50),
    )
}
CARTON_TEMPLATES: Mapping[str, LabelTemplate] = {
    one.key: one
    for one in (
        _SHEET_OF_14,
        LabelTemplate("roll-58", text("Roll of 58 mm"), (58, 110), 110, 58, turned=True),
        LabelTemplate("roll-80", text("Roll of 80 mm"), (80, 110), 110, 80, turned=True),
    )
}
TEMPLATES: Mapping[LabelKind, Mapping[str, LabelTemplate]] = {
    LabelKind.LOT: LOT_TEMPLATES,
    LabelKind.CARTON: CARTON_TEMPLATES,
}


@dataclass(frozen=True, slots=True)
class LabelWish:
    """How labels are to be printed: template, symbol, how many, how many labels of the first sheet are used up.

    `packs` are those under the label: of a lot label None leaves them out, of a carton they are what is inside.
    `prefix` is the company prefix (GS1) under which cartons are numbered, empty for the state's.
    """

    template: str
    code_kind: str
    copies: int
    skip: int = 0
    packs: int | None = None
    gtin: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class NumberOwner:
    """Somebody under whose company prefix (GS1) cartons of a lot may be numbered; `key` stands in addresses."""

    key: str
    name: Text | str
    prefix: str


@dataclass(frozen=True, slots=True)
class LabelCode:
    """What the symbol of a label says, and the same for people.

    `content` is an address, or GS1 element strings with their identifiers in square brackets where `is_gs1`. `is_own`
    says that the item has no trade number that GS1 allows with this lot, so that only this system knows the code.
    """

    content: str
    said: str
    is_gs1: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class LabelWords:
    """What a label tells, beside its symbol."""

    name_kk: str
    name_ru: str
    lot: str
    expires: str
    packs: int | None
