"""What a person may type about places."""

from warehouses.forms.places import (
    HandOutDays,
    PlaceDetailsForm,
    PlaceOpeningForm,
    place_details,
    without_spaces,
)

__all__ = [
    "HandOutDays",
    "PlaceDetailsForm",
    "PlaceOpeningForm",
    "place_details",
    "without_spaces",
]
