"""Pages that belong to no trade, one file per noun; importing them hangs them on the blueprint."""

from app.views import find, jobs, pages, saved_views
from app.views.blueprint import blueprint

__all__ = ["blueprint", "find", "jobs", "pages", "saved_views"]
