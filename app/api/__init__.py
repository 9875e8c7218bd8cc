"""What programs may ask of no trade: the description of the API, and how far long work is."""

from app.api import document, jobs
from app.api.blueprint import PREFIX, blueprint
from app.api.document import VERSION, written_document

__all__ = ["PREFIX", "VERSION", "blueprint", "document", "jobs", "written_document"]
