"""Days that a form has found given."""

from datetime import date

from core.web.typed_fields import DayField


def day_in(field: DayField) -> date:
    """Return the day of a field that may not be left empty.

    Raises:
        LookupError: the form was not found whole: a mistake of the view.
    """
    if field.data is None:
        raise LookupError(field.name)
    return field.data
