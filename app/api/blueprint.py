"""The blueprint of what programs may ask of no trade."""

from flask import Blueprint

PREFIX = "/api/v1"

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
