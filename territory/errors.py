"""Refusals of territory."""

from core.errors import NotFound


class DistrictUnknown(NotFound):
    """No such district, or it is out of reach."""

    code = "district_unknown"
