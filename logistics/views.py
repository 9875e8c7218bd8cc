"""Pages of logistics."""

from flask import Blueprint

blueprint = Blueprint("logistics", __name__, url_prefix="/logistics")
