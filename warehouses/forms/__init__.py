"""What a person may type about places."""

from warehouses.forms.places import (
    HandOutDays,
    Optional,
    PastDayForm,
    PlaceDetailsForm,
    PlaceOpeningForm,
    place_details,
    without_spaces,
)

__all__ = [
    "HandOutDays",
    "Optional",
    "PastDayForm",
    "PlaceDetailsForm",
    "PlaceOpeningForm",
    "place_details",
    "without_spaces",
]
