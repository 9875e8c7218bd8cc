"""The blueprint that all pages of accounts share, and what it is told at start."""

from typing import cast

from flask import Blueprint, current_app

from core.actors import Rights
from core.scopes import ScopeBook

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")


def rights() -> Rights:
    """Return which rights each role holds."""
    return cast("Rights", current_app.extensions["rights"])


def scopes() -> ScopeBook:
    """Return where the scopes of roles are found."""
    return cast("ScopeBook", current_app.extensions["scopes"])
