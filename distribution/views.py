"""Pages of distribution."""

from flask import Blueprint

blueprint = Blueprint("distribution", __name__, url_prefix="/distribution")
