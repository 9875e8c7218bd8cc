"""The blueprint that all addresses of the warehouses for programs hang on."""

from flask import Blueprint

blueprint = Blueprint("warehouses_api", __name__, url_prefix="/api/v1")
