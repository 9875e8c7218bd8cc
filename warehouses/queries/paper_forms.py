"""Reads of what the heads of official papers say about their forms."""

from sqlalchemy.orm import Session

from core.papers import FormName
from warehouses.models import PaperForm
from warehouses.values.paper_forms import USUAL_FORMS, PaperKind


def form_name(session: Session, kind: PaperKind) -> FormName:
    """Return what the head of a paper says about its form: what was set, else the usual words."""
    row = session.get(PaperForm, kind.value)
    return FormName(*USUAL_FORMS.get(kind, ("", ""))) if row is None else FormName(row.name_kk, row.name_ru)
