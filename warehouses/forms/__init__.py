"""What a person may type about places."""

from warehouses.forms.places import (
    HandOutDays,
    Optional,
    PlaceDetailsForm,
    PlaceOpeningForm,
    place_details,
    without_spaces,
)

__all__ = [
    "HandOutDays",
    "Optional",
    "PlaceDetailsForm",
    "PlaceOpeningForm",
    "place_details",
    "without_spaces",
]
