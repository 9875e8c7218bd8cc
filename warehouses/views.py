"""Pages of warehouses."""

from flask import Blueprint

blueprint = Blueprint("warehouses", __name__, url_prefix="/warehouses")
