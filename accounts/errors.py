"""Refusals of accounts."""

from core.errors import NotFound


class UserUnknown(NotFound):
    """No such user, or one who may not act."""

    code = "user_unknown"
