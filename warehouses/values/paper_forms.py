"""The official papers of goods, and what their heads usually say about their forms."""

from collections.abc import Mapping
from enum import StrEnum


class PaperKind(StrEnum):
    """Kinds of official papers whose form can be named anew."""

    STOCK_CARD = "stock_card"
    WAYBILL = "waybill"
    ACCEPTANCE_ACT = "acceptance_act"
    COUNT_SHEET = "count_sheet"
    WRITE_OFF_ACT = "write_off_act"


USUAL_FORMS: Mapping[PaperKind, tuple[str, str]] = {
    PaperKind.WAYBILL: (
        "Қазақстан Республикасы Қаржы министрінің 2012 жылғы 20 желтоқсандағы № 562 бұйрығына 26-қосымша, З-2 нысаны",
        "Приложение 26 к приказу Министра финансов Республики Казахстан от 20 декабря 2012 года № 562, форма З-2",
    ),
}
"""Kazakh and Russian; a kind that is not here has no form until one is set."""
