"""The blueprint that the pages of no trade share."""

from flask import Blueprint

blueprint = Blueprint("app", __name__)
